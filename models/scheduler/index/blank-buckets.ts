/**
 * The buckets of Nodes while no Pod counts. They follow from labels and taints alone, so that classes which look at the same topologies
 * share them: the first Pod of each new Deployment finds its Nodes sorted, but for those in domains with Pods that count.
 */
import type { BucketIds, Buckets } from './buckets.ts';
import type { Feature } from './feature.ts';
import type { Topology } from './topology.ts';

/** With more kinds of buckets than this those that are kept go. */
const KEPT_MAX = 16;

/** All that matters of a feature that has counted nothing. */
interface Blank {
  readonly topology: Topology;
  readonly byDomain: boolean;
  readonly isSum: boolean;
}

interface Sorted {
  readonly features: readonly Blank[];
  readonly buckets: Buckets;
  readonly bucketOf: BucketIds;
}

/** Those of one set of static groups. */
export class BlankBuckets {
  readonly #kept: Sorted[] = [];

  get bytes(): number {
    return this.#kept.reduce((sum, { bucketOf }) => sum + bucketOf.byteLength, 0);
  }

  /** A Node may be in another group. */
  forget(): void {
    this.#kept.length = 0;
  }

  /** The buckets for such features, after `bucketOf` was filled by them; undefined where they are not known. */
  take(features: readonly Feature[], bucketOf: BucketIds): Buckets | undefined {
    const known = this.#kept.find((sorted) => areAlike(sorted.features, features));
    if (known === undefined) return undefined;
    bucketOf.set(known.bucketOf);
    return known.buckets.clone();
  }

  /** @param features that have counted nothing yet */
  keep(features: readonly Feature[], buckets: Buckets, bucketOf: BucketIds): void {
    if (this.#kept.length === KEPT_MAX) this.forget();
    const blanks = features.map(({ topology, byDomain, spec }) => ({ topology, byDomain, isSum: spec.isSum }));
    this.#kept.push({ features: blanks, buckets: buckets.clone(), bucketOf: bucketOf.slice() });
  }
}

function areAlike(blanks: readonly Blank[], features: readonly Feature[]): boolean {
  return (
    blanks.length === features.length &&
    blanks.every(({ topology, byDomain, isSum }, i) => {
      const feature = features[i] as Feature;
      return topology === feature.topology && byDomain === feature.byDomain && isSum === feature.spec.isSum;
    })
  );
}
