/**
 * What one class of Pods thinks of every Node, kept up to date. Each Node is filed under its bucket and local score;
 * reading the change log since the last use brings in what Pods have come and gone meanwhile, Node by Node.
 */
import { Buckets } from './buckets.ts';
import { type ChangeLog, NODE_CHANGED } from './change-log.ts';
import { Feature, type FeatureSpec } from './feature.ts';
import { NOT_FILED, ScoreTable } from './score-table.ts';
import { NO_DOMAIN } from './topology.ts';

/** What the plugins say of Nodes for this class; the evaluation asks again only for what has changed. */
export interface NodeRules {
  /** Nodes, as positions in scheduling order. */
  readonly size: number;
  /** One more than the greatest local score. */
  readonly scores: number;
  readonly features: readonly FeatureSpec[];
  /** Static group of a Node (an index that `GroupScores` knows), or NOT_FILED when labels, taints or the like refuse the Pod. */
  groupOf(node: number): number;
  /** Sum of the weighted scores that need no normalising, or NOT_FILED when the Node's own state refuses the Pod. */
  localScore(node: number): number;
  /** Calls back for each class of bound Pods, with the Nodes that have some and how many. */
  eachPodClass(visit: (podClass: number, countOf: ReadonlyMap<number, number>) => void): void;
}

/** Evaluations with more buckets than this start afresh, to drop the empty ones. */
export const BUCKETS_MAX = 8192;

/** Counts the Pods that are there. */
export function countAllPods(rules: NodeRules, features: readonly Feature[]): void {
  if (features.length === 0) return;
  rules.eachPodClass((podClass, countOf) => {
    for (const feature of features) {
      if (feature.contributionOf(podClass) === 0) continue;
      for (const [node, count] of countOf) feature.count(node, podClass, count);
    }
  });
}

/** What a bucket says of a Node for one feature: the domain, or what is counted in it. */
export function featureValue(feature: Feature, node: number): number {
  const domain = feature.topology.domainOf[node] as number;
  if (domain === NO_DOMAIN) return feature.spec.isSum && !feature.byDomain ? 0 : NO_DOMAIN;
  return feature.byDomain ? domain : (feature.counts[domain] as number);
}

export class Evaluation {
  readonly rules: NodeRules;
  readonly table: ScoreTable;
  features: readonly Feature[] = [];
  buckets = new Buckets(0);
  readonly #log: ChangeLog;
  #cursor: number;
  readonly #groupOf: Int32Array;
  /** Nodes to be filed again, each once. */
  readonly #dirty: Int32Array;
  readonly #isDirty: Uint8Array;
  #dirtyCount = 0;
  readonly #values: Int32Array;
  #groupBuckets: number[] = [];

  constructor(rules: NodeRules, log: ChangeLog) {
    this.rules = rules;
    this.#log = log;
    this.table = new ScoreTable(rules.size, rules.scores);
    this.#groupOf = new Int32Array(rules.size);
    this.#dirty = new Int32Array(rules.size);
    this.#isDirty = new Uint8Array(rules.size);
    this.#values = new Int32Array(rules.features.length);
    this.#cursor = log.end;
    this.#build();
  }

  get scoreOf(): Int16Array {
    return this.table.scoreOf;
  }

  get bucketOf(): Int32Array {
    return this.table.bucketOf;
  }

  /** Brings in all that the log says happened since the last call. */
  catchUp(): void {
    const { end } = this.#log;
    if (this.#cursor === end) return;
    if (!this.#log.holds(this.#cursor) || this.buckets.length > BUCKETS_MAX) {
      this.#build();
      this.#cursor = end;
      return;
    }
    for (let index = this.#cursor; index < end; index++) {
      const node = this.#log.nodeAt(index);
      const podClass = this.#log.podClassAt(index);
      if (podClass === NODE_CHANGED) this.#groupOf[node] = this.rules.groupOf(node);
      else if (this.features.length > 0) this.#count(node, podClass, this.#log.deltaAt(index));
      this.#touch(node);
    }
    this.#cursor = end;
    for (let i = 0; i < this.#dirtyCount; i++) {
      const node = this.#dirty[i] as number;
      this.#isDirty[node] = 0;
      this.#file(node);
    }
    this.#dirtyCount = 0;
  }

  /** Bytes held, for the memory figures. */
  get bytes(): number {
    const own =
      this.#groupOf.byteLength + this.#dirty.byteLength + this.#isDirty.byteLength + this.buckets.values.length * 8;
    return own + this.table.bytes + this.features.reduce((sum, feature) => sum + feature.bytes, 0);
  }

  #build(): void {
    this.table.clear();
    this.buckets = new Buckets(this.rules.features.length);
    this.#groupBuckets = [];
    this.features = this.rules.features.map((spec) => new Feature(spec));
    countAllPods(this.rules, this.features);
    for (let node = 0; node < this.rules.size; node++) {
      this.#groupOf[node] = this.rules.groupOf(node);
      this.#file(node);
    }
  }

  /** Without features a bucket is a static group. */
  #bucketOfGroup(group: number): number {
    const known = this.#groupBuckets[group];
    if (known !== undefined) return known;
    const bucket = this.buckets.intern(group, this.#values);
    this.#groupBuckets[group] = bucket;
    return bucket;
  }

  #count(node: number, podClass: number, delta: number): void {
    for (const feature of this.features) {
      const domain = feature.count(node, podClass, delta);
      if (domain === NO_DOMAIN || feature.byDomain) continue;
      const { firstMember, members } = feature.topology;
      const end = firstMember[domain + 1] as number;
      for (let i = firstMember[domain] as number; i < end; i++) this.#touch(members[i] as number);
    }
  }

  #touch(node: number): void {
    if (this.#isDirty[node] === 1) return;
    this.#isDirty[node] = 1;
    this.#dirty[this.#dirtyCount++] = node;
  }

  #file(node: number): void {
    const group = this.#groupOf[node] as number;
    const score = group === NOT_FILED ? NOT_FILED : this.rules.localScore(node);
    if (score === NOT_FILED) {
      this.table.file(node, 0, NOT_FILED);
      return;
    }
    if (this.features.length === 0) {
      this.table.file(node, this.#bucketOfGroup(group), score);
      return;
    }
    const values = this.#values;
    for (let i = 0; i < this.features.length; i++) {
      values[i] = featureValue(this.features[i] as Feature, node);
    }
    this.table.file(node, this.buckets.intern(group, values), score);
  }
}
