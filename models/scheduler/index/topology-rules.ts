/**
 * The rules that look beyond one Node (PodTopologySpread and InterPodAffinity) and the normalisation of scores, applied
 * to buckets instead of Nodes: which buckets are open, and what each adds to the local score of its Nodes.
 *
 * The plain rules are in plugins/pod-topology-spread*.ts and plugins/inter-pod-affinity*.ts; a property test holds the
 * two together.
 */
import type { Buckets } from './buckets.ts';
import type { Feature } from './feature.ts';
import { NO_DOMAIN } from './topology.ts';

/** A DoNotSchedule constraint; Nodes without all keys are refused by their static group. */
export interface HardSpread {
  readonly feature: number;
  readonly maxSkew: number;
  readonly minDomains: number;
  /** 1 when the Pod matches its own selector, else 0. */
  readonly selfMatch: number;
}

/** A ScheduleAnyway constraint. */
export interface SoftSpread {
  readonly feature: number;
  readonly maxSkew: number;
  /** The constraint is over kubernetes.io/hostname: its domains are counted as Nodes. */
  readonly perNode: boolean;
}

/** What the static group of a Node contributes to normalised scores. */
export interface GroupScores {
  /** Untolerated PreferNoSchedule taints. */
  readonly taintRaw: readonly number[];
  /** Sum of the weights of matching preferred terms. */
  readonly affinityRaw: readonly number[];
  /** 1 where soft spreading ignores the Node because it lacks a key. */
  readonly ignoredBySpread: readonly number[];
}

export interface TopologyRules {
  readonly hardSpread: readonly HardSpread[];
  readonly softSpread: readonly SoftSpread[];
  /** Features that must be 0: Pods in the domain that this Pod, or that exclude this Pod, may not meet. */
  readonly forbidden: readonly number[];
  /** Features that must be above 0: Pods that match all required affinity terms; and whether the Pod itself does. */
  readonly required: readonly number[];
  readonly selfMatchesRequired: boolean;
  /** Features whose sum is the raw inter-pod affinity score. */
  readonly affinityScore: readonly number[];
  readonly groups: GroupScores;
  /** Weights of the score plugins; 0 where the plugin is off or skips. */
  readonly taintWeight: number;
  readonly nodeAffinityWeight: number;
  readonly spreadWeight: number;
  readonly interPodWeight: number;
  /** Weight of soft spreading for so many domains: ln(domains + 2), as Go computes it. */
  spreadLogarithm(domains: number): number;
}

/** What these rules read of an evaluation. */
export interface Evaluated {
  readonly features: readonly Feature[];
  readonly buckets: Buckets;
}

const MAX_NODE_SCORE = 100;

/** Works out buckets; holds scratch arrays that grow and are used again by each decision. */
export class BucketScores {
  /** 1 where the rules over domains let the Pod in. */
  open = new Uint8Array(16);
  /** What the bucket adds to its Nodes' local scores. */
  constant = new Float64Array(16);
  #spreadRaw = new Float64Array(16);
  #interPodRaw = new Float64Array(16);
  #seenDomain = new Uint32Array(16);
  #seenStamp = 0;
  #softWeights = new Float64Array(8);

  /** Fills `open` for every bucket in use. */
  openBuckets(evaluation: Evaluated, rules: TopologyRules): void {
    const { length } = evaluation.buckets;
    if (this.open.length < length) this.#grow(length);
    this.open.fill(1, 0, length);
    for (const spread of rules.hardSpread) this.#applyHardSpread(evaluation, spread);
    for (const feature of rules.forbidden) this.#applyBound(evaluation, feature, Number.NEGATIVE_INFINITY, 0);
    if (rules.required.length > 0 && !this.#firstOfItsKind(evaluation, rules)) {
      for (const feature of rules.required) this.#applyBound(evaluation, feature, 1, Number.POSITIVE_INFINITY);
    }
  }

