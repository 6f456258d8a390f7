/**
 * A feature: a number counted for each domain of one topology key, over the Pods that are bound, as one rule of one
 * class of Pods needs it (Pods that match a spread selector, Pods that forbid this one, sums of affinity weights).
 * Counters follow the change log; all is counted anew only when a partition has fallen behind it, or has too many buckets.
 */
import type { LabelPair } from '../framework/label-matcher.ts';
import { NO_DOMAIN, type Topology } from './topology.ts';

/** What a feature counts. */
export interface FeatureSpec {
  /** Features of equal keys count alike, as long as Nodes, Namespaces and Pods with affinity stay what they are. */
  readonly key: string;
  readonly topology: Topology;
  /** What one Pod of that kind adds to the domain of its Node; an integer. */
  contribution(podKind: number): number;
  /** Labels that all Pods have which count, so that the others need not be asked about; none where that is not known. */
  readonly needed: readonly LabelPair[];
  /** Nodes whose Pods count, or null for all. */
  readonly eligible: Uint8Array | null;
  /** Nodes are told apart by domain even when there are many, because the rule needs to know which domains occur. */
  readonly needsDomains: boolean;
  /** The rule needs the least count over the domains that have an eligible Node. */
  readonly needsMinimum: boolean;
  /** Counts may be negative, and a Node without a domain counts 0; otherwise it is told apart from a count of 0. */
  readonly isSum: boolean;
}

/** What 8 bits hold. */
const SMALL_MAX = 127;

export class Feature {
  readonly spec: FeatureSpec;
  readonly topology: Topology;
  /** Whether a bucket names the domain (true) or the count (false). */
  readonly byDomain: boolean;
  /** What has been counted in each domain; of 32 bits from when one has grown beyond 8. */
  counts: Int8Array | Int32Array;
  /** Sum over all domains. */
  total = 0;
  /** Domains that have an eligible Node; 0 when no minimum is needed. */
  readonly eligibleDomains: number;
  readonly #domainIsEligible: Uint8Array;
  /** Number of eligible domains at each count; kept when the minimum is needed. */
  #histogram: Int32Array;
  #minimum = 0;
  /** By kind of Pods, of the kinds that were counted. */
  readonly #contributions = new Map<number, number>();
  /** Of the specification, at hand. */
  readonly #domainOf: Int32Array;
  readonly #isOwn: boolean;
  readonly #eligible: Uint8Array | null;
  readonly #needsMinimum: boolean;

  constructor(spec: FeatureSpec) {
    this.spec = spec;
    this.topology = spec.topology;
    this.#domainOf = spec.topology.domainOf;
    this.#isOwn = spec.topology.isOwn;
    this.#eligible = spec.eligible;
    this.#needsMinimum = spec.needsMinimum;
    this.byDomain = spec.needsDomains || spec.topology.wide;
    this.counts = new Int8Array(spec.topology.domains);
    this.#domainIsEligible = new Uint8Array(spec.needsMinimum ? spec.topology.domains : 0);
    this.eligibleDomains = spec.needsMinimum ? this.#findEligible() : 0;
    this.#histogram = new Int32Array(16);
    this.#histogram[0] = this.eligibleDomains;
  }

  #findEligible(): number {
    const { domainOf } = this.topology;
    let eligibleDomains = 0;
    for (let node = 0; node < domainOf.length; node++) {
      const domain = domainOf[node] as number;
      if (domain === NO_DOMAIN || !this.#counts(node) || this.#domainIsEligible[domain] === 1) continue;
      this.#domainIsEligible[domain] = 1;
      eligibleDomains++;
    }
    return eligibleDomains;
  }

  /** Counts `delta` Pods of a kind on a Node. Returns the domain whose count changed, or NO_DOMAIN. */
  count(node: number, podKind: number, delta: number): number {
    const contribution = this.contributionOf(podKind);
    if (contribution === 0) return NO_DOMAIN;
    const domain = this.#isOwn ? node : (this.#domainOf[node] as number);
    if (domain === NO_DOMAIN || (this.#eligible !== null && this.#eligible[node] === 0)) return NO_DOMAIN;
    const before = this.counts[domain] as number;
    const after = before + contribution * delta;
    if (after > SMALL_MAX || after < -SMALL_MAX) this.#widen();
    this.counts[domain] = after;
    this.total += contribution * delta;
    if (this.#needsMinimum && this.#domainIsEligible[domain] === 1) this.#move(before, after);
    return domain;
  }

  /** Least count over the eligible domains. Call only when there is one and `needsMinimum` is set. */
  minimum(): number {
    while ((this.#histogram[this.#minimum] as number) === 0) this.#minimum++;
    return this.#minimum;
  }

  get bytes(): number {
    return this.counts.byteLength + this.#domainIsEligible.byteLength + this.#histogram.byteLength;
  }

  #counts(node: number): boolean {
    return this.spec.eligible === null || this.spec.eligible[node] === 1;
  }

  /** What one Pod of that kind adds; worked out once. */
  contributionOf(podKind: number): number {
    let contribution = this.#contributions.get(podKind);
    if (contribution === undefined) {
      contribution = this.spec.contribution(podKind);
      this.#contributions.set(podKind, contribution);
    }
    return contribution;
  }

  #widen(): void {
    if (this.counts instanceof Int8Array) this.counts = Int32Array.from(this.counts);
  }

  #move(before: number, after: number): void {
    if (after >= this.#histogram.length) {
      const grown = new Int32Array(after * 2);
      grown.set(this.#histogram);
      this.#histogram = grown;
    }
    this.#histogram[before] = (this.#histogram[before] as number) - 1;
    this.#histogram[after] = (this.#histogram[after] as number) + 1;
    if (after < this.#minimum) this.#minimum = after;
  }
}
