/**
 * Reads and checks the arguments of in-tree plugins, defaults filled in.
 * Source: pkg/scheduler/apis/config/validation/validation_pluginargs.go, pkg/scheduler/apis/config/v1/defaults.go.
 */
import { FieldErrors } from '../../objects/field-error.ts';
import { CompiledNodeSelector, compilePreferredTerms } from '../../objects/node-selector.ts';
import { qualifiedNameProblems } from '../../objects/name-rules.ts';
import type { NodeAffinity, TopologySpreadConstraint } from '../../objects/pod.ts';
import { ConfigReader, type Problems } from './config-reader.ts';
import type { FieldPath } from './configuration-error.ts';
import type {
  DefaultPreemptionArgs,
  DynamicResourcesArgs,
  InterPodAffinityArgs,
  NodeAffinityArgs,
  NodeResourcesBalancedAllocationArgs,
  NodeResourcesFitArgs,
  PodTopologySpreadArgs,
  ResourceWeight,
  ScoringStrategy,
  UtilizationPoint,
  VolumeBindingArgs,
} from './plugin-args.ts';

/** Arguments of the plugins that have any. */
export interface InTreeArgs {
  readonly DefaultPreemption: DefaultPreemptionArgs;
  readonly DynamicResources: DynamicResourcesArgs;
  readonly InterPodAffinity: InterPodAffinityArgs;
  readonly NodeAffinity: NodeAffinityArgs;
  readonly NodeResourcesBalancedAllocation: NodeResourcesBalancedAllocationArgs;
  readonly NodeResourcesFit: NodeResourcesFitArgs;
  readonly PodTopologySpread: PodTopologySpreadArgs;
  readonly VolumeBinding: VolumeBindingArgs;
}

const CPU_AND_MEMORY: readonly ResourceWeight[] = [
  { name: 'cpu', weight: 1 },
  { name: 'memory', weight: 1 },
];

export const DEFAULT_ARGS: InTreeArgs = {
  DefaultPreemption: { minCandidateNodesPercentage: 10, minCandidateNodesAbsolute: 100 },
  DynamicResources: { filterTimeout: '10s' },
  InterPodAffinity: { hardPodAffinityWeight: 1, ignorePreferredTermsOfExistingPods: false },
  NodeAffinity: {},
  NodeResourcesBalancedAllocation: { resources: CPU_AND_MEMORY },
  NodeResourcesFit: {
    ignoredResources: [],
    ignoredResourceGroups: [],
    scoringStrategy: { type: 'LeastAllocated', resources: CPU_AND_MEMORY },
  },
  PodTopologySpread: { defaultConstraints: [], defaultingType: 'System' },
  VolumeBinding: { bindTimeoutSeconds: 600 },
};

const COMMON = ['apiVersion', 'kind'];

function open(
  name: keyof InTreeArgs,
  value: unknown,
  path: FieldPath,
  problems: Problems,
  fields: string[],
): ConfigReader {
  const reader = new ConfigReader(value ?? {}, path, problems, [...COMMON, ...fields]);
  const kind = reader.string('kind');
  if (kind !== undefined && kind !== `${name}Args`) reader.note('kind', `accepted is "${name}Args"`);
  return reader;
}

function readResources(reader: ConfigReader, maxWeight: number): readonly ResourceWeight[] {
  const rule = (name: string): string => `resource weight of ${name} not in valid range [1, ${maxWeight}]`;
  const resources = reader.objects('resources', ['name', 'weight']).map((resource) => {
    const name = resource.string('name') ?? '';
    if (name === '') resource.note('name', 'accepted is the name of a resource');
    // An absent or zero weight becomes 1 by defaulting.
    const weight = resource.integer('weight', 0, maxWeight, rule(name)) || 1;
    return { name, weight };
  });
  return resources.length === 0 ? CPU_AND_MEMORY : resources;
}

function readShape(reader: ConfigReader): readonly UtilizationPoint[] {
  let before = Number.NEGATIVE_INFINITY;
  const shape = reader.objects('shape', ['utilization', 'score']).map((point) => {
    const utilization = point.integer('utilization', 0, 100, 'not in valid range [0-100]') ?? 0;
    const score = point.integer('score', 0, 10, 'not in valid range [0-10]') ?? 0;
    if (utilization <= before) point.note('utilization', 'utilization values must be sorted in increasing order');
    before = utilization;
    return { utilization, score };
  });
  if (shape.length === 0) reader.note('shape', 'at least one point must be specified');
  return shape;
}

const STRATEGIES = ['LeastAllocated', 'MostAllocated', 'RequestedToCapacityRatio'] as const;

