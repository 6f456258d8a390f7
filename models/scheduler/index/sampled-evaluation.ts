/**
 * What one class of Pods thinks of the Nodes, for decisions over a sample: a Node is judged when a walk comes to it, and again
 * only if it has changed since. Nothing is done for Nodes that no walk reaches, so thousands of classes in turn cost little;
 * counts of features alone follow the change log.
 */
import { Buckets } from './buckets.ts';
import { type ChangeLog, NODE_CHANGED } from './change-log.ts';
import { BUCKETS_MAX, countAllPods, featureValue, type NodeRules } from './evaluation.ts';
import { Feature } from './feature.ts';
import { NOT_FILED } from './score-table.ts';
import { NO_DOMAIN } from './topology.ts';

/** `bucketOf` a Node that has not been looked at since it, or a count that matters to it, changed. */
export const UNKNOWN = -2;

export class SampledEvaluation {
  readonly rules: NodeRules;
  /** There is no table of all Nodes; see `Evaluation`. */
  readonly table = null;
  features: readonly Feature[] = [];
  buckets = new Buckets(0);
  /** Local score of a Node as of its version in `#scoredAt`. */
  readonly scoreOf: Int16Array;
  /** Bucket of a Node, NOT_FILED when its static group refuses the Pod, or UNKNOWN. */
  readonly bucketOf: Int32Array;
  readonly #log: ChangeLog;
  /** Version of each Node now, and the version that its score is of. */
  readonly versions: Uint32Array;
  readonly scoredAt: Uint32Array;
  /** Static group of a Node, NOT_FILED or UNKNOWN. */
  readonly #groupOf: Int16Array;
  readonly #values: Int32Array;
  #cursor: number;

  /** @param versions grows with each change of a Node or its Pods, from 1 */
  constructor(rules: NodeRules, log: ChangeLog, versions: Uint32Array) {
    this.rules = rules;
    this.#log = log;
    this.versions = versions;
    this.scoreOf = new Int16Array(rules.size);
    this.bucketOf = new Int32Array(rules.size);
    this.scoredAt = new Uint32Array(rules.size);
    this.#groupOf = new Int16Array(rules.size);
    this.#values = new Int32Array(rules.features.length);
    this.#cursor = log.end;
    this.#build();
  }

  /** Brings the counts up to date. */
  catchUp(): void {
    const { end, lastNodeChange } = this.#log;
    if (this.#cursor === end) return;
    if (!this.#log.holds(this.#cursor) || this.buckets.length > BUCKETS_MAX) this.#build();
    else if (this.features.length > 0 || lastNodeChange >= this.#cursor) {
      for (let index = this.#cursor; index < end; index++) {
        const node = this.#log.nodeAt(index);
        const podClass = this.#log.podClassAt(index);
        if (podClass === NODE_CHANGED) this.bucketOf[node] = this.#groupOf[node] = UNKNOWN;
        else this.#count(node, podClass, this.#log.deltaAt(index));
      }
    }
    this.#cursor = end;
  }

  /** Finds the bucket of a Node, or NOT_FILED. It may be a new one. */
  resolve(node: number): number {
    let group = this.#groupOf[node] as number;
    if (group === UNKNOWN) {
      group = this.rules.groupOf(node);
      this.#groupOf[node] = group;
    }
    let bucket = NOT_FILED;
    if (group !== NOT_FILED) {
      for (let i = 0; i < this.features.length; i++) this.#values[i] = featureValue(this.features[i] as Feature, node);
      bucket = this.buckets.intern(group, this.#values);
    }
    this.bucketOf[node] = bucket;
    return bucket;
  }

  /** Scores a Node as it is now; NOT_FILED when it refuses the Pod. Its bucket must be known. */
  rescore(node: number): number {
    const score = this.rules.localScore(node);
    this.scoredAt[node] = this.versions[node] as number;
    this.scoreOf[node] = score;
    return score;
  }

  /** Bytes held, for the memory figures. */
  get bytes(): number {
    const own = this.rules.size * 12 + this.buckets.values.length * 8;
    return own + this.features.reduce((sum, feature) => sum + feature.bytes, 0);
  }

  #build(): void {
    this.buckets = new Buckets(this.rules.features.length);
    this.features = this.rules.features.map((spec) => new Feature(spec));
    countAllPods(this.rules, this.features);
    this.bucketOf.fill(UNKNOWN);
    this.#groupOf.fill(UNKNOWN);
    this.scoredAt.fill(0);
  }

  #count(node: number, podClass: number, delta: number): void {
    for (const feature of this.features) {
      const domain = feature.count(node, podClass, delta);
      if (domain === NO_DOMAIN || feature.byDomain) continue;
      const { firstMember, members } = feature.topology;
      const end = firstMember[domain + 1] as number;
      for (let i = firstMember[domain] as number; i < end; i++) this.bucketOf[members[i] as number] = UNKNOWN;
    }
  }
}
