/** From the files of a run folder to the data of the report, on a folder small enough to reckon by hand. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { eachRecord } from './csv-records.ts';
import { bandOfCurves, bandOfSteps, LEVELS, SpreadOfRuns } from './report-curves.ts';
import { reportDataOf } from './report-data.ts';
import { heatMapsOf, type NodeRow, type PodRow } from './report-nodes.ts';

const NONE = Number.NaN;

function pod(of: Partial<PodRow>): PodRow {
  const times = { createdMicros: 0, scheduledMicros: NONE, runningMicros: NONE, deletedMicros: NONE };
  return {
    pod: 'default/a',
    node: 'n0',
    phase: 'Running',
    ...times,
    attempts: 1,
    cpuMillis: 500,
    memoryBytes: 0,
    others: new Map(),
    ...of,
  };
}

function node(name: string): NodeRow {
  const none = new Map<string, number>();
  const amounts = { cpuMillis: 1000, memoryBytes: 0, cpuRequestedMillis: 250, memoryRequestedBytes: 0 };
  return { node: name, ...amounts, others: none, othersRequested: none };
}

test('a Pod fills its Node from binding to deletion, and a span that it covers in part by that part', () => {
  const [map, ...rest] = heatMapsOf(
    'p',
    0,
    90,
    [node('n0'), node('n1')],
    [pod({ scheduledMicros: 10.5, deletedMicros: 12 })],
  );
  expect(rest).toEqual([]);
  expect(map?.rows.map(({ label }) => label)).toEqual(['n0', 'n1']);
  const shares = map?.rows[0]?.shares ?? [];
  expect(shares).toHaveLength(90);
  expect(shares.slice(9, 14)).toEqual([0, 0.25, 0.5, 0, 0]);
  expect(map?.rows[1]?.shares.every((share) => share === 0)).toBe(true);
});

test('where Pods ended without being deleted, only the state at the end is shown', () => {
  const [map] = heatMapsOf('p', 0, 90, [node('n0')], [pod({ scheduledMicros: 1, phase: 'Succeeded' })]);
  expect(map?.rows).toEqual([{ label: 'n0', shares: [0.25] }]);
});

test('many Nodes are put together in neighbouring groups that lose none', () => {
  const nodes = Array.from({ length: 5001 }, (_, i) => node(`n${i}`));
  const [map] = heatMapsOf(
    'p',
    0,
    90,
    nodes,
    nodes.map(({ node: name }) => pod({ node: name, scheduledMicros: 0 })),
  );
  expect(map?.rows.length).toBe(50);
  expect(map?.rows.flatMap(({ shares }) => shares).every((share) => share === 0.5)).toBe(true);
  expect(map?.rows.at(-1)?.label).toMatch(/… n5000$/);
});

test('the band goes from the lowest to the highest run, and a run that ended keeps its last value', () => {
  const band = bandOfSteps(
    [
      { timesMicros: [0, 90], values: [1, 3] },
      { timesMicros: [0, 180], values: [2, 10] },
    ],
    180,
  );
  expect(band?.low.slice(-2)).toEqual([2, 3]);
  expect(band?.high.slice(-2)).toEqual([3, 10]);
  expect(band?.median[0]).toBe(1.5);
});

test('a quantile curve has one value for each level', () => {
  const runs = new SpreadOfRuns();
  runs.add([3, 1, 2]);
  runs.add([]);
  const spread = runs.spread();
  expect(spread).toMatchObject({ samples: 3, runs: 1 });
  expect(spread?.median[LEVELS.indexOf(0.5)]).toBe(2);
  expect(spread?.median.at(-1)).toBe(3);
});

test('records keep quotes, commas and line ends over pieces of the file', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'clockwork-csv-')), 'x.csv');
  const words = 'no, "none"\nat all: ß';
  const rows = 200_000;
  writeFileSync(path, `a,b\n${`1,"${words.replaceAll('"', '""')}"\n`.repeat(rows)}`);
  let right = 0;
  eachRecord(path, ['a', 'b'], (record, cell) => {
    if (cell(record, 'b') === words && cell(record, 'a') === '1' && cell(record, 'c') === '') right++;
  });
  expect(right).toBe(rows);
});

test('a table without a column that is needed is refused by name', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'clockwork-csv-')), 'x.csv');
  writeFileSync(path, 'a\n1\n');
  expect(() => eachRecord(path, ['b'], () => {})).toThrow(/has no column 'b'/);
});

test('a folder without results is refused', () => {
  expect(() => reportDataOf(mkdtempSync(join(tmpdir(), 'clockwork-none-')))).toThrow(/holds no summary\.json/);
});

test('latencies are those of each run, policies in the order of the study, and the shown run is one in which none failed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clockwork-folder-'));
  const result = (policy: string, run: number): object => ({
    policy,
    seed: '1',
    run,
    factors: {},
    digest: 'd',
    stopped: 'settled',
    virtualMicros: 100,
    events: 5,
    metrics: { podsScheduled: 2 },
    unschedulable: [{ reason: 'full', pods: 1 }],
  });
  const broken = { policy: 'b', seed: '1', run: 0, factors: {}, error: 'lost' };
  const results = [result('a', 0), broken, result('a', 1), result('b', 1)];
  const study = { experiment: 'e', studyDigest: 's', seed: '1', runs: 2, policies: ['a', 'b'], notes: [] };
  writeFileSync(
    join(folder, 'summary.json'),
    JSON.stringify({ ...study, cases: [{ factors: {}, metrics: [] }], results }),
  );
  const columns =
    'policy,run,pod,node,phase,createdMicros,scheduledMicros,runningMicros,deletedMicros,attempts,cpuMillis';
  const rows = [
    'a,0,x,n0,Running,0,10,20,,1,5',
    'a,1,x,n0,Running,0,30,40,,1,5',
    'a,1,y,,Pending,0,,,,2,5',
    'b,1,x,n0,Running,5,10,25,,1,5',
  ];
  writeFileSync(join(folder, 'pods.csv'), `${columns}\n${rows.join('\n')}\n`);
  const data = reportDataOf(folder);
  const [only] = data.cases;
  const scheduling = only?.distributions.find(({ title }) => title === 'scheduling latency');
  expect(scheduling?.policies.map((one) => [one?.low[0], one?.high[0], one?.runs])).toEqual([
    [10, 30, 2],
    [5, 5, 1],
  ]);
  expect(only?.lives?.run).toBe(1);
  expect(only?.lives?.pods.map(({ pod: name, chosen }) => [name, chosen])).toEqual([
    ['x', 'fastest, median, p90, p99, slowest'],
    ['y', 'never placed'],
  ]);
  expect(only?.unplaced.map(({ policy, run }) => [policy, run])).toEqual([
    ['a', 1],
    ['b', 1],
  ]);
  expect(data.runs[1]).toMatchObject({
    error: 'lost',
    command: 'npx clockwork run experiment.yaml --policy b --runs 1',
  });
});

/** A finished folder of two policies with these tables. */
function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'clockwork-folder-'));
  const result = (policy: string): object => ({
    policy,
    seed: '1',
    run: 0,
    factors: {},
    digest: 'd',
    stopped: 'settled',
    virtualMicros: 100,
    events: 5,
    metrics: {},
    unschedulable: [],
  });
  const study = { experiment: 'e', studyDigest: 's', seed: '1', runs: 1, policies: ['a', 'b'], notes: [] };
  const summary = { ...study, cases: [{ factors: {}, metrics: [] }], results: [result('a'), result('b')] };
  writeFileSync(join(folder, 'summary.json'), JSON.stringify(summary));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

