/** KubeSchedulerConfiguration: defaults, the rules of multiPoint, and what is refused where. */
import { expect, test } from 'vitest';
import { EXTENSION_POINTS } from '../framework/plugin.ts';
import { SmallCluster } from '../testing/small-cluster.ts';
import { ConfigurationError } from './configuration-error.ts';
import { readSchedulerConfiguration } from './scheduler-configuration.ts';

const HEAD = { apiVersion: 'kubescheduler.config.k8s.io/v1', kind: 'KubeSchedulerConfiguration' };

const withProfile = (profile: unknown): unknown => ({ ...HEAD, profiles: [profile] });
const withArgs = (name: string, args: unknown): unknown => withProfile({ pluginConfig: [{ name, args }] });

function plugins(profile: unknown, point: (typeof EXTENSION_POINTS)[number]): string[] {
  const { profile: built } = new SmallCluster({ configuration: withProfile(profile) });
  return built.plugins[point].map(({ name }) => name);
}

test('the default profile has the plugins of v1.34 at every extension point', () => {
  const { profile } = new SmallCluster();
  const lists = Object.fromEntries(
    EXTENSION_POINTS.map((point) => [point, profile.plugins[point].map(({ name }) => name)]),
  );
  expect(lists.filter).toEqual(
    'NodeUnschedulable NodeName TaintToleration NodeAffinity NodePorts NodeResourcesFit VolumeRestrictions NodeVolumeLimits VolumeBinding VolumeZone PodTopologySpread InterPodAffinity DynamicResources'.split(
      ' ',
    ),
  );
  expect(lists.preFilter).toEqual(lists.filter?.slice(3));
  expect(lists.postFilter).toEqual(['DynamicResources', 'DefaultPreemption']);
  expect([lists.queueSort, lists.bind]).toEqual([['PrioritySort'], ['DefaultBinder']]);
  expect(lists.score).toEqual(
    'TaintToleration NodeAffinity NodeResourcesFit PodTopologySpread InterPodAffinity NodeResourcesBalancedAllocation ImageLocality'.split(
      ' ',
    ),
  );
  expect(Object.fromEntries(profile.weights)).toEqual({
    TaintToleration: 3,
    NodeAffinity: 2,
    NodeResourcesFit: 1,
    PodTopologySpread: 2,
    InterPodAffinity: 2,
    NodeResourcesBalancedAllocation: 1,
    ImageLocality: 1,
  });
});

test('an empty configuration is the default one', () => {
  expect(readSchedulerConfiguration(HEAD)).toEqual(readSchedulerConfiguration());
  expect(readSchedulerConfiguration()).toMatchObject({
    parallelism: 16,
    percentageOfNodesToScore: 0,
    podInitialBackoffSeconds: 1,
    podMaxBackoffSeconds: 10,
    clientConnection: { qps: 50, burst: 100 },
    profiles: [{ schedulerName: 'default-scheduler', percentageOfNodesToScore: undefined }],
  });
});

test('a plugin named at a point and in multiPoint comes first there, with the weight of the point', () => {
  const profile = { plugins: { score: { enabled: [{ name: 'ImageLocality', weight: 7 }] } } };
  expect(plugins(profile, 'score')[0]).toBe('ImageLocality');
  expect(new SmallCluster({ configuration: withProfile(profile) }).profile.weights.get('ImageLocality')).toBe(7);
});

test('a plugin disabled at a point stays at the others; disabled in multiPoint it is gone', () => {
  const atPoint = { plugins: { filter: { disabled: [{ name: 'NodeResourcesFit' }] } } };
  expect(plugins(atPoint, 'filter')).not.toContain('NodeResourcesFit');
  expect(plugins(atPoint, 'score')).toContain('NodeResourcesFit');
  const everywhere = { plugins: { multiPoint: { disabled: [{ name: 'NodeResourcesFit' }] } } };
  expect([...plugins(everywhere, 'filter'), ...plugins(everywhere, 'score')]).not.toContain('NodeResourcesFit');
});

test('a star takes all plugins of a point away but those enabled there', () => {
  const profile = { plugins: { score: { disabled: [{ name: '*' }], enabled: [{ name: 'NodeAffinity', weight: 3 }] } } };
  expect(plugins(profile, 'score')).toEqual(['NodeAffinity']);
  expect(plugins(profile, 'filter')).toContain('NodeAffinity');
});

