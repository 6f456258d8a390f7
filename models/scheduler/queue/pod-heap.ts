/**
 * A heap of queued Pods from which any Pod can be taken in constant time: an entry that was taken out stays as a
 * tombstone until it comes to the front (heap-js `remove` is linear). An entry keeps its own copy of what orders it, so
 * that the Pod's later life cannot disturb the heap. Equal entries leave in the order in which they came.
 *
 * Most Pods come in the order in which they are to leave: those form a run beside the heap, where each costs one comparison.
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
  readonly #compare: (a: PodHeapEntry, b: PodHeapEntry) => number;
  /** In order from `#runNext` on. */
  #run: (PodHeapEntry | undefined)[] = [];
  #runNext = 0;
  #sequence = 0;
  #length = 0;

  constructor(compare: (a: PodHeapEntry, b: PodHeapEntry) => number) {
    this.#compare = (a, b) => compare(a, b) || a.sequence - b.sequence;
    this.#heap = new Heap<PodHeapEntry>(this.#compare);
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
    const last = this.#run[this.#run.length - 1];
    if (last === undefined || this.#compare(last, entry) < 0) this.#run.push(entry);
    else this.#heap.add(entry);
    this.#length++;
  }

  /** Takes a Pod of this heap out. */
  remove(queued: QueuedPod): void {
    if (queued.entry === null) throw new Error(`pod ${queued.key} is in no heap`);
    queued.entry.queued = null;
    queued.entry = null;
    this.#length--;
    const held = this.#heap.length + this.#run.length - this.#runNext;
    if (held > 64 && this.#length < held >> 2) this.#compact();
  }

  peek(): QueuedPod | undefined {
    for (;;) {
      const entry = this.#front();
      if (entry === undefined) return undefined;
      if (entry.queued !== null) return entry.queued;
      this.#drop(entry);
    }
  }

  pop(): QueuedPod | undefined {
    for (;;) {
      const entry = this.#front();
      if (entry === undefined) return undefined;
      this.#drop(entry);
      const { queued } = entry;
      if (queued === null) continue;
      queued.entry = null;
      this.#length--;
      return queued;
    }
  }

  /** The Pods, in no useful order. */
  *values(): Iterable<QueuedPod> {
    for (const entry of this.#heap.heapArray) if (entry.queued !== null) yield entry.queued;
    for (const entry of this.#run) if (entry !== undefined && entry.queued !== null) yield entry.queued;
  }

  /** The first of the run or the heap's top, tombstones included. */
  #front(): PodHeapEntry | undefined {
    const first = this.#run[this.#runNext];
    const top = this.#heap.length > 0 ? this.#heap.peek() : undefined;
    if (first === undefined || top === undefined) return first ?? top;
    return this.#compare(first, top) < 0 ? first : top;
  }

  #drop(front: PodHeapEntry): void {
    if (this.#run[this.#runNext] !== front) {
      this.#heap.pop();
      return;
    }
    this.#run[this.#runNext++] = undefined;
    if (this.#runNext === this.#run.length) this.#startRun([]);
    else if (this.#runNext > 1024 && this.#runNext * 2 > this.#run.length)
      this.#startRun(this.#run.slice(this.#runNext));
  }

  #startRun(run: (PodHeapEntry | undefined)[]): void {
    this.#run = run;
    this.#runNext = 0;
  }

  /** Tombstones may not outnumber the living for ever. */
  #compact(): void {
    this.#heap.init(this.#heap.heapArray.filter((entry) => entry.queued !== null));
    this.#startRun(this.#run.filter((entry) => entry !== undefined && entry.queued !== null));
  }
}
