/**
 * `npm run bench:scheduler`: scheduling decisions a second, by workload, number of Nodes, sample and number of classes, each row in
 * a fresh process, with the plain rules measured beside the index. `--quick` is a smoke run; `--workload`, `--nodes`,
 * `--classes` and `--sample` pick rows (comma-separated); `--json FILE` writes the rows.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Case, pickCases } from './scheduler/cases.ts';
import type { Row, RowOptions } from './scheduler/measure-row.ts';

const OPTIONS = {
  quick: { type: 'boolean', default: false },
  json: { type: 'string' },
  workload: { type: 'string' },
  nodes: { type: 'string' },
  classes: { type: 'string' },
  sample: { type: 'string' },
  domains: { type: 'boolean', default: false },
} as const;

function measure(row: Case, isQuick: boolean): Row {
  const options: RowOptions = isQuick
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

function measureAll(cases: readonly Case[], isQuick: boolean, json: string | undefined): void {
  console.log(
    `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}; medians; plain rules measured in the same process`,
  );
  console.log(HEADER);
  const rows: Row[] = [];
  for (const row of cases) {
    const measured = measure(row, isQuick);
    rows.push(measured);
    console.log(lineOf(measured));
  }
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(rows, null, 1)}\n`);
}

let request:
  | { readonly cases: readonly Case[]; readonly quick: boolean; readonly json?: string | undefined }
  | undefined;
try {
  const { values } = parseArgs({ options: OPTIONS });
  request = { cases: pickCases(values), quick: values.quick, json: values.json };
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 2;
}
if (request !== undefined) measureAll(request.cases, request.quick, request.json);
