/**
 * `npm run check:fgd [openb folder]`: every trace, policy and seed of the FGD study that the openb bundle has results for, against
 * these results; exits with 1 when one differs. Random is held to the published mean within what ten seeds can tell.
 */
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Tinypool } from 'tinypool';
import { textTable } from '../cli/text-table.ts';
import { GPU_POLICIES, PAPER_NAMES } from '../policies/gpu-sharing/gpu-policies.ts';
import type { FgdCheck, FgdCheckResult } from './fgd-check.ts';
import { type Finals, parseFinals, PRINTED_UNIT } from './published-finals.ts';

const TRACES = ['default', 'gpushare40', 'gpuspec33', 'multigpu20'];
const SEEDS = [42, 43, 44, 45, 46, 47, 48, 49, 50, 51];
const FIELDS = ['allocated', 'fragmented', 'fragmentedOfIdle'] as const;

/**
 * Greatest differences from the published curve that roundings explain: means of rounded rows that end in 5 are rounded either
 * way, and the last column is printed with four digits.
 */
const TOLERANCE: Finals = {
  allocated: 1.01 * PRINTED_UNIT.allocated,
  fragmented: 0.01 * PRINTED_UNIT.fragmented,
  fragmentedOfIdle: 1.01 * PRINTED_UNIT.fragmentedOfIdle,
};

/** Two means differ when they are so many standard errors apart. */
const ERRORS_APART = 4;

async function main(openb: string): Promise<number> {
  if (!existsSync(openb)) {
    process.stderr.write(`check:fgd: ${openb} is missing; name the folder of the openb bundle\n`);
    return 2;
  }
  const checks = TRACES.flatMap((trace) =>
    Object.keys(GPU_POLICIES).flatMap((policy) => SEEDS.map((seed): FgdCheck => ({ openb, trace, policy, seed }))),
  );
  const startMillis = performance.now();
  const pool = new Tinypool({
    filename: new URL('./fgd-check.js', import.meta.url).href,
    name: 'checkFgdRun',
    maxThreads: availableParallelism(),
    isolateWorkers: false,
  });
  const results = (await Promise.all(checks.map((check) => pool.run(check)))) as FgdCheckResult[];
  await pool.destroy();
  const wallSeconds = (performance.now() - startMillis) / 1000;
  const rows = TRACES.flatMap((trace) =>
    Object.keys(GPU_POLICIES).map((policy) => summary(trace, policy, results, openb)),
  );
  const head = ['trace', 'policy', 'counts exact', 'placements', 'allocated', 'fragmented', 'of idle', 'verdict'];
  const lines = textTable(
    [head, ...rows.map(({ cells }) => cells)],
    head.map((_, column) => column > 1 && column < 7),
  );
  process.stdout.write(`${lines.join('\n')}\n${results.length} runs in ${wallSeconds.toFixed(1)} s\n`);
  process.stdout.write(
    'allocated, fragmented, of idle: greatest difference from the published curve, in points of percent;\n',
  );
  process.stdout.write('of Random: own mean of the finals less the published one, and its standard error\n');
  return rows.every(({ agrees }) => agrees) ? 0 : 1;
}

function summary(
  trace: string,
  policy: string,
  all: readonly FgdCheckResult[],
  openb: string,
): { cells: string[]; agrees: boolean } {
  const results = all.filter(({ check }) => check.trace === trace && check.policy === policy);
  const name = PAPER_NAMES[policy] ?? policy;
  if (name === 'Random') return randomSummary(trace, results, openb);
  const exact = results.filter(({ countsEqual }) => countsEqual === true).length;
  const placements = results.flatMap((result) => result.placements ?? []);
  const placed = placements.reduce((sum, { pods }) => sum + pods, 0);
  const wrong = placements.reduce((sum, { wrong: count }) => sum + count, 0);
  const points = results.reduce((sum, { curvePoints }) => sum + curvePoints, 0);
  const most = (field: keyof Finals): number => Math.max(...results.map((result) => result.curveDifference[field]));
  const agrees =
    exact === results.length && wrong === 0 && points > 0 && FIELDS.every((field) => most(field) <= TOLERANCE[field]);
  const cells = [
    trace,
    name,
    `${exact} of ${results.length}`,
    placed === 0 ? '–' : `${placed - wrong} of ${placed}`,
    ...FIELDS.map((field) => most(field).toFixed(4)),
    agrees ? 'as published' : 'DIFFERS',
  ];
  return { cells, agrees };
}

function randomSummary(
  trace: string,
  results: readonly FgdCheckResult[],
  openb: string,
): { cells: string[]; agrees: boolean } {
  const file = `${openb}/expected.csv`;
  const published = parseFinals(readFileSync(file, 'utf8'), file, trace).get('Random') ?? new Map<string, Finals>();
  const theirs = SEEDS.flatMap((seed) => published.get(`${seed}`) ?? []);
  const compared = FIELDS.map((field) => {
    const own = moments(results.map(({ final }) => final[field]));
    const their = moments(theirs.map((finals) => finals[field]));
    return { difference: own.mean - their.mean, error: Math.sqrt(own.variance / own.n + their.variance / their.n) };
  });
  const agrees =
    theirs.length > 1 && compared.every(({ difference, error }) => Math.abs(difference) <= ERRORS_APART * error);
  const cells = compared.map(({ difference, error }) => `${difference.toFixed(2)} (${error.toFixed(2)})`);
  return { cells: [trace, 'Random', '–', '–', ...cells, agrees ? 'within its spread' : 'DIFFERS'], agrees };
}

function moments(values: readonly number[]): { n: number; mean: number; variance: number } {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  return { n, mean, variance: values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / (n - 1) };
}

const shared = process.env.CLOCKWORK_SHARED ?? '../shared';
process.exitCode = await main(process.argv[2] ?? `${shared}/traces/openb`);
