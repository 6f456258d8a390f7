/**
 * A heap of queued Pods from which any Pod can be taken in constant time: an entry that was taken out stays as a
 * tombstone until it comes to the front (heap-js `remove` is linear). An entry keeps its own copy of what orders it, so
 * that the Pod's later life cannot disturb the heap. Equal entries leave in the order in which they came.
 */
import { Heap, type Micros } from '../../../engine/index.ts';
import type { Pod } from '../../objects/pod.ts';
import { priorityOf, type QueuedPod } from './queued-pod.ts';

/** What a QueueSort plugin compares. */
export interface QueueSortItem {
  readonly pod: Pod;
  readonly priority: number;
  readonly timestampMicros: Micros;
}

/** Negative when `a` is to be scheduled before `b`. */
export type QueueSort = (a: QueueSortItem, b: QueueSortItem) => number;

export interface PodHeapEntry extends QueueSortItem {
  readonly expiryWallMicros: Micros;
  readonly sequence: number;
  /** Null once it has left the heap. */
  queued: QueuedPod | null;
}

/** PrioritySort: greater priority first, then the earlier timestamp. Source: plugins/queuesort/priority_sort.go. */
export function prioritySort(a: QueueSortItem, b: QueueSortItem): number {
  return b.priority - a.priority || a.timestampMicros - b.timestampMicros;
}

export class PodHeap {
  readonly #heap: Heap<PodHeapEntry>;
  #sequence = 0;
  #length = 0;

  constructor(compare: (a: PodHeapEntry, b: PodHeapEntry) => number) {
    this.#heap = new Heap<PodHeapEntry>((a, b) => compare(a, b) || a.sequence - b.sequence);
  }

  get length(): number {
    return this.#length;
  }

  /** Puts the Pod in by its present priority, timestamp and expiry; it must be in no heap. */
  add(queued: QueuedPod): void {
    const entry: PodHeapEntry = {
      pod: queued.pod,
      priority: priorityOf(queued.pod),
      timestampMicros: queued.timestampMicros,
      expiryWallMicros: queued.backoffExpiryWallMicros,
      sequence: this.#sequence++,
      queued,
    };
    queued.entry = entry;
    this.#heap.add(entry);
    this.#length++;
  }

  /** Takes a Pod of this heap out. */
  remove(queued: QueuedPod): void {
    if (queued.entry === null) throw new Error(`pod ${queued.key} is in no heap`);
    queued.entry.queued = null;
    queued.entry = null;
    this.#length--;
    if (this.#heap.length > 64 && this.#length < this.#heap.length >> 2) this.#compact();
  }

  peek(): QueuedPod | undefined {
    for (;;) {
      const entry = this.#heap.peek();
      if (entry === undefined) return undefined;
      if (entry.queued !== null) return entry.queued;
      this.#heap.pop();
    }
  }

  pop(): QueuedPod | undefined {
    const queued = this.peek();
    if (queued === undefined) return undefined;
    this.#heap.pop();
    queued.entry = null;
    this.#length--;
    return queued;
  }

  /** The Pods, in no useful order. */
  *values(): Iterable<QueuedPod> {
    for (const entry of this.#heap.heapArray) if (entry.queued !== null) yield entry.queued;
  }

  /** Tombstones may not outnumber the living for ever. */
  #compact(): void {
    const living = this.#heap.heapArray.filter((entry) => entry.queued !== null);
    this.#heap.init(living);
  }
}