test('what is drawn over time has a name and a group of its own, and what never left 0 is only named', () => {
  const head = 'policy,run,timeMicros,running,queueActive,queueGated,cpuUtilisation,stranded[nvidia.com/gpu],newThing';
  const rows = ['a,0,0,0,0,0,0,0,0', 'a,0,100,3,2,0,0.5,0.25,7', 'b,0,0,0,0,0,0,0,0', 'b,0,100,4,1,0,0.5,0.1,7'];
  const [only] = reportDataOf(folderWith({ 'timeseries.csv': `${head}\n${rows.join('\n')}\n` })).cases;
  expect(only?.gauges.map(({ title, unit, group }) => [title, unit, group])).toEqual([
    ['Active queue', 'Pods', 'Pods and queues over time'],
    ['Running Pods', 'Pods', 'Pods and queues over time'],
    ['CPU requested', 'fraction', 'Resources over time'],
    ['nvidia.com/gpu stranded', 'fraction', 'Stranded and fragmented resources over time'],
    ['New thing', '', 'More over time'],
  ]);
  expect(only?.flat).toEqual(['Gated Pods']);
});

test('curves of GPUs are drawn over what has been asked for where the folder knows it, else over what is allocated', () => {
  const arrived = 'policy,run,arrivedPercent,allocatedPercent,fragmentedPercentOfTotal,fragmentedPercentOfIdle';
  const study = folderWith({ 'gpu-curve.csv': `${arrived}\na,0,0,0,10,10\na,0,1,1,9,9.5\nb,0,0,0,10,10\n` });
  const [placement] = reportDataOf(study).cases;
  expect(placement?.curves.map(({ title }) => title)).toEqual([
    'GPUs fragmented as Pods arrive',
    'Idle GPUs fragmented as Pods arrive',
    'GPUs allocated as Pods arrive',
  ]);
  expect(placement?.curves[0]?.policies).toMatchObject([
    { x: [0, 0.01], median: [0.1, 0.09] },
    { x: [0], median: [0.1] },
  ]);
  const allocated = 'policy,run,allocatedPercent,fragmentedPercentOfTotal,fragmentedPercentOfIdle,micros';
  const cluster = folderWith({ 'gpu-curve.csv': `${allocated}\na,0,0,10,10,5\na,0,100,0,,5\n` });
  const [whole] = reportDataOf(cluster).cases;
  expect(whole?.curves.map(({ title, xTitle }) => [title, xTitle])).toEqual([
    ['GPUs fragmented as the cluster fills', 'GPUs allocated, of all GPUs'],
    ['Idle GPUs fragmented as the cluster fills', 'GPUs allocated, of all GPUs'],
  ]);
  expect(whole?.curves[1]?.policies[0]).toMatchObject({ x: [0], median: [0.1] });
});

