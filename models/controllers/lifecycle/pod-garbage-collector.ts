/**
 * Removes Pods that nobody else will: finished ones beyond a threshold, those of Nodes that are gone, and those that were
 * deleted before they were bound.
 * Source: pkg/controller/podgc/gc_controller.go. Not modelled: Nodes with the out-of-service taint.
 */
import { MICROS_PER_SECOND } from '../../../engine/index.ts';
import type { Condition } from '../../objects/meta.ts';
import type { Node } from '../../objects/node.ts';
import type { Pod } from '../../objects/pod.ts';
import { NODES, PODS } from '../../objects/resources.ts';
import { Controller, messageOf, type SyncDone, splitKey } from '../controller.ts';
import type { ControllerContext, ObjectCache } from '../controller-context.ts';
import { isPodTerminal, keyOf } from '../pod-facts.ts';

const PERIOD_MICROS = 20 * MICROS_PER_SECOND;
/** A Node that is not to be seen is given so long to come back. */
const QUARANTINE_MICROS = 40 * MICROS_PER_SECOND;

export interface PodGcOptions {
  /** --terminated-pod-gc-threshold; 0 keeps all. */
  readonly terminatedPodThreshold: number;
}

export class PodGarbageCollector extends Controller {
  readonly #pods: ObjectCache<Pod>;
  readonly #nodes: ObjectCache<Node>;
  readonly #threshold: number;
  /** Nodes that Pods name and that are not there; since when they are in quarantine. */
  readonly #missing = new Map<string, number | undefined>();
  #terminated = 0;
  #planned = false;

  constructor(context: ControllerContext, options: PodGcOptions) {
    super(context, { name: 'pod-garbage-collector-controller', workers: 1 });
    this.#threshold = options.terminatedPodThreshold;
    this.#pods = context.cache(PODS);
    this.#nodes = context.cache(NODES);
    this.#pods.addHandler({
      added: (pod) => {
        if (isPodTerminal(pod)) this.#terminated++;
        this.#seen(pod);
      },
      updated: (old, pod) => {
        this.#terminated += Number(isPodTerminal(pod)) - Number(isPodTerminal(old));
        if (
          old.spec.nodeName !== pod.spec.nodeName ||
          old.metadata.deletionTimestamp !== pod.metadata.deletionTimestamp
        ) {
          this.#seen(pod);
        } else if (this.#threshold > 0 && this.#terminated > this.#threshold) this.#plan();
      },
      deleted: (pod) => {
        if (isPodTerminal(pod)) this.#terminated--;
      },
    });
    this.#nodes.addHandler({
      added: (node) => this.#missing.delete(node.metadata.name),
      deleted: (node) => this.#nodeMissing(node.metadata.name),
    });
  }

  #seen(pod: Pod): void {
    const nodeName = pod.spec.nodeName ?? '';
    if (nodeName === '') {
      if (pod.metadata.deletionTimestamp !== undefined) this.#plan();
    } else if (this.#nodes.get(undefined, nodeName) === undefined) {
      this.#nodeMissing(nodeName);
    }
    if (this.#threshold > 0 && this.#terminated > this.#threshold) this.#plan();
  }

  #nodeMissing(name: string): void {
    if (!this.#missing.has(name)) this.#missing.set(name, undefined);
    this.#plan();
  }

  /** The collector looks every 20 s; here it does so only when there may be something to find. */
  #plan(): void {
    if (this.#planned) return;
    this.#planned = true;
    const { sim } = this.context;
    sim.after(PERIOD_MICROS - (sim.nowMicros % PERIOD_MICROS), this.#look);
  }

  readonly #look = (): void => {
    this.#planned = false;
    const now = this.context.sim.nowMicros;
    const finished: Pod[] = [];
    const gone = new Set<string>();
    for (const [name, since] of this.#missing) {
      // The quarantine begins when the collector first looks and does not see the Node.
      if (since === undefined) this.#missing.set(name, now);
      else if (now - since >= QUARANTINE_MICROS) gone.add(name);
    }
    for (const pod of this.#pods.list()) {
      const nodeName = pod.spec.nodeName ?? '';
      if (isPodTerminal(pod)) finished.push(pod);
      const isUnbound = nodeName === '' && pod.metadata.deletionTimestamp !== undefined;
      if (isUnbound || gone.has(nodeName)) this.queue.add(keyOf(pod));
    }
    this.#terminated = finished.length;
    for (const name of gone) this.#missing.delete(name);
    if (this.#missing.size > 0) this.#plan();
    const surplus = finished.length - this.#threshold;
    if (this.#threshold === 0 || surplus <= 0) return;
    for (const pod of finished.sort(byAge).slice(0, surplus)) this.queue.add(keyOf(pod));
  };

  protected override sync(key: string, done: SyncDone): void {
    const { namespace, name } = splitKey(key);
    const pod = this.#pods.get(namespace, name);
    if (pod === undefined) {
      done();
      return;
    }
    const remove = (): void => {
      const preconditions = pod.metadata.uid === undefined ? {} : { uid: pod.metadata.uid };
      this.context.client.delete(PODS, namespace, name, { gracePeriodSeconds: 0, preconditions }, (result) =>
        done(result.ok || result.status.reason === 'NotFound' ? undefined : messageOf(result)),
      );
    };
    if (isPodTerminal(pod)) {
      remove();
      return;
    }
    const now = this.context.nowTimestamp();
    this.context.client.patch(PODS, namespace, name, (current) => failed(current, now), remove, 'status');
  }
}

/** Finished, because its Node is gone: so that its controller does not count it as running. */
function failed(pod: Pod, now: string): Pod {
  if (isPodTerminal(pod)) return pod;
  const condition: Condition = {
    type: 'DisruptionTarget',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: now,
    reason: 'DeletionByPodGC',
    message: 'PodGC: node no longer exists',
  };
  const conditions = [...(pod.status?.conditions ?? []).filter((c) => c.type !== condition.type), condition];
  const isBound = (pod.spec.nodeName ?? '') !== '';
  return { ...pod, status: { ...pod.status, phase: 'Failed', ...(isBound ? { conditions } : {}) } };
}

function byAge(x: Pod, y: Pod): number {
  const a = x.metadata.creationTimestamp ?? '';
  const b = y.metadata.creationTimestamp ?? '';
  if (a !== b) return a < b ? -1 : 1;
  return keyOf(x) < keyOf(y) ? -1 : 1;
}
