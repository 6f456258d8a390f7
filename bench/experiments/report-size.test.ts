/**
 * The page of a large study, through the writer that runs use: it does not grow with the number of Pods. Measured once with 50 runs of
 * 50,000 Pods on 1000 Nodes (256 MB of pods.csv): 470 KB, and 0.4 s until Chromium had it open.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type RandomStream, Simulation } from '../../engine/index.ts';
import type { Cell } from '../../results/index.ts';
import { tableColumns } from './cluster-tables.ts';
import { loadStudy } from './load.ts';
import { metricsWith } from './metrics.ts';
import { type FinishedRun, finishRunFolder, openRunFolder, readPart, writePart } from './run-folder.ts';
import { tasksOf } from './run-plan.ts';
import type { RunResult, RunTables } from './run-result.ts';
import { summarizeStudy } from './summary.ts';
import { writeReport } from './write-report.ts';

const EXPERIMENT = `name: large
runs: 5
cluster: { nodes: [{ name: worker, count: 200, capacity: { cpu: 16, memory: 64Gi, pods: 110 } }] }
workload: [{ deployment: { name: web, replicas: 2, template: { spec: { containers: [{ name: main, image: x }] } } } }]
policies: [{ name: spread }, { name: pack }]
`;
const NODES = 200;
const RESOURCES = ['nvidia.com/gpu'];

/** Tables of a run as a large cluster leaves them: Pods at random times on random Nodes, every gauge at every ten seconds of an hour. */
function tables(stream: RandomStream, pods: number): RunTables {
  const columns = tableColumns(RESOURCES);
  const hour = 3600e6;
  const later = (fromMicros: number, meanMicros: number): number =>
    fromMicros + Math.floor(-Math.log(1 - stream.uniform()) * meanMicros);
  const pod = (_: unknown, i: number): Cell[] => {
    const created = stream.below(hour);
    const scheduled = later(created, 5e3);
    const running = later(scheduled, 2e6);
    const node = `worker${stream.below(NODES)}`;
    const deleted = stream.uniform() < 0.5 ? later(running, 600e6) : null;
    return [
      `default/web-${i}`,
      node,
      'Running',
      created,
      scheduled,
      running,
      deleted,
      1,
      500,
      2 ** 30,
      '',
      i % 10 === 0 ? 1 : 0,
    ];
  };
  const node = (_: unknown, i: number): Cell[] => [`worker${i}`, 'z', 50, 60, 8000, 16_000, 3e10, 6e10, 4, 8];
  const instant = (_: unknown, i: number): Cell[] =>
    columns.timeseries.map((_name, k) => (k === 0 ? i * 10e6 : stream.uniform() * 100));
  return {
    columns,
    pods: Array.from({ length: pods }, pod),
    nodes: Array.from({ length: NODES }, node),
    timeseries: Array.from({ length: 361 }, instant),
  };
}

/** Bytes of the page of ten runs with so many Pods each. */
function pageBytes(pods: number): number {
  const at = mkdtempSync(join(tmpdir(), 'clockwork-large-'));
  writeFileSync(join(at, 'e.yaml'), EXPERIMENT);
  const study = loadStudy(join(at, 'e.yaml'));
  const folder = join(at, 'o');
  openRunFolder(folder, study);
  const tasks = tasksOf(study.experiment, 5);
  const stream = new Simulation({ seed: '1' }).stream('large');
  for (const task of tasks) {
    const metrics = Object.fromEntries(metricsWith(RESOURCES).map(({ name }) => [name, stream.uniform() * 1e6]));
    const { policy, run } = task;
    const common = { policy, seed: '1', run, factors: {}, digest: '0'.repeat(16), stopped: 'settled', events: 1e6 };
    const result: RunResult = { ...common, virtualMicros: 3600e6, metrics, unschedulable: [], checkpoints: [] };
    writePart(folder, task, { result, cost: { wallSeconds: 1, peakMemoryBytes: 1 } }, tables(stream, pods));
  }
  const finished = tasks.map((task) => readPart(folder, task) as FinishedRun);
  const results = finished.map(({ result }) => result);
  finishRunFolder(folder, tasks, finished, summarizeStudy(study, results, { notes: [], runs: 5 }));
  return writeReport(folder);
}

test('ten times the Pods make a page of about the same size, far below 5 MB', () => {
  const few = pageBytes(200);
  const many = pageBytes(2000);
  expect(few).toBeGreaterThan(100_000);
  expect(many).toBeLessThan(1_000_000);
  expect(many / few).toBeLessThan(1.15);
}, 60_000);
