/**
 * The base of every controller: a work queue of keys, and a number of workers that take a key each and sync it.
 * Because requests take virtual time, `sync` says when it is finished through a callback; until then its worker is
 * busy, and its key is not handed out again.
 */
import type { ControllerContext, Recorder, WorkQueue } from './controller-context.ts';

/** Says how a sync ended: nothing when it went well, else why it must be tried again. */
export type SyncDone = (error?: string) => void;

export interface ControllerOptions {
  /** As `--controllers` writes it, for example "deployment-controller". */
  readonly name: string;
  /** Concurrent syncs. */
  readonly workers: number;
  /** Failures after which a key is dropped until something adds it anew. Absent: never. */
  readonly maxRetries?: number;
  /** Source component of its Events; the name unless given. */
  readonly component?: string;
  /** Virtual time that a sync takes before its first request; 50 µs unless given. */
  readonly syncCostMicros?: number;
  readonly retry?: { readonly baseMicros: number; readonly maxMicros: number };
}

const SYNC_COST_MICROS = 50;

export abstract class Controller {
  readonly name: string;
  protected readonly context: ControllerContext;
  protected readonly queue: WorkQueue;
  protected readonly recorder: Recorder;
  readonly #workers: number;
  readonly #maxRetries: number;
  readonly #syncCostMicros: number;
  #busy = 0;
  #syncs = 0;
  #pumping = false;
  #running = false;

  constructor(context: ControllerContext, options: ControllerOptions) {
    this.context = context;
    this.name = options.name;
    this.#workers = options.workers;
    this.#maxRetries = options.maxRetries ?? Number.POSITIVE_INFINITY;
    this.#syncCostMicros = options.syncCostMicros ?? SYNC_COST_MICROS;
    this.queue = context.queue(options.name, options.retry);
    this.recorder = context.recorder(options.component ?? options.name);
    this.queue.onReady(this.#pump);
  }

  /** Syncs begun so far. */
  get syncs(): number {
    return this.#syncs;
  }

  /** Lets the workers begin. Called once, when the caches have been filled: before, a controller would see too little. */
  run(): void {
    this.#running = true;
    this.#pump();
  }

  /** Brings one object to what it should be. Must call `done` exactly once. */
  protected abstract sync(key: string, done: SyncDone): void;

  readonly #pump = (): void => {
    if (this.#pumping || !this.#running) return;
    this.#pumping = true;
    while (this.#busy < this.#workers) {
      const key = this.queue.get();
      if (key === undefined) break;
      this.#busy++;
      this.#syncs++;
      this.context.sim.after(this.#syncCostMicros, this.#begin, key);
    }
    this.#pumping = false;
  };

  readonly #begin = (key: string): void => {
    let finished = false;
    this.sync(key, (error) => {
      if (finished) throw new Error(`${this.name} finished the sync of ${key} twice`);
      finished = true;
      this.#finish(key, error);
    });
  };

  #finish(key: string, error: string | undefined): void {
    if (error !== undefined && this.queue.numRequeues(key) < this.#maxRetries) this.queue.addRateLimited(key);
    else this.queue.forget(key);
    this.queue.done(key);
    this.#busy--;
    this.#pump();
  }
}

interface KeyParts {
  readonly namespace: string | undefined;
  readonly name: string;
}

/** Parts of keys that were split: most keys come again and again. */
const parts = new Map<string, KeyParts>();
const PARTS_KEPT = 16_384;

/** Namespace and name of a queue key. */
export function splitKey(key: string): KeyParts {
  const known = parts.get(key);
  if (known !== undefined) return known;
  const slash = key.indexOf('/');
  const split = { namespace: slash < 0 ? undefined : key.slice(0, slash), name: key.slice(slash + 1) };
  if (parts.size === PARTS_KEPT) parts.clear();
  parts.set(key, split);
  return split;
}

/** How the API's refusals read in events and conditions. */
export function messageOf(result: {
  readonly status: { readonly message?: string; readonly reason?: string };
}): string {
  return result.status.message ?? result.status.reason ?? 'request failed';
}

/** A refusal because the namespace goes away: nothing to retry. Source: apierrors.HasStatusCause(NamespaceTerminating). */
export function isNamespaceTerminating(status: {
  readonly details?: { readonly causes?: readonly { readonly reason?: string }[] };
}): boolean {
  return status.details?.causes?.some((cause) => cause.reason === 'NamespaceTerminating') ?? false;
}
