/**
 * The Pods that no event has yet given hope, found by the plugin that rejected them, so that an event only costs work for
 * the Pods that some interested plugin has rejected. Gated Pods are kept here too, as in kube-scheduler, but apart.
 */
import type { Micros } from '../../../engine/index.ts';
import type { QueuedPod } from './queued-pod.ts';

export class UnschedulablePods {
  readonly #pods = new Map<string, QueuedPod>();
  readonly #byPlugin = new Map<string, Set<QueuedPod>>();
  readonly #gated = new Set<QueuedPod>();
  /** No Pod that is not gated has an earlier timestamp. */
  #oldestMicros: Micros = Number.POSITIVE_INFINITY;
  /** No gated Pod has an earlier timestamp. */
  #oldestGatedMicros: Micros = Number.POSITIVE_INFINITY;

  get size(): number {
    return this.#pods.size;
  }

  get gatedSize(): number {
    return this.#gated.size;
  }

  get(key: string): QueuedPod | undefined {
    return this.#pods.get(key);
  }

  /** Puts the Pod in, or brings its place in the indexes up to date after its plugins or its gate have changed. */
  addOrUpdate(queued: QueuedPod): void {
    if (queued.place === 'unschedulable') this.delete(queued);
    queued.place = 'unschedulable';
    this.#pods.set(queued.key, queued);
    for (const plugin of queued.unschedulablePlugins) this.#waitingFor(plugin).add(queued);
    for (const plugin of queued.pendingPlugins) this.#waitingFor(plugin).add(queued);
    if (queued.gatingPlugin !== '') {
      this.#gated.add(queued);
      if (queued.timestampMicros < this.#oldestGatedMicros) this.#oldestGatedMicros = queued.timestampMicros;
    } else if (queued.timestampMicros < this.#oldestMicros) {
      this.#oldestMicros = queued.timestampMicros;
    }
  }

  delete(queued: QueuedPod): void {
    this.#pods.delete(queued.key);
    for (const plugin of queued.unschedulablePlugins) this.#byPlugin.get(plugin)?.delete(queued);
    for (const plugin of queued.pendingPlugins) this.#byPlugin.get(plugin)?.delete(queued);
    this.#gated.delete(queued);
    queued.place = 'none';
  }

  /** Pods that the plugin has rejected, in the order in which they came. */
  rejectedBy(plugin: string): ReadonlySet<QueuedPod> {
    return this.#byPlugin.get(plugin) ?? NOBODY;
  }

  /** A time before which no Pod has its timestamp; infinite when there is no Pod. */
  get oldestMicros(): Micros {
    const gatedMicros = this.#gated.size === 0 ? Number.POSITIVE_INFINITY : this.#oldestGatedMicros;
    return Math.min(gatedMicros, this.#pods.size === this.#gated.size ? Number.POSITIVE_INFINITY : this.#oldestMicros);
  }

  /** Pods not gated with a timestamp before the limit, in the order in which they came. Linear, but only when there may be some. */
  olderThan(limitMicros: Micros): QueuedPod[] {
    if (this.#pods.size === this.#gated.size || this.#oldestMicros >= limitMicros) return [];
    const older: QueuedPod[] = [];
    let oldestMicros = Number.POSITIVE_INFINITY;
    for (const queued of this.#pods.values()) {
      if (queued.gatingPlugin !== '') continue;
      if (queued.timestampMicros < limitMicros) older.push(queued);
      else if (queued.timestampMicros < oldestMicros) oldestMicros = queued.timestampMicros;
    }
    this.#oldestMicros = oldestMicros;
    return older;
  }

  /** Whether a gated Pod has a timestamp before the limit. */
  hasGatedOlderThan(limitMicros: Micros): boolean {
    if (this.#gated.size === 0 || this.#oldestGatedMicros >= limitMicros) return false;
    let oldestMicros = Number.POSITIVE_INFINITY;
    for (const queued of this.#gated) {
      if (queued.timestampMicros < limitMicros) return true;
      if (queued.timestampMicros < oldestMicros) oldestMicros = queued.timestampMicros;
    }
    this.#oldestGatedMicros = oldestMicros;
    return false;
  }

  values(): Iterable<QueuedPod> {
    return this.#pods.values();
  }

  #waitingFor(plugin: string): Set<QueuedPod> {
    let waiting = this.#byPlugin.get(plugin);
    if (waiting === undefined) {
      waiting = new Set();
      this.#byPlugin.set(plugin, waiting);
    }
    return waiting;
  }
}

const NOBODY: ReadonlySet<QueuedPod> = new Set();
