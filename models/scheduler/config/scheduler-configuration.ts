/**
 * KubeSchedulerConfiguration (kubescheduler.config.k8s.io/v1), from a plain object as YAML gives it: read strictly, defaults filled in,
 * checked as kube-scheduler checks it.
 *
 * Accepted without effect on what is simulated: parallelism, leaderElection, profiling and health settings.
 * Not modelled, and refused: extenders.
 *
 * Source: staging/src/k8s.io/kube-scheduler/config/v1/types.go, pkg/scheduler/apis/config/{v1/defaults,validation/validation}.go.
 */
import { EXTENSION_POINTS } from '../framework/plugin.ts';
import { ConfigReader, Problems } from './config-reader.ts';
import { DEFAULT_PLUGINS } from './default-plugins.ts';
import { EMPTY_SET, type PluginSet, type PluginSets, type PointOrMulti, withDefaults } from './plugin-sets.ts';
import { ARGS_READERS, DEFAULT_ARGS, type InTreeArgs } from './read-plugin-args.ts';
import type { FieldPath } from './configuration-error.ts';

export interface ProfileConfiguration {
  readonly schedulerName: string;
  /** Undefined: as the whole configuration says. */
  readonly percentageOfNodesToScore: number | undefined;
  /** Point by point as configured; `multiPoint` with the defaults merged in. */
  readonly plugins: PluginSets;
  readonly inTreeArgs: InTreeArgs;
  /** Arguments of other plugins, as they stand, by name. */
  readonly otherArgs: ReadonlyMap<string, unknown>;
  /** Where the profile stands in the configuration, for messages. */
  readonly path: FieldPath;
}

export interface SchedulerConfiguration {
  readonly profiles: readonly ProfileConfiguration[];
  /** 0: adaptive. */
  readonly percentageOfNodesToScore: number;
  /** Without effect: what the simulated scheduler decides does not depend on it. */
  readonly parallelism: number;
  readonly podInitialBackoffSeconds: number;
  readonly podMaxBackoffSeconds: number;
  /** Requests a second to the API server, and how many at once; a negative `qps` is no limit, as in client-go. */
  readonly clientConnection: { readonly qps: number; readonly burst: number };
}

const API_VERSION = 'kubescheduler.config.k8s.io/v1';
const KIND = 'KubeSchedulerConfiguration';
const FIELDS = [
  'apiVersion',
  'kind',
  'parallelism',
  'leaderElection',
  'clientConnection',
  'enableProfiling',
  'enableContentionProfiling',
  'percentageOfNodesToScore',
  'podInitialBackoffSeconds',
  'podMaxBackoffSeconds',
  'profiles',
  'extenders',
  'delayCacheUntilActive',
];
const MAX_PERCENTAGE = 100;
const PERCENTAGE_RULE = 'not in valid range [0-100]';

const POINTS: readonly PointOrMulti[] = [...EXTENSION_POINTS, 'multiPoint'];

function readPluginSet(plugins: ConfigReader | undefined, point: PointOrMulti): PluginSet {
  const set = plugins?.object(point, ['enabled', 'disabled']);
  if (set === undefined) return EMPTY_SET;
  const named = (reader: ConfigReader): string => {
    const name = reader.string('name') ?? '';
    if (name === '') reader.note('name', 'accepted is the name of a plugin');
    return name;
  };
  return {
    enabled: set.objects('enabled', ['name', 'weight']).map((plugin) => ({
      name: named(plugin),
      weight: plugin.integer('weight', 0) ?? 0,
    })),
    disabled: set.objects('disabled', ['name', 'weight']).map(named),
  };
}

function isInTree(name: string): name is keyof InTreeArgs {
  return Object.hasOwn(ARGS_READERS, name);
}

interface PluginArgs {
  readonly inTreeArgs: InTreeArgs;
  readonly otherArgs: ReadonlyMap<string, unknown>;
}

function readArgs(profile: ConfigReader): PluginArgs {
  const inTree: Record<string, unknown> = { ...DEFAULT_ARGS };
  const otherArgs = new Map<string, unknown>();
  const seen = new Set<string>();
  for (const entry of profile.objects('pluginConfig', ['name', 'args'])) {
    const name = entry.string('name') ?? '';
    if (name === '') entry.note('name', 'accepted is the name of a plugin');
    if (seen.has(name)) profile.problems.note(entry.path, name, 'duplicate value: repeated config for plugin');
    seen.add(name);
    if (isInTree(name)) inTree[name] = ARGS_READERS[name](entry.raw('args'), entry.at('args'), entry.problems);
    else if (DEFAULT_PLUGINS.some((plugin) => plugin.name === name) && entry.raw('args') !== undefined) {
      entry.note('args', `plugin ${name} takes no arguments`);
    } else otherArgs.set(name, entry.raw('args'));
  }
  return { inTreeArgs: inTree as unknown as InTreeArgs, otherArgs };
}

