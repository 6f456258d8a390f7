/**
 * One run of the FGD study held against what is published and dumped about it: counts to the integer, the curve to its printed
 * digits, placements Pod by Pod.
 */
import { existsSync, readFileSync } from 'node:fs';
import { RandomStream } from '../../engine/index.ts';
import { GPU_POLICIES, GPU_TIES, PAPER_NAMES } from '../policies/gpu-sharing/gpu-policies.ts';
import { GoRand } from '../workloads/openb/go-rand.ts';
import { drawStudyOrder, readFirstWords } from '../workloads/openb/study-order.ts';
import { parseCsv, readNodes, readPods } from '../workloads/openb/trace.ts';
import { type Arrival, FgdRun, runToEnd } from './fgd-study.ts';
import type { ArrivalRow } from './arrival-curve.ts';
import type { Finals } from './published-finals.ts';

export interface FgdCheck {
  /** Folder of the openb bundle. */
  readonly openb: string;
  readonly trace: string;
  /** As an experiment names it. */
  readonly policy: string;
  readonly seed: number;
}

export interface FgdCheckResult {
  readonly check: FgdCheck;
  readonly final: Finals;
  readonly podsArrived: number;
  readonly podsFailed: number;
  readonly allocatedMilli: number;
  /** Whether the three counts are those of expected_exact.csv; undefined when it has none. */
  readonly countsEqual: boolean | undefined;
  /** Greatest differences from expected_curve.csv, in the units of its columns. */
  readonly curveDifference: Finals;
  readonly curvePoints: number;
  /** Pods in placement_*.csv and how many are placed otherwise; undefined when there is no such file. */
  readonly placements: { readonly pods: number; readonly wrong: number } | undefined;
  readonly wallSeconds: number;
}

const FINAL_PERCENT = 130;

export function checkFgdRun(check: FgdCheck): FgdCheckResult {
  const startMillis = performance.now();
  const { arrivals, curve, run } = perform(check);
  const wallSeconds = (performance.now() - startMillis) / 1000;
  const { allocatedMilli } = run.curve;
  const counts = [arrivals.length, run.failed, allocatedMilli];
  const expected = rowsOf(check, 'expected_exact.csv')[0];
  const final = curve.find(({ arrivedPercent }) => arrivedPercent === FINAL_PERCENT) as ArrivalRow;
  return {
    check,
    final: {
      allocated: final.allocatedPercent,
      fragmented: final.fragmentedPercent,
      fragmentedOfIdle: final.fragmentedOfIdlePercent,
    },
    podsArrived: arrivals.length,
    podsFailed: run.failed,
    allocatedMilli,
    countsEqual:
      expected && counts.join() === [expected.pods_arrived, expected.pods_failed, expected.allocated_milli_gpu].join(),
    ...curveDifference(check, curve),
    placements: wrongPlacements(check, arrivals),
    wallSeconds,
  };
}

function perform({ openb, trace, policy, seed }: FgdCheck): {
  run: FgdRun;
  arrivals: readonly Arrival[];
  curve: readonly ArrivalRow[];
} {
  const nodes = readNodes(`${openb}/trace/openb_node_list_gpu_node.csv`);
  const workload = readPods(`${openb}/trace/openb_pod_list_${trace}.csv`);
  const words = readFirstWords(`${openb}/go_rand_uint64_first607_seeds42-51.csv`, seed);
  const run = new FgdRun({
    nodes,
    workload,
    order: drawStudyOrder(nodes, workload, new GoRand(words)),
    configuration: GPU_POLICIES[policy],
    ties: GPU_TIES[policy] ?? 'first',
    stream: (name) => new RandomStream('fgd', seed, name),
  });
  return { run, ...runToEnd(run) };
}

type Row = ReturnType<typeof parseCsv>[number]['row'];

/** Rows about this trace, policy and seed. */
function rowsOf({ openb, trace, policy, seed }: FgdCheck, name: string): Row[] {
  const file = `${openb}/${name}`;
  return parseCsv(readFileSync(file, 'utf8'), file, ['trace', 'policy', 'seed'])
    .map(({ row }) => row)
    .filter((row) => row.trace === trace && row.policy === PAPER_NAMES[policy] && row.seed === `${seed}`);
}

function curveDifference(
  check: FgdCheck,
  curve: readonly ArrivalRow[],
): Pick<FgdCheckResult, 'curveDifference' | 'curvePoints'> {
  const rows = rowsOf(check, 'expected_curve.csv');
  const greatest = (column: string, of: (row: ArrivalRow) => number): number =>
    rows.reduce((most, row) => {
      const own = curve.find(({ arrivedPercent }) => `${arrivedPercent}` === row.arrived_pct);
      return Math.max(most, own === undefined ? Number.POSITIVE_INFINITY : Math.abs(of(own) - Number(row[column])));
    }, 0);
  return {
    curvePoints: rows.length,
    curveDifference: {
      allocated: greatest('alloc_pct', ({ allocatedPercent }) => allocatedPercent),
      fragmented: greatest('frag_pct_of_total_gpus', ({ fragmentedPercent }) => fragmentedPercent),
      fragmentedOfIdle: greatest('frag_ratio_pct_of_idle', ({ fragmentedOfIdlePercent }) => fragmentedOfIdlePercent),
    },
  };
}

/** Digits by which the dumps name a Node and a Pod. */
const NODE_DIGITS = 4;

function wrongPlacements(check: FgdCheck, arrivals: readonly Arrival[]): FgdCheckResult['placements'] {
  const { openb, trace, policy, seed } = check;
  const file = `${openb}/placement_${trace}_seed${seed}.csv`;
  const name = PAPER_NAMES[policy];
  if (!existsSync(file) || name === 'Random') return undefined;
  const rows = parseCsv(readFileSync(file, 'utf8'), file, ['pod', `${name}_node`, `${name}_gpus`]);
  const wrong = rows.filter(({ row }, i) => {
    const own = arrivals[i];
    const node = own?.node?.slice(-NODE_DIGITS) ?? '';
    return own?.pod.name !== row.pod || node !== row[`${name}_node`] || own?.devices.join('-') !== row[`${name}_gpus`];
  });
  return { pods: rows.length, wrong: wrong.length + Math.abs(rows.length - arrivals.length) };
}
