/**
 * `npm run bench:cluster`: the whole control plane, from Deployments until every Pod runs, by number of Nodes, with ten Pods for each.
 * Every row is measured in a fresh process, and profiled in another one. `--workload` and `--nodes` pick rows (comma-separated; the
 * workload `deployments` unless given); `--warm N` does the same N times before in the process, to show what compiling takes; `--quick` is a
 * smoke run of all workloads; `--json FILE` writes the rows.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Measured } from './cluster/measure-row.ts';
import { type RowOptions, WORKLOADS } from './cluster/workload.ts';

const OPTIONS = {
  quick: { type: 'boolean', default: false },
  json: { type: 'string' },
  workload: { type: 'string' },
  nodes: { type: 'string' },
  warm: { type: 'string' },
} as const;

const PODS_A_NODE = 10;
const NODES = [1000, 5000, 15_000];
const QUICK_NODES = [100];

/** From so many Nodes on a process is given 1 GB in all; below, it has a large young generation, which spares collections. */
const BOUNDED_FROM_NODES = 10_000;
const BOUNDED = ['--max-old-space-size=780', '--max-semi-space-size=16'];
const ROOMY = ['--max-semi-space-size=64'];

/** Workloads that need not fit into 1 GB: Kubernetes Events are kept for an hour. */
const UNBOUNDED: ReadonlySet<string> = new Set(['events']);

function wholeNumber(option: string, text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new RangeError(`${option} has "${text}"; accepted are whole numbers above 0`);
}

interface Request {
  readonly rows: readonly RowOptions[];
  readonly json: string | undefined;
}

/** @throws an error whose message says what is accepted */
function requested(): Request {
  const { values } = parseArgs({ options: OPTIONS });
  const wanted = values.workload?.split(',') ?? (values.quick ? [...WORKLOADS] : ['deployments']);
  const unknown = wanted.find((name) => !WORKLOADS.some((workload) => workload === name));
  if (unknown !== undefined) throw new RangeError(`--workload has "${unknown}"; accepted are ${WORKLOADS.join(', ')}`);
  const nodes =
    values.nodes === undefined
      ? values.quick
        ? QUICK_NODES
        : NODES
      : values.nodes.split(',').map((item) => wholeNumber('--nodes', item));
  const warm = values.warm === undefined ? 0 : wholeNumber('--warm', values.warm);
  const workloads = WORKLOADS.filter((workload) => wanted.includes(workload));
  const rows = nodes.flatMap((count) =>
    workloads.map((workload) => ({ workload, nodes: count, pods: count * PODS_A_NODE, warm })),
  );
  return { rows, json: values.json };
}

function inFreshProcess<T>(row: RowOptions, ...mode: string[]): T {
  const script = join(import.meta.dirname, 'cluster/measure-row.js');
  const isBounded = row.nodes >= BOUNDED_FROM_NODES && !UNBOUNDED.has(row.workload);
  const args = ['--expose-gc', ...(isBounded ? BOUNDED : ROOMY), script, JSON.stringify(row), ...mode];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as T;
}

const COLUMNS: readonly (readonly [string, number])[] = [
  ['workload', -12],
  ['nodes', 6],
  ['pods', 7],
  ['Pods/s', 7],
  ['events/s', 9],
  ['CPU s', 7],
  ['virtual s', 10],
  ['B/Pod', 6],
  ['RSS MB', 7],
  ['digest', 17],
];

const line = (cells: readonly (string | number)[]): string =>
  COLUMNS.map(([, width], i) => (width < 0 ? String(cells[i]).padEnd(-width) : String(cells[i]).padStart(width))).join(
    ' ',
  );

function lineOf({ workload, nodes, pods }: RowOptions, m: Measured): string {
  const { podsPerSecond, eventsPerSecond, cpuSeconds, virtualSeconds, bytesPerPod, rssBytes, digest } = m;
  const rssMb = Math.round(rssBytes / 1e6);
  const seconds = [cpuSeconds.toFixed(2), virtualSeconds.toFixed(1)];
  return line([workload, nodes, pods, podsPerSecond, eventsPerSecond, ...seconds, bytesPerPod, rssMb, digest]);
}

function sharesText(shares: Readonly<Record<string, number>>): string {
  const shown = Object.entries(shares).filter(([, share]) => share >= 0.01);
  return shown.map(([name, share]) => `${name.replace('models/', '')} ${(share * 100).toFixed(0)} %`).join(', ');
}

function measureAll({ rows, json }: Request): void {
  console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`);
  console.log(line(COLUMNS.map(([name]) => name)));
  const measuredRows = rows.map((row) => {
    const measured = inFreshProcess<Measured>(row);
    console.log(lineOf(row, measured));
    const shares = inFreshProcess<Record<string, number>>(row, 'profile');
    console.log(`  ${sharesText(shares)}`);
    return { ...row, ...measured, shares };
  });
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(measuredRows, null, 1)}\n`);
}

let request: Request | undefined;
try {
  request = requested();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 2;
}
if (request !== undefined) measureAll(request);
