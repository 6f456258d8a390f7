/**
 * churn: objects that come, or come and go, in the background until the workload ends. One request after another; a tick that comes
 * while the last one is still busy is kept, further ones are lost.
 * Source: test/integration/scheduler_perf/executor.go runChurnOp.
 */
import { type Micros, millisToMicros } from '../../../engine/index.ts';
import type { KubeObject } from '../../../models/objects/meta.ts';
import type { Resource } from '../../../models/objects/resources.ts';
import type { Harness } from './harness.ts';
import type { Churn } from './operations.ts';

interface ChurnedObject {
  readonly resource: Resource;
  readonly object: KubeObject;
  /** Recreate: name of what slot i has created and not yet deleted; empty for none. */
  readonly slots: string[];
}

export function startChurn(harness: Harness, operation: Churn, operationIndex: number): void {
  const namespace = operation.namespace ?? `namespace-${operationIndex}`;
  harness.ensureNamespace(namespace);
  const objects = operation.templates.map((path): ChurnedObject => {
    const template = harness.template(path);
    const environment = {};
    const [resource, base] = [template.resource(environment), template.object(environment)];
    const metadata = resource.namespaced ? { ...base.metadata, namespace } : base.metadata;
    return { resource, object: { ...base, metadata }, slots: Array.from({ length: operation.number }, () => '') };
  });
  new ChurnLoop(harness, operation, objects).start();
}

class ChurnLoop {
  readonly #harness: Harness;
  readonly #operation: Churn;
  readonly #objects: readonly ChurnedObject[];
  readonly #intervalMicros: Micros;
  #tickMicros: Micros;
  #ticks = 0;

  constructor(harness: Harness, operation: Churn, objects: readonly ChurnedObject[]) {
    this.#harness = harness;
    this.#operation = operation;
    this.#objects = objects;
    this.#intervalMicros = millisToMicros(operation.intervalMillis);
    this.#tickMicros = harness.cluster.sim.nowMicros;
  }

  start(): void {
    this.#planTick();
  }

  #planTick(): void {
    const { mode, number } = this.#operation;
    if (mode === 'create' && number > 0 && this.#ticks >= number) return;
    const { sim } = this.#harness.cluster;
    const late = sim.nowMicros - this.#tickMicros - this.#intervalMicros;
    this.#tickMicros += this.#intervalMicros;
    if (late >= this.#intervalMicros)
      this.#tickMicros += Math.floor(late / this.#intervalMicros) * this.#intervalMicros;
    sim.afterInBackground(Math.max(0, this.#tickMicros - sim.nowMicros), () => {
      const tick = this.#ticks++;
      this.#churn(0, tick);
    });
  }

  /** The object of one template, then the next, then the next tick. */
  #churn(index: number, tick: number): void {
    const one = this.#objects[index];
    if (one === undefined) {
      this.#planTick();
      return;
    }
    const { client } = this.#harness.cluster;
    const { resource, object, slots } = one;
    const slot = this.#operation.mode === 'recreate' ? tick % this.#operation.number : -1;
    const name = slots[slot] ?? '';
    if (name !== '') {
      slots[slot] = '';
      client.delete(resource, object.metadata.namespace, name, {}, (result) => {
        if (!result.ok) this.#harness.fail(`churn: deleting ${name}: ${result.status.message}`);
        this.#churn(index + 1, tick);
      });
      return;
    }
    client.create(resource, object, (result) => {
      if (!result.ok) this.#harness.fail(`churn: creating a ${object.kind}: ${result.status.message}`);
      else if (slot >= 0) slots[slot] = result.object.metadata.name;
      this.#churn(index + 1, tick);
    });
  }
}
