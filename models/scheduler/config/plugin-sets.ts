/**
 * Which plugins of a profile take part in which extension point, and in what order: the defaults, what the configuration says of
 * single points, and what it says of all points at once (`multiPoint`).
 *
 * Source: pkg/scheduler/apis/config/v1/default_plugins.go mergePlugins, pkg/scheduler/framework/runtime/framework.go
 * expandMultiPointPlugins, getScoreWeights.
 */
import type { ExtensionPoint } from '../framework/plugin.ts';
import { ConfigurationError, type FieldPath } from './configuration-error.ts';
import { DEFAULT_PLUGINS, type EnabledPlugin } from './default-plugins.ts';

export interface PluginSet {
  readonly enabled: readonly EnabledPlugin[];
  /** Names, or "*". */
  readonly disabled: readonly string[];
}

export type PointOrMulti = ExtensionPoint | 'multiPoint';

export type PluginSets = Readonly<Record<PointOrMulti, PluginSet>>;

export const EMPTY_SET: PluginSet = { enabled: [], disabled: [] };

/** `multiPoint` with the defaults merged in. One that is configured again keeps its place; the others follow. */
export function withDefaults(custom: PluginSet): PluginSet {
  const disabled = new Set(custom.disabled);
  const replaced = new Set<EnabledPlugin>();
  const enabled: EnabledPlugin[] = [];
  for (const plugin of disabled.has('*') ? [] : DEFAULT_PLUGINS) {
    if (disabled.has(plugin.name)) continue;
    // The last of several entries of one name counts; the others are found to be duplicates.
    const own = custom.enabled.findLast(({ name }) => name === plugin.name);
    if (own !== undefined) replaced.add(own);
    enabled.push(own ?? plugin);
  }
  for (const plugin of custom.enabled) if (!replaced.has(plugin)) enabled.push(plugin);
  return { enabled, disabled: custom.disabled };
}

/** What takes part in a point: a question about plugins, which only their maker can answer. */
export type TakesPart = (pluginName: string, point: ExtensionPoint) => boolean;

/**
 * Names of the plugins of one point in the order in which they run: first those of multiPoint that the point names too, then the
 * rest of multiPoint, then those that only the point names.
 * @throws ConfigurationError for a plugin that is named twice or does not take part in the point
 */
export function pluginsOfPoint(
  point: ExtensionPoint,
  sets: PluginSets,
  takesPart: TakesPart,
  path: FieldPath,
): string[] {
  const { enabled, disabled } = sets[point];
  const specific = new Set<string>();
  enabled.forEach(({ name }, i) => {
    const at = [...path, point, 'enabled', i, 'name'];
    if (!takesPart(name, point)) refuse(at, name, `plugin "${name}" does not take part in ${point}`);
    if (specific.has(name)) refuse(at, name, `plugin "${name}" is already enabled there`);
    specific.add(name);
  });
  const off = new Set(disabled);
  if (off.has('*')) return [...specific];
  const overridden = new Set<string>();
  const others = new Set<string>();
  sets.multiPoint.enabled.forEach(({ name }, i) => {
    if (!takesPart(name, point) || off.has(name)) return;
    if (specific.has(name)) overridden.add(name);
    else if (others.has(name)) {
      refuse([...path, 'multiPoint', 'enabled', i, 'name'], name, `plugin "${name}" is already enabled as ${point}`);
    } else others.add(name);
  });
  return [
    ...[...specific].filter((name) => overridden.has(name)),
    ...others,
    ...[...specific].filter((name) => !overridden.has(name)),
  ];
}

function refuse(path: FieldPath, found: unknown, accepted: string): never {
  throw new ConfigurationError([{ path, found, accepted }]);
}

const MAX_TOTAL_SCORE = 2 ** 63;
const MAX_NODE_SCORE = 100;

/**
 * Weights of Score plugins: what the point `score` says counts before what `multiPoint` says; 0 counts as 1.
 * @throws ConfigurationError when the greatest possible total does not fit 64 bits
 */
export function scoreWeights(sets: PluginSets, takesPart: TakesPart, path: FieldPath): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  let total = 0;
  for (const { name, weight } of [...sets.score.enabled, ...sets.multiPoint.enabled]) {
    if (weights.has(name) || !takesPart(name, 'score')) continue;
    const effective = weight === 0 ? 1 : weight;
    weights.set(name, effective);
    total += effective * MAX_NODE_SCORE;
    if (total >= MAX_TOTAL_SCORE) refuse([...path, 'score'], effective, 'total score of Score plugins could overflow');
  }
  return weights;
}