function readStrategy(reader: ConfigReader): ScoringStrategy {
  const strategy = reader.object('scoringStrategy', ['type', 'resources', 'requestedToCapacityRatio']);
  if (strategy === undefined) return DEFAULT_ARGS.NodeResourcesFit.scoringStrategy;
  const found = strategy.string('type') || 'LeastAllocated';
  const type = STRATEGIES.find((name) => name === found);
  const resources = readResources(strategy, 100);
  const ratio = strategy.object('requestedToCapacityRatio', ['shape']);
  if (type === undefined) strategy.note('type', `accepted are ${STRATEGIES.join(', ')}`);
  if (type !== 'RequestedToCapacityRatio') return { type: type ?? 'LeastAllocated', resources };
  if (ratio === undefined) {
    strategy.problems.note(
      [...strategy.at('requestedToCapacityRatio'), 'shape'],
      undefined,
      'at least one point must be specified',
    );
    return { type, resources, shape: [] };
  }
  return { type, resources, shape: readShape(ratio) };
}

function readFit(reader: ConfigReader): NodeResourcesFitArgs {
  const ignoredResources = reader.strings('ignoredResources');
  ignoredResources.forEach((name, i) => {
    const [problem] = qualifiedNameProblems(name);
    if (problem !== undefined) reader.problems.note([...reader.at('ignoredResources'), i], name, problem);
  });
  const ignoredResourceGroups = reader.strings('ignoredResourceGroups');
  ignoredResourceGroups.forEach((name, i) => {
    const problem = name.includes('/') ? "resource group name can't contain '/'" : qualifiedNameProblems(name)[0];
    if (problem !== undefined) reader.problems.note([...reader.at('ignoredResourceGroups'), i], name, problem);
  });
  return { ignoredResources, ignoredResourceGroups, scoringStrategy: readStrategy(reader) };
}

function readBalanced(reader: ConfigReader): NodeResourcesBalancedAllocationArgs {
  const resources = readResources(reader, 1);
  const seen = new Set<string>();
  resources.forEach(({ name }, i) => {
    if (seen.has(name)) reader.problems.note([...reader.at('resources'), i, 'name'], name, 'duplicate value');
    seen.add(name);
  });
  return { resources };
}

const ACTIONS = ['DoNotSchedule', 'ScheduleAnyway'] as const;

const CONSTRAINT_FIELDS = [
  'maxSkew',
  'topologyKey',
  'whenUnsatisfiable',
  'labelSelector',
  'minDomains',
  'nodeAffinityPolicy',
  'nodeTaintsPolicy',
  'matchLabelKeys',
];

function readConstraint(reader: ConfigReader): TopologySpreadConstraint {
  const maxSkew = reader.integer('maxSkew', 1, undefined, 'not in valid range (0, inf)');
  if (maxSkew === undefined && reader.raw('maxSkew') === undefined)
    reader.note('maxSkew', 'not in valid range (0, inf)');
  const topologyKey = reader.string('topologyKey') ?? '';
  const problem = topologyKey === '' ? 'can not be empty' : qualifiedNameProblems(topologyKey)[0];
  if (problem !== undefined) reader.note('topologyKey', problem);
  const found = reader.string('whenUnsatisfiable');
  const whenUnsatisfiable = ACTIONS.find((action) => action === found);
  if (whenUnsatisfiable === undefined) reader.note('whenUnsatisfiable', `accepted are ${ACTIONS.join(', ')}`);
  if (reader.raw('labelSelector') !== undefined) {
    reader.note('labelSelector', 'constraint must not define a selector, as they deduced for each pod');
  }
  const minDomains = reader.integer('minDomains', 1);
  return {
    maxSkew: maxSkew ?? 1,
    topologyKey,
    whenUnsatisfiable: whenUnsatisfiable ?? 'ScheduleAnyway',
    ...(minDomains === undefined ? {} : { minDomains }),
    ...readPolicies(reader),
  };
}

function readPolicies(
  reader: ConfigReader,
): Pick<TopologySpreadConstraint, 'nodeAffinityPolicy' | 'nodeTaintsPolicy' | 'matchLabelKeys'> {
  const policy = (name: string): 'Honor' | 'Ignore' | undefined => {
    const value = reader.string(name);
    if (value === undefined || value === 'Honor' || value === 'Ignore') return value;
    reader.note(name, 'accepted are Honor, Ignore');
    return undefined;
  };
  const [affinity, taints] = [policy('nodeAffinityPolicy'), policy('nodeTaintsPolicy')];
  const matchLabelKeys = reader.strings('matchLabelKeys');
  return {
    ...(affinity === undefined ? {} : { nodeAffinityPolicy: affinity }),
    ...(taints === undefined ? {} : { nodeTaintsPolicy: taints }),
    ...(matchLabelKeys.length === 0 ? {} : { matchLabelKeys }),
  };
}

