/**
 * The Nodes sorted into buckets: Nodes alike in all that is normalised or looks beyond a Node (static group, and for each feature the
 * domain or what is counted there). Classes that differ only in what they take of a Node share one partition, so that a Pod
 * that comes or goes is counted and moves its Node once for all of them. What has moved is kept for a while, for
 * the evaluations to read.
 */
import type { LabelPair } from '../framework/label-matcher.ts';
import { type BucketIds, Buckets } from './buckets.ts';
import type { ChangeLog } from './change-log.ts';
import { Feature, type FeatureSpec } from './feature.ts';
import { REFUSED, type StaticGroups } from './static-groups.ts';
import { NO_DOMAIN } from './topology.ts';

/** Score of a Node that refuses the Pod. */
export const NOT_FILED = -1;

/** With more buckets than this, and than twice as many as were needed, a partition starts afresh, to drop the empty ones. */
const BUCKETS_MAX = 8192;

/** Calls back for kinds of bound Pods, all that meet one of the needs among them, with the Nodes that have some and how many. */
export type EachPodKind = (
  needed: readonly (readonly LabelPair[])[],
  visit: (podKind: number, countOf: ReadonlyMap<number, number>) => void,
) => void;

/** Entries with room for which a ring of moves begins: most readers come again soon. */
const MOVES_MIN = 64;

/** Nodes that changed, in order: each with the bucket that it was in and the one that it went to, often the same. A ring. */
export class Moves {
  mask = MOVES_MIN - 1;
  node = new Int32Array(MOVES_MIN);
  from: BucketIds;
  to: BucketIds;
  /** Entries written so far. */
  end = 0;
  readonly #nodes: number;
  /** Entries before this one were gone when the ring was made longer. */
  #first = 0;

  constructor(nodes: number) {
    this.#nodes = nodes;
    this.from = bucketIds(nodes, MOVES_MIN);
    this.to = bucketIds(nodes, MOVES_MIN);
  }

  append(node: number, from: number, to: number): void {
    const at = this.end++ & this.mask;
    this.node[at] = node;
    this.from[at] = from;
    this.to[at] = to;
  }

