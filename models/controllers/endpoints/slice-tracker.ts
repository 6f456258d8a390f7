/**
 * The versions of EndpointSlices that the controller has written, so that it neither works from a cache that has not seen
 * them nor wakes up for its own writes.
 * Source: staging/src/k8s.io/endpointslice/util/endpointslice_tracker.go.
 */
import type { EndpointSlice } from '../../objects/service.ts';

const DELETED = -1;

export class SliceTracker {
  readonly #byService = new Map<string, Map<string, number>>();

  #of(serviceKey: string): Map<string, number> {
    let slices = this.#byService.get(serviceKey);
    if (slices === undefined) {
      slices = new Map();
      this.#byService.set(serviceKey, slices);
    }
    return slices;
  }

  written(serviceKey: string, slice: EndpointSlice): void {
    this.#of(serviceKey).set(slice.metadata.uid ?? '', slice.metadata.generation ?? 0);
  }

  expectDeletion(serviceKey: string, slice: EndpointSlice): void {
    this.#of(serviceKey).set(slice.metadata.uid ?? '', DELETED);
  }

  /** Whether this version was written by somebody else, so that the Service must be looked at. */
  isForeign(serviceKey: string, slice: EndpointSlice): boolean {
    const generation = this.#byService.get(serviceKey)?.get(slice.metadata.uid ?? '');
    return generation === undefined || (slice.metadata.generation ?? 0) > generation;
  }

  /** The slice is gone; true when that was to be expected. */
  deleted(serviceKey: string, slice: EndpointSlice): boolean {
    const slices = this.#byService.get(serviceKey);
    const uid = slice.metadata.uid ?? '';
    const generation = slices?.get(uid);
    slices?.delete(uid);
    return generation === undefined || generation === DELETED;
  }

  /** The slices are older than what was written. */
  isStale(serviceKey: string, slices: Iterable<EndpointSlice>): boolean {
    const written = this.#byService.get(serviceKey);
    if (written === undefined) return false;
    let seen = 0;
    for (const slice of slices) {
      const generation = written.get(slice.metadata.uid ?? '');
      if (generation === undefined) continue;
      if (generation === DELETED || generation > (slice.metadata.generation ?? 0)) return true;
      seen++;
    }
    let expected = 0;
    for (const generation of written.values()) if (generation !== DELETED) expected++;
    return seen < expected;
  }

  forget(serviceKey: string): void {
    this.#byService.delete(serviceKey);
  }
}
