/**
 * Creates and deletes that a controller has asked for and not yet seen in its cache. Until they are seen it must not
 * count again, or it would make the same Pods twice.
 * Source: pkg/controller/controller_utils.go (ControllerExpectations, UIDTrackingControllerExpectations).
 */

/** An expectation that has not been met by then is given up. */
const TIMEOUT_MICROS = 5 * 60 * 1_000_000;

interface Expectation {
  creations: number;
  readonly deletions: Set<string>;
  readonly sinceMicros: number;
}

export class Expectations {
  readonly #byKey = new Map<string, Expectation>();

  /** Nothing is outstanding, or it has been for too long. */
  satisfied(key: string, nowMicros: number): boolean {
    const expectation = this.#byKey.get(key);
    if (expectation === undefined) return true;
    if (expectation.creations <= 0 && expectation.deletions.size === 0) return true;
    return nowMicros - expectation.sinceMicros > TIMEOUT_MICROS;
  }

  expectCreations(key: string, count: number, nowMicros: number): void {
    this.#byKey.set(key, { creations: count, deletions: new Set(), sinceMicros: nowMicros });
  }

  /** `uids` name the objects whose end is awaited, so that one seen twice counts once. */
  expectDeletions(key: string, uids: readonly string[], nowMicros: number): void {
    this.#byKey.set(key, { creations: 0, deletions: new Set(uids), sinceMicros: nowMicros });
  }

  /** Both at once, as the DaemonSet controller needs. */
  expect(key: string, creations: number, uids: readonly string[], nowMicros: number): void {
    this.#byKey.set(key, { creations, deletions: new Set(uids), sinceMicros: nowMicros });
  }

  creationObserved(key: string, count = 1): void {
    const expectation = this.#byKey.get(key);
    if (expectation !== undefined) expectation.creations -= count;
  }

  deletionObserved(key: string, uid: string): void {
    this.#byKey.get(key)?.deletions.delete(uid);
  }

  delete(key: string): void {
    this.#byKey.delete(key);
  }
}