  /** Whether everything after the cursor is still held. A reader that has fallen behind makes the ring longer for the next time. */
  holds(cursor: number): boolean {
    const isHeld = cursor >= this.#first && this.end - cursor <= this.mask + 1;
    // There is no need for more entries than are read faster than all Nodes are scored.
    if (!isHeld && this.mask + 1 < this.#nodes / 4) this.#grow();
    return isHeld;
  }

  #grow(): void {
    const { node, from, to, mask, end } = this;
    const capacity = 2 * (mask + 1);
    this.mask = capacity - 1;
    this.node = new Int32Array(capacity);
    this.from = bucketIds(this.#nodes, capacity);
    this.to = bucketIds(this.#nodes, capacity);
    this.#first = Math.max(this.#first, end - mask - 1);
    for (let i = this.#first; i < end; i++) {
      this.node[i & this.mask] = node[i & mask] as number;
      this.from[i & this.mask] = from[i & mask] as number;
      this.to[i & this.mask] = to[i & mask] as number;
    }
  }
}

/** Up to so many Nodes, 16 bits hold the buckets: those in use, and the new ones of one catch-up. */
const SMALL_SIZE_MAX = 32_000;

function bucketIds(nodes: number, length: number): BucketIds {
  return nodes <= SMALL_SIZE_MAX ? new Uint16Array(length) : new Int32Array(length);
}

/** What a bucket says of a Node for one feature: the domain, or what is counted in it. */
function featureValue(feature: Feature, node: number): number {
  const { isOwn, domainOf } = feature.topology;
  const domain = isOwn ? node : (domainOf[node] as number);
  if (domain === NO_DOMAIN) return feature.spec.isSum && !feature.byDomain ? 0 : NO_DOMAIN;
  return feature.byDomain ? domain : (feature.counts[domain] as number);
}

/** A Node of which something has changed that no bucket tells, or that may belong to another bucket. */
const TOUCHED = 1;
const TO_SORT = 2;

/** Nodes that have changed, each once. */
class NodeSet {
  nodes = new Int32Array(0);
  length = 0;
  #mark = new Uint8Array(0);

  add(node: number, mark: typeof TOUCHED | typeof TO_SORT): void {
    const before = this.#mark[node] as number;
    if (before < mark) this.#mark[node] = mark;
    if (before === 0) this.nodes[this.length++] = node;
  }

  isToSort(node: number): boolean {
    return this.#mark[node] === TO_SORT;
  }

  clear(): void {
    for (let i = 0; i < this.length; i++) this.#mark[this.nodes[i] as number] = 0;
    this.length = 0;
  }

  growTo(size: number): void {
    if (this.nodes.length >= size) return;
    this.nodes = new Int32Array(size);
    this.#mark = new Uint8Array(size);
  }
}

/** Filled and emptied within one call: one serves all partitions. */
const dirty = new NodeSet();

function touchMembers({ topology }: Feature, domain: number): void {
  if (topology.isOwn) {
    dirty.add(domain, TO_SORT);
    return;
  }
  const { firstMember, members } = topology;
  const end = firstMember[domain + 1] as number;
  for (let i = firstMember[domain] as number; i < end; i++) dirty.add(members[i] as number, TO_SORT);
}

/** Whether Pods of a kind are counted. */
const UNKNOWN = 0;
const NOT_COUNTED = 1;
const COUNTED = 2;

export class Partition {
  readonly size: number;
  readonly statics: StaticGroups;
  features: readonly Feature[] = [];
  buckets: Buckets;
  /** Bucket of each Node; REFUSED is that of Nodes whose static group refuses the Pod. */
  readonly bucketOf: BucketIds;
  readonly moves: Moves;
  /** Grows when all is built afresh, and with it the numbers of the buckets. */
  epoch = 0;
  readonly #specs: readonly FeatureSpec[];
  readonly #eachPodKind: EachPodKind;
  readonly #log: ChangeLog;
  #cursor = 0;
  #bucketsMax = BUCKETS_MAX;
  readonly #values: Int32Array;
  /** By kind of Pods. */
  #countedKinds = new Uint8Array(0);
  #groupBuckets: number[] = [];

  constructor(statics: StaticGroups, specs: readonly FeatureSpec[], eachPodKind: EachPodKind, log: ChangeLog) {
    this.size = statics.groupOf.length;
    this.statics = statics;
    this.#specs = specs;
    this.#eachPodKind = eachPodKind;
    this.#log = log;
    this.bucketOf = bucketIds(this.size, this.size);
    this.moves = new Moves(this.size);
    this.#values = new Int32Array(specs.length);
    this.buckets = new Buckets(specs.length);
    this.#build();
  }

  /** Brings in all that the log says happened since the last call. */
  catchUp(): void {
    const { end } = this.#log;
    if (this.#cursor === end) return;
    this.statics.catchUp();
    if (!this.#log.holds(this.#cursor) || this.buckets.length > this.#bucketsMax) this.#build();
    else if (this.features.length === 0) this.#moveWithoutFeatures(end);
    else this.#count(end);
    this.#cursor = end;
  }

  /** Whether it would have to be built afresh to be of use. */
  get isLost(): boolean {
    return !this.#log.holds(this.#cursor);
  }

  /** Bytes held, for the memory figures. */
  get bytes(): number {
    const { node, from, to } = this.moves;
    return (
      this.bucketOf.byteLength +
      node.byteLength +
      from.byteLength +
      to.byteLength +
      this.#countedKinds.byteLength +
      this.buckets.values.length * 8 +
      this.features.reduce((sum, feature) => sum + feature.bytes, 0)
    );
  }

  #build(): void {
    this.statics.catchUp();
    this.epoch++;
    this.#groupBuckets = [];
    this.features = this.#specs.map((spec) => new Feature(spec));
    this.#countedKinds.fill(UNKNOWN);
    this.#sortBlank();
    if (this.features.length > 0) this.#countAllPods();
    this.#bucketsMax = Math.max(BUCKETS_MAX, 2 * this.buckets.length);
    this.#cursor = this.#log.end;
  }

  /** Sorts the Nodes by features that have counted nothing yet. */
  #sortBlank(): void {
    const { blanks } = this.statics;
    const known = blanks.take(this.features, this.bucketOf);
    this.buckets = known ?? new Buckets(this.#specs.length);
    if (known !== undefined) return;
    for (let node = 0; node < this.size; node++) this.bucketOf[node] = this.#bucketFor(node);
    blanks.keep(this.features, this.buckets, this.bucketOf);
  }

  /** Counts the Pods that are there, and sorts again the Nodes that may belong to another bucket by it. */
  #countAllPods(): void {
    dirty.growTo(this.size);
    const needed = this.#specs.map((spec) => spec.needed);
    this.#eachPodKind(needed, (podKind, countOf) => {
      if (!this.#isCounted(podKind)) return;
      for (const feature of this.features) {
        if (feature.contributionOf(podKind) === 0) continue;
        for (const [node, count] of countOf) {
          const domain = feature.count(node, podKind, count);
          if (domain !== NO_DOMAIN && !feature.byDomain) touchMembers(feature, domain);
        }
      }
    });
    for (let i = 0; i < dirty.length; i++) {
      const node = dirty.nodes[i] as number;
      this.bucketOf[node] = this.#bucketFor(node);
    }
    dirty.clear();
  }

  /** Pods that come and go change no bucket. */
  #moveWithoutFeatures(end: number): void {
    for (let index = this.#cursor; index < end; index++) {
      const node = this.#log.nodeAt(index);
      const from = this.bucketOf[node] as number;
      let to = from;
      if (this.#log.podKindAt(index) < 0) {
        to = this.#bucketFor(node);
        this.bucketOf[node] = to;
      }
      this.moves.append(node, from, to);
    }
  }

