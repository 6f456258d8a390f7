/** Resources beside CPU and memory, from the experiment to every table of the run folder. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { csvParse } from 'd3-dsv';
import { beforeAll, expect, test } from 'vitest';
import { build, clockwork, EXPERIMENT, folder } from './testing/command.ts';

beforeAll(build);

const GPU = 'nvidia.com/gpu';
const WITH_GPUS = EXPERIMENT.replace('runs: 3', 'runs: 2').replace(
  'requests: { cpu: 500m, memory: 512Mi }',
  `requests: { cpu: 500m, memory: 512Mi, ${GPU}: 1 }, limits: { ${GPU}: 1 }`,
);

const table = (at: string, file: string): Record<string, string>[] => csvParse(readFileSync(join(at, file), 'utf8'));

test('a study whose Nodes have GPUs in one case and none in the other has columns for both, empty where there are none', () => {
  const capacities = `[{ cpu: 4, memory: 8Gi, pods: 110 }, { cpu: 4, memory: 8Gi, pods: 110, ${GPU}: 2 }]`;
  const at = folder({ 'e.yaml': `${WITH_GPUS}factors: { "cluster.nodes[0].capacity": ${capacities} }\n` });
  const { code, out } = clockwork(at, 'run', 'e.yaml', '--out', 'o');
  expect(code).toBe(0);
  expect(out).toMatch(/nvidia\.com\/gpu requested, max +[0-9]/);
  const factor = 'cluster.nodes[0].capacity';
  const hasGpus = (row: Record<string, string>): boolean => row[factor]?.includes(GPU) === true;
  for (const [file, column] of [
    ['nodes.csv', `allocatable[${GPU}]`],
    ['pods.csv', `requested[${GPU}]`],
    ['timeseries.csv', `utilisation[${GPU}]`],
    ['runs.csv', `strandedMean[${GPU}]`],
  ] as const) {
    const rows = table(at, join('o', file));
    expect(rows.filter(hasGpus).length).toBeGreaterThan(0);
    for (const row of rows) expect([file, row[column] !== '']).toEqual([file, hasGpus(row)]);
  }
  const nodes = table(at, 'o/nodes.csv').filter(hasGpus);
  expect(new Set(nodes.map((row) => row[`allocatable[${GPU}]`]))).toEqual(new Set(['2']));
  const metrics = table(at, 'o/summary.csv').filter(({ metric }) => metric === `utilisationMax[${GPU}]`);
  expect(metrics.filter(hasGpus).every(({ max }) => Number(max) > 0 && Number(max) <= 1)).toBe(true);
  expect(clockwork(at, 'report', 'o').code).toBe(0);
  expect(clockwork(at, 'verify', 'o').code).toBe(0);
}, 60_000);

test('an objective may be about a resource', () => {
  const objectives = `objectives:\n  - { metric: "max_utilisation[${GPU}]", atMost: 0.01 }\n  - { metric: cpuUtilisationMean, atMost: 1 }\n`;
  const text = WITH_GPUS.replace('memory: 8Gi,', `memory: 8Gi, ${GPU}: 2,`);
  const at = folder({ 'e.yaml': `${text}${objectives}` });
  const { code, out } = clockwork(at, 'run', 'e.yaml', '--out', 'o', '--runs', '1');
  expect(code).toBe(1);
  expect(out).toMatch(/MISSED +spread +nvidia\.com\/gpu requested, max ≤ 1 % +in 0 of 1 run, worst/);
  expect(out).toMatch(/met +spread +CPU requested, mean ≤ 100 %/);
}, 60_000);