test('a plugin enabled again in multiPoint keeps its place and takes the new weight', () => {
  const profile = { plugins: { multiPoint: { enabled: [{ name: 'NodeAffinity', weight: 9 }] } } };
  expect(plugins(profile, 'score').indexOf('NodeAffinity')).toBe(1);
  expect(new SmallCluster({ configuration: withProfile(profile) }).profile.weights.get('NodeAffinity')).toBe(9);
});

test.each([
  [
    'another version',
    { ...HEAD, apiVersion: 'kubescheduler.config.k8s.io/v1beta3' },
    'apiVersion',
    'accepted is "kubescheduler.config.k8s.io/v1"',
  ],
  ['an unknown field', { ...HEAD, nodes: 3 }, 'nodes', 'unknown field "nodes"'],
  ['extenders', { ...HEAD, extenders: [{ urlPrefix: 'http://x' }] }, 'extenders', 'not modelled: scheduler extenders'],
  [
    'a percentage above 100',
    { ...HEAD, percentageOfNodesToScore: 101 },
    'percentageOfNodesToScore',
    'not in valid range [0-100]',
  ],
  [
    'a percentage of a profile',
    withProfile({ percentageOfNodesToScore: -1 }),
    'profiles[0].percentageOfNodesToScore',
    'not in valid range [0-100]',
  ],
  ['no parallelism', { ...HEAD, parallelism: 0 }, 'parallelism', 'should be an integer value greater than zero'],
  ['no back-off', { ...HEAD, podInitialBackoffSeconds: 0 }, 'podInitialBackoffSeconds', 'must be greater than 0'],
  [
    'a back-off that shrinks',
    { ...HEAD, podMaxBackoffSeconds: 0 },
    'podMaxBackoffSeconds',
    'must be greater than or equal to',
  ],
  [
    'two profiles of one name',
    { ...HEAD, profiles: [{ schedulerName: 'a' }, { schedulerName: 'a' }] },
    'profiles[1].schedulerName',
    'duplicate value',
  ],
  [
    'a profile without name among several',
    { ...HEAD, profiles: [{ schedulerName: 'a' }, {}] },
    'profiles[1].schedulerName',
    'required',
  ],
  [
    'a weight that is no number',
    withProfile({ plugins: { score: { enabled: [{ name: 'NodeAffinity', weight: 'x' }] } } }),
    'profiles[0].plugins.score.enabled[0].weight',
    'accepted is a whole number',
  ],
  [
    'two configs for one plugin',
    withProfile({ pluginConfig: [{ name: 'NodeAffinity' }, { name: 'NodeAffinity' }] }),
    'profiles[0].pluginConfig[1]',
    'repeated config for plugin',
  ],
  [
    'args for a plugin that has none',
    withArgs('NodeName', { x: 1 }),
    'profiles[0].pluginConfig[0].args',
    'plugin NodeName takes no arguments',
  ],
  [
    'an unknown argument',
    withArgs('InterPodAffinity', { weight: 1 }),
    'profiles[0].pluginConfig[0].args.weight',
    'unknown field "weight"',
  ],
  [
    'a hard weight above 100',
    withArgs('InterPodAffinity', { hardPodAffinityWeight: 101 }),
    'profiles[0].pluginConfig[0].args.hardPodAffinityWeight',
    'not in valid range [0, 100]',
  ],
  [
    'an unknown strategy',
    withArgs('NodeResourcesFit', { scoringStrategy: { type: 'Most' } }),
    'profiles[0].pluginConfig[0].args.scoringStrategy.type',
    'accepted are LeastAllocated',
  ],
  [
    'a ratio without shape',
    withArgs('NodeResourcesFit', { scoringStrategy: { type: 'RequestedToCapacityRatio' } }),
    'profiles[0].pluginConfig[0].args.scoringStrategy.requestedToCapacityRatio.shape',
    'at least one point',
  ],
  [
    'a shape out of order',
    withArgs('NodeResourcesFit', {
      scoringStrategy: {
        type: 'RequestedToCapacityRatio',
        requestedToCapacityRatio: {
          shape: [
            { utilization: 50, score: 1 },
            { utilization: 50, score: 2 },
          ],
        },
      },
    }),
    'profiles[0].pluginConfig[0].args.scoringStrategy.requestedToCapacityRatio.shape[1].utilization',
    'sorted in increasing order',
  ],
  [
    'a resource weight above 100',
    withArgs('NodeResourcesFit', { scoringStrategy: { resources: [{ name: 'cpu', weight: 101 }] } }),
    'profiles[0].pluginConfig[0].args.scoringStrategy.resources[0].weight',
    'resource weight of cpu not in valid range [1, 100]',
  ],
  [
    'an ignored group with a slash',
    withArgs('NodeResourcesFit', { ignoredResourceGroups: ['a/b'] }),
    'profiles[0].pluginConfig[0].args.ignoredResourceGroups[0]',
    "can't contain '/'",
  ],
  [
    'a balanced resource with a weight',
    withArgs('NodeResourcesBalancedAllocation', { resources: [{ name: 'cpu', weight: 2 }] }),
    'profiles[0].pluginConfig[0].args.resources[0].weight',
    'not in valid range [1, 1]',
  ],
  [
    'default constraints under System',
    withArgs('PodTopologySpread', {
      defaultConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway' }],
    }),
    'profiles[0].pluginConfig[0].args.defaultingType',
    'accepted is List',
  ],
  [
    'a default constraint with a selector',
    withArgs('PodTopologySpread', {
      defaultingType: 'List',
      defaultConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway', labelSelector: {} }],
    }),
    'profiles[0].pluginConfig[0].args.defaultConstraints[0].labelSelector',
    'must not define a selector',
  ],
  [
    'no candidates at all',
    withArgs('DefaultPreemption', { minCandidateNodesPercentage: 0, minCandidateNodesAbsolute: 0 }),
    'profiles[0].pluginConfig[0].args.minCandidateNodesPercentage',
    'cannot be zero at the same time',
  ],
  [
    'a kind of other args',
    withArgs('VolumeBinding', { kind: 'NodeAffinityArgs' }),
    'profiles[0].pluginConfig[0].args.kind',
    'accepted is "VolumeBindingArgs"',
  ],
])('%s is refused with its path', (_, value, path, accepted) => {
  expect(() => readSchedulerConfiguration(value)).toThrow(ConfigurationError);
  expect(() => readSchedulerConfiguration(value)).toThrow(`${path}: found `);
  expect(() => readSchedulerConfiguration(value)).toThrow(accepted);
});

