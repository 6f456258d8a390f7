/**
 * The delays with which Kubernetes tries again. Durations are in nanoseconds, because the rounding of the token bucket
 * shows at that resolution; callers with a clock of microseconds divide.
 * Source: client-go/util/workqueue/default_rate_limiters.go, golang.org/x/time/rate, client-go/util/flowcontrol/backoff.go,
 * apimachinery/pkg/util/wait/backoff.go.
 */

/** base · 2^failures, at most max; failures are counted for each item. */
export class ItemExponentialBackoff {
  readonly #failures = new Map<string, number>();
  readonly #baseNanos: number;
  readonly #maxNanos: number;

  constructor(baseNanos: number, maxNanos: number) {
    this.#baseNanos = baseNanos;
    this.#maxNanos = maxNanos;
  }

  /** The delay before the next try; counts one more failure. */
  whenNanos(item: string): number {
    const failures = this.requeues(item);
    this.#failures.set(item, failures + 1);
    let nanos = this.#baseNanos;
    for (let i = 0; i < failures && nanos < this.#maxNanos; i++) nanos *= 2;
    return Math.min(nanos, this.#maxNanos);
  }

  requeues(item: string): number {
    return this.#failures.get(item) ?? 0;
  }

  forget(item: string): void {
    this.#failures.delete(item);
  }
}

/** Some fast tries for each item, then slow ones. */
export class ItemFastSlowBackoff {
  readonly #failures = new Map<string, number>();
  readonly #fastNanos: number;
  readonly #slowNanos: number;
  readonly #maxFastAttempts: number;

  constructor(fastNanos: number, slowNanos: number, maxFastAttempts: number) {
    this.#fastNanos = fastNanos;
    this.#slowNanos = slowNanos;
    this.#maxFastAttempts = maxFastAttempts;
  }

  whenNanos(item: string): number {
    const failures = this.requeues(item) + 1;
    this.#failures.set(item, failures);
    return failures <= this.#maxFastAttempts ? this.#fastNanos : this.#slowNanos;
  }

  requeues(item: string): number {
    return this.#failures.get(item) ?? 0;
  }

  forget(item: string): void {
    this.#failures.delete(item);
  }
}

const NANOS_PER_SECOND = 1e9;

/** A token bucket whose tokens may be reserved ahead of time. */
export class TokenBucket {
  readonly #qps: number;
  readonly #burst: number;
  #tokens: number;
  #lastNanos: number | undefined;

  constructor(qps: number, burst: number) {
    this.#qps = qps;
    this.#burst = burst;
    this.#tokens = burst;
  }

  /** Takes a token and returns how long to wait for it. Times must not go back. */
  reserveNanos(nowNanos: number): number {
    const elapsed = nowNanos - (this.#lastNanos ?? nowNanos);
    const seconds = Math.floor(elapsed / NANOS_PER_SECOND) + (elapsed % NANOS_PER_SECOND) / NANOS_PER_SECOND;
    this.#tokens = Math.min(this.#burst, this.#tokens + seconds * this.#qps) - 1;
    this.#lastNanos = nowNanos;
    return this.#tokens < 0 ? Math.trunc((-this.#tokens / this.#qps) * NANOS_PER_SECOND) : 0;
  }
}

interface BackoffEntry {
  backoffNanos: number;
  lastUpdateNanos: number;
}

/** Doubling back-off by item that forgets an item which has been quiet for twice the longest delay. */
export class DecayingBackoff {
  readonly #entries = new Map<string, BackoffEntry>();
  readonly #initialNanos: number;
  readonly #maxNanos: number;

  constructor(initialNanos: number, maxNanos: number) {
    this.#initialNanos = initialNanos;
    this.#maxNanos = maxNanos;
  }

  #expired(entry: BackoffEntry, nanos: number): boolean {
    return nanos - entry.lastUpdateNanos > this.#maxNanos * 2;
  }

  /** The current delay, 0 when there is none. */
  getNanos(item: string): number {
    return this.#entries.get(item)?.backoffNanos ?? 0;
  }

  /** Moves the item to its next delay. `eventNanos` is when the trouble happened. */
  next(item: string, eventNanos: number, nowNanos: number): void {
    const entry = this.#entries.get(item);
    const backoffNanos =
      entry === undefined || this.#expired(entry, eventNanos)
        ? this.#initialNanos
        : Math.min(entry.backoffNanos * 2, this.#maxNanos);
    this.#entries.set(item, { backoffNanos, lastUpdateNanos: nowNanos });
  }

  /** Whether less time than the delay has passed since the event. */
  isInBackoffSince(item: string, eventNanos: number, nowNanos: number): boolean {
    const entry = this.#entries.get(item);
    return entry !== undefined && !this.#expired(entry, eventNanos) && nowNanos - eventNanos < entry.backoffNanos;
  }

  /** Whether the event lies less than the delay after the item's last update. */
  isInBackoffSinceUpdate(item: string, eventNanos: number): boolean {
    const entry = this.#entries.get(item);
    return (
      entry !== undefined &&
      !this.#expired(entry, eventNanos) &&
      eventNanos - entry.lastUpdateNanos < entry.backoffNanos
    );
  }

  reset(item: string): void {
    this.#entries.delete(item);
  }

  /** Drops the items that have been quiet for long enough. */
  collect(nowNanos: number): void {
    for (const [item, entry] of this.#entries) if (this.#expired(entry, nowNanos)) this.#entries.delete(item);
  }
}

/** A fixed number of growing delays; the last one repeats. */
export class StepBackoff {
  readonly #factor: number;
  readonly #capNanos: number;
  #nanos: number;
  #steps: number;

  /** `capNanos` 0: none. */
  constructor(durationNanos: number, factor: number, steps: number, capNanos: number) {
    this.#nanos = durationNanos;
    this.#factor = factor;
    this.#steps = steps;
    this.#capNanos = capNanos;
  }

  stepNanos(): number {
    const nanos = this.#nanos;
    if (this.#steps < 1) return nanos;
    this.#steps--;
    if (this.#factor !== 0) {
      this.#nanos = Math.trunc(nanos * this.#factor);
      if (this.#capNanos > 0 && this.#nanos > this.#capNanos) {
        this.#nanos = this.#capNanos;
        this.#steps = 0;
      }
    }
    return nanos;
  }
}