test('curves of several runs are put together where they reach, and straight between their points', () => {
  const band = bandOfCurves([
    { x: [0, 0.5, 1], y: [0, 1, 2] },
    { x: [0, 1], y: [2, 4] },
    { x: [0.5, 0.75], y: [9, 9] },
  ]);
  expect(band).toEqual({
    runs: 3,
    x: [0, 0.5, 0.75, 1],
    median: [1, 3, 3.5, 3],
    low: [0, 1, 1.5, 2],
    high: [2, 9, 9, 4],
  });
});

test('the time without a Node is drawn where Pods were never placed, up to their deletion or the end of the run', () => {
  const head = 'policy,run,pod,node,phase,createdMicros,scheduledMicros,runningMicros,deletedMicros,attempts';
  const placed = 'a,0,x,n0,Running,0,10,30,,1';
  const titles = (...rows: string[]): string[] => {
    const [only] = reportDataOf(folderWith({ 'pods.csv': `${head}\n${rows.join('\n')}\n` })).cases;
    return only?.distributions.map(({ title, policies }) => `${title} ${policies[0]?.high.at(-1)}`) ?? [];
  };
  const placedOnly = ['start-up latency 30', 'scheduling latency 10', 'time from binding to running 20'];
  expect(titles(placed, 'a,0,there,n0,Running,0,,5,,')).toEqual(placedOnly);
  expect(titles(placed, 'a,0,gone,,Pending,0,,,40,2')).toEqual([...placedOnly, 'time without a Node 40']);
  expect(titles(placed, 'a,0,waits,,Pending,20,,,,2')).toEqual([...placedOnly, 'time without a Node 80']);
});

test('a resource beside CPU and memory has a map over the Nodes that have it', () => {
  const gpu = (count: number): NodeRow => ({ ...node('g'), others: new Map([['nvidia.com/gpu', count]]) });
  const pods = [pod({ node: 'g', scheduledMicros: 0, others: new Map([['nvidia.com/gpu', 1]]) })];
  const maps = heatMapsOf('p', 0, 90, [node('n0'), gpu(4)], pods);
  expect(maps.map(({ title, rows }) => [title, rows.length])).toEqual([
    ['CPU requested on each Node', 2],
    ['nvidia.com/gpu requested on each Node', 1],
  ]);
  expect(maps[1]?.rows[0]?.shares[0]).toBe(0.25);
});
