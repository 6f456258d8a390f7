/**
 * The settings of components as an experiment writes them: the models' own names, each of the type that its default has, so
 * that a new setting of a model is one of the experiment too.
 */
import { z } from 'zod';
import { type ApiServerSettings, DEFAULT_API_SERVER } from '../../models/apiserver/api-options.ts';
import {
  CONTROLLER_MANAGER_DEFAULTS,
  type ControllerManagerOptions,
  MODELLED_CONTROLLERS,
  NOT_MODELLED,
} from '../../models/controllers/controller-manager.ts';
import { DEFAULT_KUBELET_SETTINGS } from '../../models/kubelet/kubelet-settings.ts';
import { DEFAULT_NETWORK_SETTINGS } from '../../models/network/network-settings.ts';
import { DEFAULT_CYCLE_COST } from '../../models/scheduler/cycle-cost.ts';
import { distribution } from './distribution-schema.ts';
import { object } from './schema-object.ts';

const fromZero = z.number({ error: 'a number from 0' }).min(0, { error: 'a number from 0' });

const latency = object({
  medianMillis: fromZero,
  p99Millis: fromZero.optional().describe('Not below the median; a constant unless given'),
});

/** Settings whose default does not show what is accepted. */
const SPECIAL: Readonly<Record<string, z.ZodType>> = {
  heartbeats: z.enum(['lazy', 'written'], { error: 'lazy or written' }),
};

/** A field that may be left out, as whoever writes an experiment in TypeScript sees it. */
type Optional<T> = z.ZodOptional<z.ZodType<T, T>>;

/** Every setting optional; its default is named in the description. */
function settings<T extends object>(defaults: T): Optional<Partial<T>> {
  return object(settingsShape(defaults)).optional() as unknown as Optional<Partial<T>>;
}

function settingsShape(defaults: object): Record<string, z.ZodOptional> {
  const shape = Object.entries(defaults).map(([name, value]) => {
    const field = SPECIAL[name] ?? fieldLike(value);
    return [name, field.optional().describe(`${JSON.stringify(value)} unless given`)];
  });
  return Object.fromEntries(shape) as Record<string, z.ZodOptional>;
}

function fieldLike(value: unknown): z.ZodType {
  if (typeof value === 'number') return fromZero;
  if (typeof value === 'boolean') return z.boolean({ error: 'true or false' });
  if (isDistribution(value)) return distribution;
  if (typeof value === 'string') return z.string({ error: 'a text' }).min(1, { error: 'a text' });
  return latency;
}

function isDistribution(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

export const kubeletSettings = settings(DEFAULT_KUBELET_SETTINGS);
export const networkSettings = settings(DEFAULT_NETWORK_SETTINGS);
export const schedulingCostSettings = settings(DEFAULT_CYCLE_COST);

const api = DEFAULT_API_SERVER;
const wholeFromOne = z.int({ error: 'a whole number from 1' }).min(1, { error: 'a whole number from 1' });
/** The range of Service addresses is a setting of the network. */
export const apiServerSettings = object({
  latency: settings(api.latency).describe('Distributions of times in milliseconds'),
  etcd: settings(api.etcd).describe('Members, and distributions of times in milliseconds'),
  admission: settings(api.admission).describe('Admission plugins that can be switched off'),
  watchCacheEvents: wholeFromOne
    .optional()
    .describe(`${api.watchCacheEvents} unless given; watches of an older past are told 410`),
  eventTtlSeconds: fromZero.optional().describe(`${api.eventTtlSeconds} unless given`),
}).optional() as unknown as Optional<ApiServerSettings>;

const choice = ['*', ...MODELLED_CONTROLLERS, ...[...MODELLED_CONTROLLERS, ...NOT_MODELLED].map((name) => `-${name}`)];
const { controllers: _, workers: __, ...flags } = CONTROLLER_MANAGER_DEFAULTS;
export const controllerManagerSettings = object({
  controllers: z
    .array(z.enum(choice, { error: `*, -NAME, or NAME of ${MODELLED_CONTROLLERS.join(', ')}` }))
    .optional()
    .describe('"*" for all, "-NAME" for all but one'),
  workers: z
    .partialRecord(z.enum(MODELLED_CONTROLLERS, { error: `one of ${MODELLED_CONTROLLERS.join(', ')}` }), wholeFromOne)
    .optional()
    .describe('Concurrent syncs by controller'),
  ...settingsShape(flags),
}).optional() as unknown as Optional<ControllerManagerOptions>;

export const imageCatalogue = object({
  sizeBytes: z.record(z.string(), fromZero).optional().describe('By repository ("httpd") or reference ("httpd:2.4")'),
  defaultSizeBytes: fromZero.optional().describe('Of images that are not listed'),
  missing: z.array(z.string().min(1)).optional().describe('Images that the registry does not have'),
  preloaded: z.array(z.string().min(1)).optional().describe('Images that every Node has from the start'),
}).optional();