  /**
   * Fills `constant` for the buckets that have feasible Nodes. `feasible[bucket]` is how many of its Nodes are in the set
   * over which scores are normalised: all feasible Nodes, or the sample.
   */
  scoreBuckets(evaluation: Evaluated, rules: TopologyRules, feasible: Int32Array): void {
    const { length } = evaluation.buckets;
    this.constant.fill(0, 0, length);
    if (rules.taintWeight !== 0) this.#addReversed(evaluation, rules.groups.taintRaw, rules.taintWeight, feasible);
    if (rules.nodeAffinityWeight !== 0)
      this.#addShare(evaluation, rules.groups.affinityRaw, rules.nodeAffinityWeight, feasible);
    if (rules.softSpread.length > 0 && rules.spreadWeight !== 0) this.#addSpread(evaluation, rules, feasible);
    if (rules.affinityScore.length > 0 && rules.interPodWeight !== 0) this.#addInterPod(evaluation, rules, feasible);
  }

  /** What is counted for a bucket. A bucket names the domain or the count itself. */
  #countOf(evaluation: Evaluated, featureIndex: number, bucket: number): number {
    const feature = evaluation.features[featureIndex] as Feature;
    const value = evaluation.buckets.values[bucket * evaluation.features.length + featureIndex] as number;
    if (!feature.byDomain) return value;
    return value === NO_DOMAIN ? 0 : (feature.counts[value] as number);
  }

  #applyHardSpread(evaluation: Evaluated, spread: HardSpread): void {
    const feature = evaluation.features[spread.feature] as Feature;
    const isShort = feature.eligibleDomains < spread.minDomains;
    if (feature.eligibleDomains === 0 && !isShort) return; // No minimum to exceed.
    const minimum = isShort ? 0 : feature.minimum();
    const most = spread.maxSkew + minimum - spread.selfMatch;
    this.#applyBound(evaluation, spread.feature, Number.NEGATIVE_INFINITY, most);
  }

  #applyBound(evaluation: Evaluated, feature: number, least: number, most: number): void {
    for (let bucket = 0; bucket < evaluation.buckets.length; bucket++) {
      const count = this.#countOf(evaluation, feature, bucket);
      if (count < least || count > most) this.open[bucket] = 0;
    }
  }

  /** The exception for the first Pod of a group: nothing matches anywhere, and the Pod matches its own terms. */
  #firstOfItsKind(evaluation: Evaluated, rules: TopologyRules): boolean {
    if (!rules.selfMatchesRequired) return false;
    for (const feature of rules.required) if ((evaluation.features[feature] as Feature).total !== 0) return false;
    return true;
  }

  /** 100 less the share of the greatest raw value; all 100 when that is 0. plugins/helper/normalize_score.go, reversed. */
  #addReversed(evaluation: Evaluated, raw: readonly number[], weight: number, feasible: Int32Array): void {
    const { groupOf } = evaluation.buckets;
    const most = this.#mostOf(groupOf, raw, feasible);
    for (let bucket = 0; bucket < groupOf.length; bucket++) {
      const value = raw[groupOf[bucket] as number] as number;
      const score = most === 0 ? MAX_NODE_SCORE : MAX_NODE_SCORE - Math.floor((MAX_NODE_SCORE * value) / most);
      this.constant[bucket] = (this.constant[bucket] as number) + weight * score;
    }
  }

  /** The share of the greatest raw value; all 0 when that is 0. */
  #addShare(evaluation: Evaluated, raw: readonly number[], weight: number, feasible: Int32Array): void {
    const { groupOf } = evaluation.buckets;
    const most = this.#mostOf(groupOf, raw, feasible);
    if (most === 0) return;
    for (let bucket = 0; bucket < groupOf.length; bucket++) {
      const value = raw[groupOf[bucket] as number] as number;
      this.constant[bucket] = (this.constant[bucket] as number) + weight * Math.floor((MAX_NODE_SCORE * value) / most);
    }
  }

  #mostOf(groupOf: readonly number[], raw: readonly number[], feasible: Int32Array): number {
    let most = 0;
    for (let bucket = 0; bucket < groupOf.length; bucket++) {
      if (feasible[bucket] === 0) continue;
      const value = raw[groupOf[bucket] as number] as number;
      if (value > most) most = value;
    }
    return most;
  }

  #addSpread(evaluation: Evaluated, rules: TopologyRules, feasible: Int32Array): void {
    const { groupOf } = evaluation.buckets;
    const ignored = rules.groups.ignoredBySpread;
    const width = evaluation.features.length;
    this.#weighSpread(evaluation, rules, feasible);
    let least = Number.POSITIVE_INFINITY;
    let most = Number.NEGATIVE_INFINITY;
    for (let bucket = 0; bucket < groupOf.length; bucket++) {
      if (feasible[bucket] === 0 || ignored[groupOf[bucket] as number] === 1) continue;
      let raw = 0;
      for (let i = 0; i < rules.softSpread.length; i++) {
        const spread = rules.softSpread[i] as SoftSpread;
        if (evaluation.buckets.values[bucket * width + spread.feature] === NO_DOMAIN) continue;
        raw +=
          this.#countOf(evaluation, spread.feature, bucket) * (this.#softWeights[i] as number) + (spread.maxSkew - 1);
      }
      raw = Math.round(raw);
      this.#spreadRaw[bucket] = raw;
      if (raw < least) least = raw;
      if (raw > most) most = raw;
    }
    for (let bucket = 0; bucket < groupOf.length; bucket++) {
      if (feasible[bucket] === 0 || ignored[groupOf[bucket] as number] === 1) continue;
      const raw = this.#spreadRaw[bucket] as number;
      const score = most === 0 ? MAX_NODE_SCORE : Math.floor((MAX_NODE_SCORE * (most + least - raw)) / most);
      this.constant[bucket] = (this.constant[bucket] as number) + rules.spreadWeight * score;
    }
  }

  /** Each soft constraint weighs by the logarithm of its number of domains among the feasible Nodes that have all keys. */
  #weighSpread(evaluation: Evaluated, rules: TopologyRules, feasible: Int32Array): void {
    const { groupOf } = evaluation.buckets;
    const ignored = rules.groups.ignoredBySpread;
    const width = evaluation.features.length;
    if (this.#softWeights.length < rules.softSpread.length)
      this.#softWeights = new Float64Array(rules.softSpread.length);
    for (let i = 0; i < rules.softSpread.length; i++) {
      const spread = rules.softSpread[i] as SoftSpread;
      let domains = 0;
      const possible = (evaluation.features[spread.feature] as Feature).topology.domains;
      if (possible >= this.#seenDomain.length) this.#seenDomain = new Uint32Array(possible * 2 + 1);
      this.#seenStamp++;
      for (let bucket = 0; bucket < groupOf.length; bucket++) {
        if (feasible[bucket] === 0 || ignored[groupOf[bucket] as number] === 1) continue;
        if (spread.perNode) {
          domains += feasible[bucket] as number;
          continue;
        }
        // A missing label is a value like others where it does not make the Node ignored.
        const domain = (evaluation.buckets.values[bucket * width + spread.feature] as number) + 1;
        if (this.#seenDomain[domain] === this.#seenStamp) continue;
        this.#seenDomain[domain] = this.#seenStamp;
        domains++;
      }
      this.#softWeights[i] = rules.spreadLogarithm(domains);
    }
  }

  #addInterPod(evaluation: Evaluated, rules: TopologyRules, feasible: Int32Array): void {
    const { length } = evaluation.buckets;
    let least = Number.POSITIVE_INFINITY;
    let most = Number.NEGATIVE_INFINITY;
    for (let bucket = 0; bucket < length; bucket++) {
      if (feasible[bucket] === 0) continue;
      let raw = 0;
      for (const feature of rules.affinityScore) raw += this.#countOf(evaluation, feature, bucket);
      this.#interPodRaw[bucket] = raw;
      if (raw < least) least = raw;
      if (raw > most) most = raw;
    }
    const span = most - least;
    if (!(span > 0)) return;
    for (let bucket = 0; bucket < length; bucket++) {
      if (feasible[bucket] === 0) continue;
      const share = ((this.#interPodRaw[bucket] as number) - least) / span;
      this.constant[bucket] =
        (this.constant[bucket] as number) + rules.interPodWeight * Math.trunc(MAX_NODE_SCORE * share);
    }
  }

  #grow(length: number): void {
    const capacity = length * 2;
    this.open = new Uint8Array(capacity);
    this.constant = new Float64Array(capacity);
    this.#spreadRaw = new Float64Array(capacity);
    this.#interPodRaw = new Float64Array(capacity);
  }
}
