/**
 * What operations do with a cluster: send requests so many at a time, wait in virtual time, make objects from templates. A workload
 * that upstream would fail fails here: by an error with what was asked and what came.
 *
 * Source: test/integration/scheduler_perf/executor.go (polls each second, for ten minutes), test/utils/runners.go (30 Pods at a time).
 */
import { MICROS_PER_SECOND, type Micros, type RandomStream } from '../../../engine/index.ts';
import { namespaceObject } from '../../../models/bootstrap/initial-objects.ts';
import type { ApiResult } from '../../../models/client/client.ts';
import { generatedName } from '../../../models/objects/index.ts';
import type { Namespace } from '../../../models/objects/cluster-objects.ts';
import type { KubeObject } from '../../../models/objects/meta.ts';
import { NAMESPACES } from '../../../models/objects/resources.ts';
import { ObjectTemplate } from './object-template.ts';
import type { TemplatePath } from './operations.ts';
import type { PerfCluster } from './perf-cluster.ts';

export const PODS_AT_A_TIME = 30;
const POLL_MICROS: Micros = MICROS_PER_SECOND;
const PATIENCE_MICROS: Micros = 600 * MICROS_PER_SECOND;

/** The workload could not be carried out: what upstream would report as a failed benchmark. */
export class WorkloadError extends Error {
  override readonly name = 'WorkloadError';
}

/** To be called with what came back. */
export type Answer = (result: ApiResult<KubeObject>) => void;

export class Harness {
  readonly cluster: PerfCluster;
  /** Pods that operations left behind without waiting, by namespace; a namespace that is known has an entry. */
  readonly outstanding = new Map<string, number>();
  readonly #templates = new Map<string, ObjectTemplate>();
  readonly #note: (what: string) => void;
  readonly #names: RandomStream;
  readonly #nodeNames = new Set<string>();
  #failure: WorkloadError | undefined;

  constructor(cluster: PerfCluster, note: (what: string) => void) {
    this.cluster = cluster;
    this.#names = cluster.sim.stream('scheduler-perf/names');
    this.#note = note;
  }

  template<T extends KubeObject>(path: TemplatePath, kinds?: readonly string[]): ObjectTemplate<T> {
    const key = `${path} ${kinds?.join()}`;
    let template = this.#templates.get(key);
    if (template === undefined) {
      template = new ObjectTemplate(path, kinds, this.#note);
      this.#templates.set(key, template);
    }
    return template as ObjectTemplate<T>;
  }

  /** A name that no Node of the workload has had. */
  nodeName(base: string): string {
    let name = generatedName(base, this.#names);
    while (this.#nodeNames.has(name)) name = generatedName(base, this.#names);
    this.#nodeNames.add(name);
    return name;
  }

  /** Lets time run until the condition holds. @throws WorkloadError after ten minutes of virtual time */
  until(isDone: () => boolean, what: () => string): void {
    const { sim } = this.cluster;
    const endMicros = sim.nowMicros + PATIENCE_MICROS;
    const condition = (): boolean => this.#failure !== undefined || isDone();
    while (!condition()) {
      if (sim.runUntil({ condition, timeMicros: endMicros }) === 'time') break;
    }
    this.check();
    if (!isDone()) throw new WorkloadError(`${what()} after ten minutes of virtual time`);
  }

  /** As `until`, looking once a second, as upstream does. */
  poll(isDone: () => boolean, what: () => string): void {
    const { sim } = this.cluster;
    const endMicros = sim.nowMicros + PATIENCE_MICROS;
    while (!isDone()) {
      if (sim.nowMicros >= endMicros) throw new WorkloadError(`${what()} after ten minutes of virtual time`);
      sim.runUntil({ timeMicros: sim.nowMicros + POLL_MICROS });
      this.check();
    }
  }

  sleep(micros: Micros): void {
    const { sim } = this.cluster;
    sim.runUntil({ timeMicros: sim.nowMicros + micros });
    this.check();
  }

  /** What went wrong in the background ends the workload. */
  fail(message: string): void {
    this.#failure ??= new WorkloadError(message);
  }

  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Does `make` for 0 to `count - 1`, at most `width` under way, and waits for all. */
  each(count: number, width: number, what: string, make: (index: number, done: Answer) => void): void {
    let [next, finished] = [0, 0];
    const begin = (): void => {
      if (next < count) make(next++, done);
    };
    const done: Answer = (result) => {
      if (!result.ok) this.fail(`${what}: ${result.status.message}`);
      finished++;
      begin();
    };
    for (let worker = 0; worker < width; worker++) begin();
    this.#untilFinished(count, () => finished, what);
  }

  /** Creation has no time limit upstream: only no progress within ten minutes fails. */
  #untilFinished(count: number, finished: () => number, what: string): void {
    while (finished() < count) {
      const target = Math.min(count, finished() + 1000);
      this.until(
        () => finished() >= target,
        () => `${what}: ${finished()} of ${count} were done`,
      );
    }
  }

  /** Creates a namespace that no operation has created. */
  ensureNamespace(name: string): void {
    if (this.outstanding.has(name)) return;
    this.createNamespaces([namespaceObject(name)]);
  }

  createNamespaces(namespaces: readonly Namespace[]): void {
    this.each(namespaces.length, 1, 'creating namespaces', (index, done) => {
      const namespace = namespaces[index] as Namespace;
      this.cluster.client.create(NAMESPACES, namespace, (result) => {
        const exists = !result.ok && result.status.reason === 'AlreadyExists';
        done(exists ? { ok: true, object: namespace } : result);
      });
    });
    for (const { metadata } of namespaces) {
      if (!this.outstanding.has(metadata.name)) this.outstanding.set(metadata.name, 0);
    }
  }
}
