/**
 * Which of equally good Nodes is taken: each with the same probability, from one named stream, by a rule that needs
 * to know only how many tie and how many were looked at, and to test or list members. The plain path and the index
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
  /** Writes the offsets of all ties into `into`, in any order. Called only when there are few. */
  list(into: Int32Array): void;
}

let scratch = new Int32Array(64);

/** The offset that is chosen. No draw is taken when there is one only. */
export function chooseTie(ties: Ties, stream: RandomStream): number {
  const { count, evaluated } = ties;
  if (count > 1 && count * count > 4 * evaluated) {
    // Many ties: a random Node is one of them soon enough, and nothing has to be listed.
    for (;;) {
      const offset = stream.below(evaluated);
      if (ties.includes(offset)) return offset;
    }
  }
  if (scratch.length < count) scratch = new Int32Array(count * 2);
  ties.list(scratch);
  return count === 1 ? (scratch[0] as number) : selectSmallest(scratch, count, stream.below(count));
}

/** The k-th smallest (from 0) of the first `count` numbers; reorders them. Hoare's selection, linear on average. */
export function selectSmallest(numbers: Int32Array, count: number, k: number): number {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const pivot = numbers[(low + high) >> 1] as number;
    let i = low;
    let j = high;
    while (i <= j) {
      while ((numbers[i] as number) < pivot) i++;
      while ((numbers[j] as number) > pivot) j--;
      if (i <= j) {
        const swap = numbers[i] as number;
        numbers[i] = numbers[j] as number;
        numbers[j] = swap;
        i++;
        j--;
      }
    }
    if (k <= j) high = j;
    else if (k >= i) low = i;
    else return numbers[k] as number;
  }
  return numbers[k] as number;
}
