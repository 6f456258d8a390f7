/** A small invented study for the tests of the report: two policies, a failed run, every chart once but those of a plan. */
import type { Band, ReportCase, ReportData, ReportMetric, Spread } from './report-data.ts';

const LEVELS = [0, 0.5, 0.9, 0.95, 0.99, 1];

function spread(scale: number): Spread {
  const median = [1e3, 2e3, 5e3, 9e3, 40e3, 90e3].map((value) => value * scale);
  return { samples: 3000, runs: 3, median, low: median.map((v) => v * 0.9), high: median.map((v) => v * 1.1) };
}

function band(height: number): Band {
  const x = Array.from({ length: 31 }, (_, i) => i * 60e6);
  const median = x.map((_, i) => (height * i * (30 - i)) / 225);
  return { runs: 3, x, median, low: median.map((v) => v * 0.8), high: median.map((v) => v * 1.2) };
}

function metric(
  title: string,
  unit: string,
  better: ReportMetric['better'],
  values: readonly (readonly number[])[],
): ReportMetric {
  const samples = values.map((list) => new Map(list.map((value, run) => [`1/${run}`, value])));
  return { name: title, title, unit, better, main: true, samples };
}

const METRICS: readonly ReportMetric[] = [
  metric('start-up latency, p99', 'µs', 'lower', [
    [4e6, 4.1e6, 3.9e6],
    [2e6, 2.1e6, 1.9e6],
  ]),
  metric('Nodes in use, mean', 'Nodes', 'lower', [
    [70, 71, 69],
    [140, 141, 140],
  ]),
  metric('CPU requested, max', 'fraction', 'higher', [
    [0.5, 0.51, 0.52],
    [0.52, 0.5, 0.51],
  ]),
];

const CASE: ReportCase = {
  title: '',
  metrics: METRICS,
  distributions: [{ title: 'start-up latency', unit: 'µs', levels: LEVELS, policies: [spread(2), spread(1)] }],
  gauges: [
    { name: 'pending', title: 'Pending Pods', unit: 'Pods', group: 'Pods over time', policies: [band(200), undefined] },
    {
      name: 'cpuUtilisation',
      title: 'CPU requested',
      unit: 'fraction',
      group: 'Resources over time',
      note: 'Requested by Pods, of what all Nodes can give.',
      policies: [band(0.8), band(0.7)],
    },
  ],
  flat: ['Gated Pods', 'CPU stranded'],
  curves: [
    {
      title: 'GPU fragmentation',
      xTitle: 'GPUs asked for',
      xUnit: 'fraction',
      yTitle: 'fragmented',
      yUnit: 'fraction',
      policies: [band(0.2), band(0.3)].map((one) => ({ ...one, x: one.x.map((_, i) => i / 25) })),
    },
  ],
  heatMaps: ['pack', 'spread'].map((policy, p) => ({
    policy,
    title: 'CPU requested on each Node',
    run: 0,
    startMicros: 0,
    endMicros: 1800e6,
    rows: Array.from({ length: 20 }, (_, row) => ({
      label: `worker${row * 5} … worker${row * 5 + 4}`,
      shares: Array.from({ length: 40 }, (_column, span) => Math.max(0, (p === 0 ? 1 - row / 10 : 0.5) - span / 60)),
    })),
  })),
  lives: {
    run: 0,
    pods: [
      {
        pod: 'default/web-<1>',
        chosen: 'median',
        policies: [
          {
            createdMicros: 1e6,
            scheduledMicros: 901e6,
            runningMicros: 1220e6,
            deletedMicros: 1300e6,
            node: 'worker-1',
            attempts: 1,
          },
          {
            createdMicros: 1e6,
            scheduledMicros: undefined,
            runningMicros: undefined,
            deletedMicros: undefined,
            node: '',
            attempts: 7,
          },
        ],
      },
    ],
  },
  unplaced: [{ policy: 'spread', run: 0, pods: 3, reason: '0/20 nodes are available: 20 Insufficient cpu.' }],
};

const OBJECTIVE = { asked: 'start-up latency, p99 ≤ 5 s', case: '' } as const;

export const SAMPLE_REPORT: ReportData = {
  title: 'sample <study>',
  description: 'Two policies & a failed run',
  seed: '1',
  studyDigest: '0123456789ab',
  runsPerPolicy: 4,
  policies: ['pack', 'spread'],
  notes: ['field x of kind Y is not modelled'],
  objectives: [
    { ...OBJECTIVE, policy: 'pack', kept: 'in 4 of 4 runs, worst 4 s', met: true },
    { ...OBJECTIVE, policy: 'spread', kept: 'in 1 of 4 runs, worst <6> s', met: false },
  ],
  cases: [CASE],
  runs: [0, 1, 2, 3].flatMap((run) =>
    ['pack', 'spread'].map((policy) => ({
      factors: '',
      policy,
      seed: '1',
      run,
      digest: run === 3 ? '' : `00000000000000${run}${policy === 'pack' ? 'a' : 'b'}`,
      stopped: run === 3 ? 'failed' : 'settled',
      events: run === 3 ? undefined : 1000 + run,
      virtualMicros: run === 3 ? undefined : 1800e6,
      command: `npx clockwork run experiment.yaml --policy ${policy} --runs ${run + 1}`,
      ...(run === 3 ? { error: 'out of memory' } : {}),
    })),
  ),
};
