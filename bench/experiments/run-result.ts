/** What one run leaves: its samples as tables, its metrics, and the digest by which it is recognised when repeated. */
import type { Micros } from '../../engine/index.ts';
import type { Cell } from '../../results/index.ts';
import type { TableName } from './cluster-tables.ts';
import type { RunTask } from './run-plan.ts';

/** State of the digest after so many events; two runs are equal up to the last checkpoint they share. */
export interface Checkpoint {
  readonly events: number;
  readonly timeMicros: Micros;
  readonly digest: string;
}

/** Why Pods had no Node at the end, in the scheduler's words. */
export interface UnschedulableReason {
  readonly reason: string;
  readonly pods: number;
}

/** The small part of a run, kept in memory for the summary. */
export interface RunResult {
  readonly policy: string;
  readonly seed: string;
  readonly run: number;
  readonly factors: Readonly<Record<string, unknown>>;
  readonly digest: string;
  /** Why the run ended: "settled" or "time". */
  readonly stopped: string;
  readonly virtualMicros: Micros;
  readonly events: number;
  /** By name, see metrics.ts; null where a run has no sample for it. */
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly unschedulable: readonly UnschedulableReason[];
  readonly checkpoints: readonly Checkpoint[];
}

/** A run that threw. Its message is part of the results, so it must not depend on the machine. */
export interface FailedRun {
  readonly policy: string;
  readonly seed: string;
  readonly run: number;
  readonly factors: Readonly<Record<string, unknown>>;
  readonly error: string;
}

/** A run without what only `verify` needs. */
export type SummarizedRun = Omit<RunResult, 'checkpoints'> | FailedRun;

/** Rows of one run for the files of the run folder. */
export interface RunTables {
  /** Those of cluster-tables.ts; some depend on the resources of the Nodes. */
  readonly columns: Readonly<Record<TableName, readonly string[]>>;
  readonly pods: readonly (readonly Cell[])[];
  readonly nodes: readonly (readonly Cell[])[];
  readonly timeseries: readonly (readonly Cell[])[];
  /** What only some studies have. */
  readonly others?: readonly OtherTable[];
}

/** A table with a file of its own in the run folder. */
export interface OtherTable {
  readonly file: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** What the machine did for one run; goes to machine.json alone. */
export interface RunCost {
  readonly wallSeconds: number;
  readonly peakMemoryBytes: number;
}

/** What becomes of a run that throws. */
export function failedRun(task: RunTask, seed: string, error: unknown): FailedRun {
  const { policy, run, case: each } = task;
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { policy, seed, run, factors: each.factors, error: message };
}

/** Whether a run threw instead of ending; tells the two kinds of result apart. */
export function failed(result: object): result is FailedRun {
  return 'error' in result;
}
