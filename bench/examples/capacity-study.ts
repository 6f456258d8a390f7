/**
 * A capacity study: how many Nodes does this workload need so that 99 % of its Pods start within ten seconds, in every run, under each of two
 * policies? The number of Nodes is a factor: every value is run with every policy, over the same arrivals.
 *
 *     npm run build && node dist/bench/examples/capacity-study.js
 */
import { findMetric, formatMetric, simulateStudy, studyOf } from 'kube-clockwork';

const COUNT = 'cluster.nodes[0].count';

const study = studyOf({
  name: 'how-many-nodes',
  runs: 5,
  cluster: { nodes: [{ name: 'worker', count: 1, zones: ['a', 'b', 'c'], capacity: { cpu: 8, memory: '32Gi' } }] },
  workload: [
    {
      arrivals: {
        name: 'request',
        process: { kind: 'poisson', ratePerSecond: 1, count: 300 },
        lifetimeSeconds: { kind: 'lognormal', median: 40, sigma: 0.5 },
        templates: [
          { weight: 4, spec: { containers: [{ name: 'main', image: 'web', resources: { requests: { cpu: 1 } } }] } },
          { weight: 1, spec: { containers: [{ name: 'main', image: 'web', resources: { requests: { cpu: 6 } } }] } },
        ],
      },
    },
  ],
  policies: [{ name: 'spread' }, { name: 'pack' }],
  factors: { [COUNT]: [12, 16, 20, 24] },
  objectives: [{ metric: 'p99_startup', atMost: '10s' }],
});

const { summary } = await simulateStudy(study);

for (const policy of summary.policies) {
  for (const { factors } of summary.cases) {
    const p99 = findMetric(summary, { metric: 'p99_startup', policy, factors }).summary?.mean ?? Number.NaN;
    const objective = summary.objectives?.find((one) => one.policy === policy && one.factors === factors);
    const kept =
      objective?.met === true ? 'met' : `missed in ${summary.runs - (objective?.runsMet ?? 0)} of ${summary.runs} runs`;
    console.log(`${policy}, ${String(factors[COUNT])} Nodes: p99 start-up ${formatMetric(p99, 'µs')}, ${kept}`);
  }
}