function readSpread(reader: ConfigReader): PodTopologySpreadArgs {
  const defaultConstraints = reader.objects('defaultConstraints', CONSTRAINT_FIELDS).map(readConstraint);
  const found = reader.string('defaultingType') || 'System';
  const defaultingType = found === 'List' ? 'List' : 'System';
  if (found !== defaultingType) reader.note('defaultingType', 'accepted are System, List');
  if (defaultingType === 'System' && defaultConstraints.length > 0) {
    reader.note('defaultingType', 'accepted is List when .defaultConstraints are not empty');
  }
  const seen = new Set<string>();
  defaultConstraints.forEach(({ topologyKey, whenUnsatisfiable }, i) => {
    const pair = `${topologyKey}, ${whenUnsatisfiable}`;
    if (seen.has(pair)) reader.problems.note([...reader.at('defaultConstraints'), i], `{${pair}}`, 'duplicate value');
    seen.add(pair);
  });
  return { defaultConstraints, defaultingType };
}

function readNodeAffinity(reader: ConfigReader): NodeAffinityArgs {
  const added = reader.object('addedAffinity', [
    'requiredDuringSchedulingIgnoredDuringExecution',
    'preferredDuringSchedulingIgnoredDuringExecution',
  ]);
  if (added === undefined) return {};
  const affinity = reader.raw('addedAffinity') as NodeAffinity;
  const required = affinity.requiredDuringSchedulingIgnoredDuringExecution;
  const preferred = affinity.preferredDuringSchedulingIgnoredDuringExecution;
  try {
    if (required) {
      const { errors } = new CompiledNodeSelector(required, 'requiredDuringSchedulingIgnoredDuringExecution');
      if (errors.length > 0) throw new FieldErrors(errors);
    }
    if (preferred) compilePreferredTerms(preferred, 'preferredDuringSchedulingIgnoredDuringExecution');
  } catch (error) {
    if (!(error instanceof FieldErrors)) throw error;
    reader.note('addedAffinity', error.message);
    return {};
  }
  return { addedAffinity: affinity };
}

function readPreemption(reader: ConfigReader): DefaultPreemptionArgs {
  const defaults = DEFAULT_ARGS.DefaultPreemption;
  const share = reader.integer('minCandidateNodesPercentage', 0, 100, 'not in valid range [0, 100]');
  const count = reader.integer('minCandidateNodesAbsolute', 0, undefined, 'not in valid range [0, inf)');
  if (share === 0 && count === 0) {
    for (const name of ['minCandidateNodesPercentage', 'minCandidateNodesAbsolute']) {
      reader.note(name, 'cannot be zero at the same time as the other');
    }
  }
  return {
    minCandidateNodesPercentage: share ?? defaults.minCandidateNodesPercentage,
    minCandidateNodesAbsolute: count ?? defaults.minCandidateNodesAbsolute,
  };
}

/** Reads the arguments of every in-tree plugin that has any. */
export const ARGS_READERS: {
  readonly [K in keyof InTreeArgs]: (value: unknown, path: FieldPath, problems: Problems) => InTreeArgs[K];
} = {
  DefaultPreemption: (value, path, problems) =>
    readPreemption(
      open('DefaultPreemption', value, path, problems, ['minCandidateNodesPercentage', 'minCandidateNodesAbsolute']),
    ),
  DynamicResources: (value, path, problems) => ({
    filterTimeout: open('DynamicResources', value, path, problems, ['filterTimeout']).string('filterTimeout') ?? '10s',
  }),
  InterPodAffinity: (value, path, problems) => {
    const fields = ['hardPodAffinityWeight', 'ignorePreferredTermsOfExistingPods'];
    const reader = open('InterPodAffinity', value, path, problems, fields);
    return {
      hardPodAffinityWeight: reader.integer('hardPodAffinityWeight', 0, 100, 'not in valid range [0, 100]') ?? 1,
      ignorePreferredTermsOfExistingPods: reader.boolean('ignorePreferredTermsOfExistingPods') ?? false,
    };
  },
  NodeAffinity: (value, path, problems) =>
    readNodeAffinity(open('NodeAffinity', value, path, problems, ['addedAffinity'])),
  NodeResourcesBalancedAllocation: (value, path, problems) =>
    readBalanced(open('NodeResourcesBalancedAllocation', value, path, problems, ['resources'])),
  NodeResourcesFit: (value, path, problems) =>
    readFit(
      open('NodeResourcesFit', value, path, problems, ['ignoredResources', 'ignoredResourceGroups', 'scoringStrategy']),
    ),
  PodTopologySpread: (value, path, problems) =>
    readSpread(open('PodTopologySpread', value, path, problems, ['defaultConstraints', 'defaultingType'])),
  VolumeBinding: (value, path, problems) => {
    const reader = open('VolumeBinding', value, path, problems, ['bindTimeoutSeconds', 'shape']);
    const bindTimeoutSeconds =
      reader.integer(
        'bindTimeoutSeconds',
        0,
        undefined,
        'invalid BindTimeoutSeconds, should not be a negative value',
      ) ?? 600;
    if (reader.raw('shape') !== undefined)
      reader.note('shape', 'not accepted: the feature gate StorageCapacityScoring is off');
    return { bindTimeoutSeconds };
  },
};
