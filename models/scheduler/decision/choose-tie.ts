/**
 * Which of equally good Nodes is taken: each with the same probability, from one named stream, by a rule that needs
 * to know only how many tie and how many were looked at, and to test members or find one by its number. The plain path and the index
 * therefore take the same Node with the same draws, though they hold the ties in different shapes.
 *
 * kube-scheduler keeps a reservoir over a heap (pkg/scheduler/schedule_one.go, selectHost): uniform too, another draw.
 */
import type { RandomStream } from '../../../engine/index.ts';

/** The ties of one decision. Offsets count the Nodes looked at, in the order in which they were looked at. */
export interface Ties {
  readonly count: number;
  /** Number of Nodes looked at; offsets run from 0 to this, less one. */
  readonly evaluated: number;
  /** Whether the Node at that offset is one of the ties. */
  includes(offset: number): boolean;
  /** The offset of the k-th tie (from 0) in the order of offsets. Called only when there are few. */
  nth(k: number): number;
}

/** The offset that is chosen. No draw is taken when there is one only. */
export function chooseTie(ties: Ties, stream: RandomStream): number {
  const { count, evaluated } = ties;
  if (count > 1 && count * count > 4 * evaluated) {
    // Many ties: a random Node is one of them soon enough, and none has to be counted.
    for (;;) {
      const offset = stream.below(evaluated);
      if (ties.includes(offset)) return offset;
    }
  }
  return ties.nth(count === 1 ? 0 : stream.below(count));
}
