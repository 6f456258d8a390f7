/**
 * `npm run bench:scheduler`: scheduling decisions a second, by workload, number of Nodes, sample and number of classes, each row in
 * a fresh process, with the plain rules measured beside the index. `--quick` is a smoke run; `--workload`, `--nodes` and
 * `--classes` pick rows (comma-separated); `--json FILE` writes the rows.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Row, RowOptions } from './scheduler/measure-row.ts';
import { WORKLOADS, type Workload } from './scheduler/workloads.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    workload: { type: 'string' },
    nodes: { type: 'string' },
    classes: { type: 'string' },
    sample: { type: 'string' },
    domains: { type: 'boolean', default: false },
  },
});

const list = (text: string | undefined): string[] | undefined => text?.split(',');

type Case = Pick<RowOptions, 'workload' | 'nodes' | 'sample' | 'classes' | 'order' | 'zones'>;

function allCases(): Case[] {
  const nodes = values.quick ? [200] : [1000, 5000, 15_000, 50_000];
  const workloads: readonly Workload[] = WORKLOADS;
  const mixes = values.quick
    ? ([{ classes: 20, order: 'random' }] as const)
    : ([
        { classes: 1, order: 'batch' },
        { classes: 20, order: 'random' },
        { classes: 500, order: 'random' },
        { classes: 500, order: 'batch' },
      ] as const);
  const cases = workloads.flatMap((workload) =>
    nodes.flatMap((count) =>
      (['all', 'adaptive'] as const).flatMap((sample) =>
        mixes.map((mix): Case => ({ workload, nodes: count, sample, ...mix, zones: 3 })),
      ),
    ),
  );
  // Cost against the number of classes, where each wants scores of its own.
  const numbers = values.quick ? [] : [5, 100];
  for (const classes of numbers)
    cases.push({ workload: 'basic', nodes: 5000, sample: 'all', classes, order: 'random', zones: 3 });
  const zones = values.quick ? [30] : [3, 30, 300, 3000];
  const domains = zones.map(
    (count): Case => ({
      workload: 'spread',
      nodes: values.quick ? 200 : 5000,
      sample: 'all',
      classes: 20,
      order: 'random',
      zones: count,
    }),
  );
  return values.domains ? domains : [...cases, ...domains.slice(1)];
}

function picked({ workload, nodes, classes, sample }: Case): boolean {
  const matches = (wanted: string[] | undefined, value: string): boolean =>
    wanted === undefined || wanted.includes(value);
  return (
    matches(list(values.workload), workload) &&
    matches(list(values.nodes), String(nodes)) &&
    matches(list(values.classes), String(classes)) &&
    matches(list(values.sample), sample)
  );
}

function measure(row: Case): Row {
  const options: RowOptions = values.quick
    ? { ...row, samples: 3, decisionsPerSample: 200, plainSeconds: 0.05 }
    : {
        ...row,
        samples: 9,
        decisionsPerSample: row.classes === 500 && row.order === 'random' ? 4000 : 20_000,
        plainSeconds: 1,
      };
  const script = join(import.meta.dirname, 'scheduler/measure-row.js');
  const flags = ['--expose-gc', '--max-semi-space-size=256'];
  return JSON.parse(
    execFileSync(process.execPath, [...flags, script, JSON.stringify(options)], { encoding: 'utf8' }),
  ) as Row;
}

const HEADER =
  'workload     nodes  sample    classes order   zones  decisions/s  ±      plain/s  ratio    B/dec  digest';

function lineOf(row: Row): string {
  const {
    workload,
    nodes,
    sample,
    classes,
    order,
    zones,
    decisionsPerSecond,
    spread,
    plainDecisionsPerSecond,
    ratioToPlain,
    bytesPerDecision,
    digest,
  } = row;
  return [
    workload.padEnd(11),
    String(nodes).padStart(6),
    ` ${sample.padEnd(9)}`,
    String(classes).padStart(6),
    ` ${order.padEnd(7)}`,
    String(zones).padStart(5),
    String(decisionsPerSecond).padStart(12),
    `${(spread * 100).toFixed(0)} %`.padStart(5),
    String(plainDecisionsPerSecond).padStart(9),
    String(ratioToPlain).padStart(7),
    String(bytesPerDecision).padStart(8),
    ` ${digest}`,
  ].join(' ');
}

const cases = allCases().filter(picked);
console.log(
  `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}; medians; plain rules measured in the same process`,
);
console.log(HEADER);
const rows: Row[] = [];
for (const row of cases) {
  const measured = measure(row);
  rows.push(measured);
  console.log(lineOf(measured));
}
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rows, null, 1)}\n`);
