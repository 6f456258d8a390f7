/**
 * Invariants: what must hold all through a run, checked from outside by watching the trace, and never mixed into the
 * components that are watched. A broken one ends the run at the record that broke it.
 */
import { describeRecord, type Trace, type TraceRecord } from './trace.ts';

/** Says what is wrong, or undefined while all is well. */
export type InvariantCheck = (record: TraceRecord) => string | undefined;

/** Thrown by the run in which a watched invariant broke; names it, the time and the record. */
export class InvariantViolation extends Error {
  override readonly name = 'InvariantViolation';
  readonly invariant: string;
  readonly record: TraceRecord;

  constructor(invariant: string, record: TraceRecord, problem: string, before: readonly TraceRecord[]) {
    const history = before.map((each) => `\n  ${describeRecord(each)}`).join('');
    super(
      `invariant '${invariant}' is broken: ${problem}, at ${describeRecord(record)}${history && `\nbefore:${history}`}`,
    );
    this.invariant = invariant;
    this.record = record;
  }
}

/**
 * Watches the trace. Returns a function that ends the watch. The message of a violation shows the records that the trace
 * keeps (see `Trace.keepLast`).
 * @param kinds kinds of records that the check wants; all unless given
 */
export function watchInvariant(
  trace: Trace,
  name: string,
  check: InvariantCheck,
  kinds?: readonly string[],
): () => void {
  return trace.listen((record) => {
    const problem = check(record);
    if (problem !== undefined) throw new InvariantViolation(name, record, problem, trace.lastRecords().slice(0, -1));
  }, kinds);
}
