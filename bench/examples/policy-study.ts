/**
 * A policy study: is a scoring plugin of one's own better than the default on this workload, by how much, and how sure is that?
 *
 *     npm run build && node dist/bench/examples/policy-study.js
 */
import { findMetric, formatMetric, type PluginModule, simulateStudy, studyOf } from 'kube-clockwork';

/** Best fit: of the Nodes that a Pod fits on, the one that it fills most, so that whole Nodes stay free for large Pods. */
const bestFit: PluginModule = {
  name: 'BestFit',
  make: () => ({
    // Asked again for a Node only when its Pods or what it offers have changed.
    dependsOn: { node: ['allocatable'], requested: true },
    score: (_state, pod, node) => {
      const asked = Number(node.requested.milliCpu) + Number(pod.class.requests.milliCpu);
      return Math.round((100 * asked) / Number(node.allocatable.milliCpu));
    },
  }),
};

const container = (cpu: number) => ({ name: 'main', image: 'job', resources: { requests: { cpu } } });

const study = studyOf({
  name: 'best-fit',
  runs: 8,
  cluster: { nodes: [{ name: 'worker', count: 20, zones: ['a', 'b'], capacity: { cpu: 16, memory: '64Gi' } }] },
  workload: [
    {
      arrivals: {
        name: 'job',
        process: { kind: 'poisson', ratePerSecond: 0.35, count: 400 },
        lifetimeSeconds: { kind: 'exponential', mean: 300 },
        templates: [
          { weight: 9, spec: { containers: [container(1)] } },
          { weight: 1, spec: { containers: [container(12)] } },
        ],
      },
    },
  ],
  policies: [
    { name: 'spread' },
    {
      name: 'best-fit',
      plugins: [bestFit],
      scheduler: {
        apiVersion: 'kubescheduler.config.k8s.io/v1',
        kind: 'KubeSchedulerConfiguration',
        profiles: [{ plugins: { score: { enabled: [{ name: 'BestFit', weight: 20 }] } } }],
      },
    },
  ],
});

const { summary } = await simulateStudy(study);

for (const [title, metric, unit] of [
  ['Pods pending, mean', 'mean_pending', 'Pods'],
  ['start-up, p99', 'p99_startup', 'µs'],
  ['Nodes in use, mean', 'nodesInUseMean', 'Nodes'],
] as const) {
  const means = ['spread', 'best-fit'].map((policy) => findMetric(summary, { metric, policy }).summary?.mean ?? 0);
  const { comparison } = findMetric(summary, { metric, policy: 'best-fit' });
  const [spread, best] = means.map((mean) => formatMetric(mean, unit));
  console.log(`${title}: spread ${spread}, best-fit ${best}: ${comparison?.sentence}`);
}
