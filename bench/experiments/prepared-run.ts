/** A run before its first event, whatever it simulates. */
import type { Simulation, StopRule } from '../../engine/index.ts';
import type { RunResult, RunTables } from './run-result.ts';

/** What was recorded, once the run has stopped. */
export interface RunOutcome {
  readonly metrics: RunResult['metrics'];
  readonly unschedulable: RunResult['unschedulable'];
  readonly tables: RunTables;
}

export interface PreparedRun {
  readonly sim: Simulation;
  readonly stop: StopRule;
  /** To be called after each event; must not change anything. */
  readonly observe?: () => void;
  /** @throws Error when the run could not do what the experiment says */
  outcome(): RunOutcome;
}