test.each([
  [
    'a plugin that does not exist',
    { plugins: { filter: { enabled: [{ name: 'Nonsense' }] } } },
    'profiles[0].plugins.filter.enabled[0].name: found "Nonsense"; plugin "Nonsense" does not exist',
  ],
  [
    'a plugin at a point it has no part in',
    { plugins: { score: { enabled: [{ name: 'NodeName' }] } } },
    'plugin "NodeName" does not take part in score',
  ],
  [
    'a plugin twice at one point',
    { plugins: { score: { enabled: [{ name: 'NodeAffinity' }, { name: 'NodeAffinity' }] } } },
    'profiles[0].plugins.score.enabled[1].name: found "NodeAffinity"; plugin "NodeAffinity" is already enabled there',
  ],
  [
    'no queue sort',
    { plugins: { queueSort: { disabled: [{ name: '*' }] } } },
    'only one queue sort plugin required for profile with scheduler name "default-scheduler"',
  ],
  [
    'no bind plugin',
    { plugins: { bind: { disabled: [{ name: '*' }] } } },
    'at least one bind plugin is needed for profile with scheduler name "default-scheduler"',
  ],
  [
    'args for a plugin that is not there',
    { pluginConfig: [{ name: 'Nonsense', args: {} }] },
    'plugin "Nonsense" is not enabled in this profile',
  ],
])('%s is refused when the profile is built', (_, profile, message) => {
  expect(() => new SmallCluster({ configuration: withProfile(profile) })).toThrow(message);
});

test('all that is wrong is found at once', () => {
  try {
    readSchedulerConfiguration({ ...HEAD, parallelism: 0, percentageOfNodesToScore: 200, nonsense: 1 });
    expect.unreachable();
  } catch (error) {
    expect((error as ConfigurationError).problems.map(({ path }) => path)).toEqual([
      ['nonsense'],
      ['parallelism'],
      ['percentageOfNodesToScore'],
    ]);
  }
});