/** The name that Pods without schedulerName ask for. */
const DEFAULT_SCHEDULER_NAME = 'default-scheduler';

function readProfile(profile: ConfigReader, isOnly: boolean): ProfileConfiguration {
  const name = profile.string('schedulerName') ?? '';
  if (name === '' && !isOnly) profile.note('schedulerName', 'required where there are several profiles');
  const plugins = profile.object('plugins', POINTS);
  const sets = Object.fromEntries(POINTS.map((point) => [point, readPluginSet(plugins, point)]));
  const percentage = profile.integer('percentageOfNodesToScore', 0, MAX_PERCENTAGE, PERCENTAGE_RULE);
  return {
    schedulerName: name || DEFAULT_SCHEDULER_NAME,
    percentageOfNodesToScore: percentage,
    plugins: { ...sets, multiPoint: withDefaults(sets.multiPoint ?? EMPTY_SET) } as PluginSets,
    ...readArgs(profile),
    path: profile.path,
  };
}

function readProfiles(root: ConfigReader): readonly ProfileConfiguration[] {
  const fields = ['schedulerName', 'percentageOfNodesToScore', 'plugins', 'pluginConfig'];
  const readers = root.objects('profiles', fields);
  if (readers.length === 0) {
    const only = new ConfigReader({}, root.at('profiles'), root.problems, fields);
    return [readProfile(only, true)];
  }
  const seen = new Set<string>();
  return readers.map((reader) => {
    const profile = readProfile(reader, readers.length === 1);
    if (seen.has(profile.schedulerName)) reader.note('schedulerName', 'duplicate value');
    seen.add(profile.schedulerName);
    return profile;
  });
}

const CONNECTION_FIELDS = ['kubeconfig', 'acceptContentTypes', 'contentType', 'qps', 'burst'];

/** 0 is the default. Source: pkg/scheduler/apis/config/v1/defaults.go. */
function readClientConnection(root: ConfigReader): SchedulerConfiguration['clientConnection'] {
  const connection = root.object('clientConnection', CONNECTION_FIELDS);
  return { qps: connection?.number('qps') || 50, burst: connection?.integer('burst') || 100 };
}

function queueSortText({ plugins: { queueSort, multiPoint } }: ProfileConfiguration): string {
  return JSON.stringify([queueSort, multiPoint.enabled.some(({ name }) => name === 'PrioritySort')]);
}

/** One queue serves all profiles, so they must agree on its order. */
function checkCommonQueueSort(profiles: readonly ProfileConfiguration[], problems: Problems): void {
  const [first, ...others] = profiles;
  if (first === undefined) return;
  for (const { path, plugins, ...rest } of others) {
    if (queueSortText({ path, plugins, ...rest }) === queueSortText(first)) continue;
    problems.note([...path, 'plugins', 'queueSort'], plugins.queueSort, 'has to match for all profiles');
  }
}

/**
 * @param value the parsed document; undefined is the default configuration
 * @throws ConfigurationError with the path of everything that is wrong
 */
export function readSchedulerConfiguration(value?: unknown): SchedulerConfiguration {
  const problems = new Problems();
  const root = new ConfigReader(value ?? { apiVersion: API_VERSION, kind: KIND }, [], problems, FIELDS);
  if (root.string('apiVersion') !== API_VERSION) root.note('apiVersion', `accepted is "${API_VERSION}"`);
  if (root.string('kind') !== KIND) root.note('kind', `accepted is "${KIND}"`);
  if (root.list('extenders').length > 0) root.note('extenders', 'not modelled: scheduler extenders');
  const parallelism = root.integer('parallelism', 1, undefined, 'should be an integer value greater than zero') ?? 16;
  const percentageOfNodesToScore = root.integer('percentageOfNodesToScore', 0, MAX_PERCENTAGE, PERCENTAGE_RULE) ?? 0;
  const initial = root.integer('podInitialBackoffSeconds', 1, undefined, 'must be greater than 0') ?? 1;
  const max = root.integer('podMaxBackoffSeconds') ?? 10;
  if (max < initial) root.note('podMaxBackoffSeconds', 'must be greater than or equal to PodInitialBackoffSeconds');
  const clientConnection = readClientConnection(root);
  const profiles = readProfiles(root);
  checkCommonQueueSort(profiles, problems);
  problems.throwIfAny();
  return {
    profiles,
    percentageOfNodesToScore,
    parallelism,
    podInitialBackoffSeconds: initial,
    podMaxBackoffSeconds: max,
    clientConnection,
  };
}
