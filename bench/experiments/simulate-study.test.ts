/** Studies in this process: what an experiment object says reaches the models, and a run that fails is a result like others. */
import { expect, test } from 'vitest';
import type { PluginModule } from '../policies/plugin-module.ts';
import { findMetric } from './find-metric.ts';
import { failed } from './run-result.ts';
import { simulateStudy } from './simulate-study.ts';
import { type ExperimentInput, type PolicyInput, studyOf } from './study-of.ts';

const EXPERIMENT: ExperimentInput = {
  name: 'small',
  cluster: { nodes: [{ name: 'worker', count: 3, capacity: { cpu: 4, memory: '8Gi' } }] },
  workload: [
    {
      arrivals: {
        name: 'job',
        process: { kind: 'poisson', ratePerSecond: 2, count: 6 },
        templates: [{ spec: { containers: [{ name: 'main', image: 'nginx' }] } }],
      },
    },
  ],
};

/** A policy that scores by a plugin. */
const policyOf = (name: string, plugin: PluginModule): PolicyInput => ({
  name,
  plugins: [plugin],
  scheduler: {
    apiVersion: 'kubescheduler.config.k8s.io/v1',
    kind: 'KubeSchedulerConfiguration',
    profiles: [{ plugins: { score: { enabled: [{ name: plugin.name }] } } }],
  },
});

test('what a scheduling cycle takes is a setting of the experiment', async () => {
  const latencyOf = async (schedulingCost: object): Promise<number> => {
    const study = studyOf({ ...EXPERIMENT, cluster: { ...EXPERIMENT.cluster, schedulingCost } });
    const { summary } = await simulateStudy(study);
    return findMetric(summary, { metric: 'p50_scheduling', policy: 'spread' }).summary?.mean ?? Number.NaN;
  };
  const usual = await latencyOf({});
  const slow = await latencyOf({ baseMicros: 50_200 });
  expect(slow - usual).toBeGreaterThan(49_000);
  expect(slow - usual).toBeLessThan(60_000);
});

test('a run that throws is recorded with what was thrown, and the others go on', async () => {
  const throwing: PluginModule = {
    name: 'Throwing',
    make: () => ({
      score: () => {
        throw new Error('no score today');
      },
    }),
  };
  const heard: string[] = [];
  const study = studyOf({ ...EXPERIMENT, policies: [policyOf('broken', throwing), { name: 'spread' }] });
  const { summary, runs } = await simulateStudy(study, { onRun: ({ task }) => heard.push(task.policy) });
  expect(heard).toEqual(['broken', 'spread']);
  expect(runs.map(({ result, tables }) => [failed(result), tables === undefined])).toEqual([
    [true, true],
    [false, false],
  ]);
  expect(summary.results[0]).toMatchObject({ policy: 'broken', error: expect.stringContaining('no score today') });
});

test('two plugins of one name in a policy are refused', async () => {
  const plugin: PluginModule = { name: 'Twin', make: () => ({ score: () => 0 }) };
  const policy = { ...policyOf('twins', plugin), plugins: [plugin, plugin] };
  await expect(simulateStudy(studyOf({ ...EXPERIMENT, policies: [policy] }))).rejects.toThrow(
    'policy twins has two plugins named Twin',
  );
});

test('a figure that a study does not have is refused with what it has', async () => {
  const study = studyOf({ ...EXPERIMENT, factors: { 'cluster.nodes[0].count': [1, 2] } });
  const { summary } = await simulateStudy(study);
  const choice = { metric: 'p99_startup', policy: 'spread', factors: { 'cluster.nodes[0].count': 2 } };
  expect(findMetric(summary, choice).summary?.n).toBe(1);
  expect(() => findMetric(summary, { ...choice, factors: {} })).toThrow(
    'factors are {}; accepted: cluster.nodes[0].count=1; cluster.nodes[0].count=2',
  );
  expect(() => findMetric(summary, { ...choice, policy: 'pack' })).toThrow('policy is pack; accepted: spread');
  expect(() => findMetric(summary, { ...choice, metric: 'speed' })).toThrow('metric is speed; accepted: pods');
});