  /** Counts what has changed, and sorts again the Nodes that may belong to another bucket by it. */
  #count(end: number): void {
    dirty.growTo(this.size);
    for (let index = this.#cursor; index < end; index++) {
      const node = this.#log.nodeAt(index);
      const podKind = this.#log.podKindAt(index);
      if (podKind < 0) {
        dirty.add(node, TO_SORT);
        continue;
      }
      dirty.add(node, TOUCHED);
      if (!this.#isCounted(podKind)) continue;
      const delta = this.#log.deltaAt(index);
      for (let i = 0; i < this.features.length; i++) {
        const feature = this.features[i] as Feature;
        const domain = feature.count(node, podKind, delta);
        if (domain !== NO_DOMAIN && !feature.byDomain) touchMembers(feature, domain);
      }
    }
    for (let i = 0; i < dirty.length; i++) {
      const node = dirty.nodes[i] as number;
      const from = this.bucketOf[node] as number;
      let to = from;
      if (dirty.isToSort(node)) {
        to = this.#bucketFor(node);
        this.bucketOf[node] = to;
      }
      this.moves.append(node, from, to);
    }
    dirty.clear();
    if (this.size <= SMALL_SIZE_MAX && this.buckets.length > SMALL_SIZE_MAX + 1) this.#build();
  }

  /** Whether some feature counts Pods of that kind; worked out once. Most Pods are of no concern to a class. */
  #isCounted(podKind: number): boolean {
    if (podKind >= this.#countedKinds.length) {
      const grown = new Uint8Array(Math.max(16, podKind * 2));
      grown.set(this.#countedKinds);
      this.#countedKinds = grown;
    }
    let counted = this.#countedKinds[podKind] as number;
    if (counted === UNKNOWN) {
      counted = this.features.some((feature) => feature.spec.contribution(podKind) !== 0) ? COUNTED : NOT_COUNTED;
      this.#countedKinds[podKind] = counted;
    }
    return counted === COUNTED;
  }

  #bucketFor(node: number): number {
    const group = this.statics.groupOf[node] as number;
    if (group === REFUSED) return REFUSED;
    const { features } = this;
    if (features.length === 0) return this.#bucketOfGroup(group);
    for (let i = 0; i < features.length; i++) this.#values[i] = featureValue(features[i] as Feature, node);
    return this.buckets.intern(group, this.#values);
  }

  /** Without features a bucket is a static group. */
  #bucketOfGroup(group: number): number {
    const known = this.#groupBuckets[group];
    if (known !== undefined) return known;
    const bucket = this.buckets.intern(group, this.#values);
    this.#groupBuckets[group] = bucket;
    return bucket;
  }
}
