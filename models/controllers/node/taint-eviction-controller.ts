/**
 * Deletes the Pods of a Node with a NoExecute taint that they do not tolerate, at once or when the time for which they
 * tolerate it is over.
 * Source: pkg/controller/tainteviction/taint_eviction.go.
 */
import { MICROS_PER_SECOND, type ScheduledEvent } from '../../../engine/index.ts';
import type { Condition } from '../../objects/meta.ts';
import type { Node, Taint } from '../../objects/node.ts';
import type { Pod, Toleration } from '../../objects/pod.ts';
import { NODES, PODS } from '../../objects/resources.ts';
import { Controller, messageOf, type SyncDone, splitKey } from '../controller.ts';
import type { ControllerContext, ObjectCache } from '../controller-context.ts';
import { tolerates } from '../daemonset/daemon-pod.ts';
import { keyOf } from '../pod-facts.ts';

const NODE_INDEX = 'node';

function noExecuteTaints(node: Node | undefined): readonly Taint[] {
  return node?.spec?.taints?.filter((taint) => taint.effect === 'NoExecute') ?? [];
}

/**
 * Seconds that the Pod may stay: 0 when a taint is not tolerated at all, Infinity when all are for ever, else the
 * shortest of the tolerations in use.
 */
export function tolerationSeconds(taints: readonly Taint[], tolerations: readonly Toleration[]): number {
  let shortest = Number.POSITIVE_INFINITY;
  for (const taint of taints) {
    const matching = tolerations.find((toleration) => tolerates(toleration, taint));
    if (matching === undefined) return 0;
    if (matching.tolerationSeconds !== undefined)
      shortest = Math.min(shortest, Math.max(0, matching.tolerationSeconds));
  }
  return shortest;
}

const UNBOUND: readonly string[] = [];

interface PlannedEviction {
  readonly event: ScheduledEvent;
  readonly startMicros: number;
}

export class TaintEvictionController extends Controller {
  readonly #pods: ObjectCache<Pod>;
  readonly #nodes: ObjectCache<Node>;
  readonly #planned = new Map<string, PlannedEviction>();
  /** Nodes with NoExecute taints: for Pods of all others there is nothing to do. */
  readonly #tainted = new Set<string>();

  constructor(context: ControllerContext, workers: number) {
    super(context, { name: 'taint-eviction-controller', workers });
    this.#nodes = context.cache(NODES);
    this.#pods = context.cache(PODS);
    // On demand: most clusters never see such a taint.
    const keys = new Map<string, readonly string[]>();
    const keysOf = ({ spec: { nodeName } }: Pod): readonly string[] => {
      if (nodeName === undefined) return UNBOUND;
      let key = keys.get(nodeName);
      if (key === undefined) {
        key = [nodeName];
        keys.set(nodeName, key);
      }
      return key;
    };
    this.#pods.addIndex(NODE_INDEX, keysOf, true);
    this.#nodes.addHandler({
      added: (node) => this.#nodeSeen(node),
      updated: (old, node) => {
        if (old.spec?.taints !== node.spec?.taints) this.#nodeSeen(node);
      },
      deleted: (node) => {
        this.#tainted.delete(node.metadata.name);
        this.#judgePods(node);
      },
    });
    this.#pods.addHandler({
      added: (pod) => this.#podSeen(pod),
      updated: (old, pod) => {
        if (old.spec !== pod.spec) this.#podSeen(pod);
      },
      deleted: (pod) => this.#cancel(pod, false),
    });
  }

  #nodeSeen(node: Node): void {
    const { name } = node.metadata;
    const isTainted = noExecuteTaints(node).length > 0;
    if (!isTainted && !this.#tainted.has(name)) return;
    if (isTainted) this.#tainted.add(name);
    else this.#tainted.delete(name);
    this.#judgePods(node);
  }

  #judgePods(node: Node): void {
    for (const pod of this.#pods.byIndex(NODE_INDEX, node.metadata.name)) this.#judge(pod);
  }

  #podSeen(pod: Pod): void {
    if (this.#tainted.size > 0 && this.#tainted.has(pod.spec.nodeName ?? '')) this.#judge(pod);
  }

  #judge(pod: Pod): void {
    const taints = noExecuteTaints(this.#nodes.get(undefined, pod.spec.nodeName ?? ''));
    if (taints.length === 0) {
      this.#cancel(pod, true);
      return;
    }
    const seconds = tolerationSeconds(taints, pod.spec.tolerations ?? []);
    if (seconds === Number.POSITIVE_INFINITY) {
      this.#cancel(pod, true);
      return;
    }
    const key = keyOf(pod);
    const { sim } = this.context;
    const planned = this.#planned.get(key);
    if (seconds === 0) {
      this.#cancel(pod, false);
      this.queue.add(key);
      return;
    }
    // A Pod that is under way already keeps the time at which it was first tainted.
    const startMicros = planned?.startMicros ?? sim.nowMicros;
    const dueMicros = startMicros + seconds * MICROS_PER_SECOND;
    if (planned !== undefined) {
      if (dueMicros >= planned.event.timeMicros) return;
      sim.cancel(planned.event);
    }
    const event = sim.at(Math.max(dueMicros, sim.nowMicros), this.#due, key);
    this.#planned.set(key, { event, startMicros });
  }

  readonly #due = (key: string): void => {
    this.#planned.delete(key);
    this.queue.add(key);
  };

  #cancel(pod: Pod, note: boolean): void {
    const key = keyOf(pod);
    const planned = this.#planned.get(key);
    if (planned === undefined) return;
    this.#planned.delete(key);
    this.context.sim.cancel(planned.event);
    if (note) this.recorder.event(pod, 'Normal', 'TaintManagerEviction', `Cancelling deletion of Pod ${key}`);
  }

  protected override sync(key: string, done: SyncDone): void {
    const { namespace, name } = splitKey(key);
    const pod = this.#pods.get(namespace, name);
    if (pod === undefined || pod.metadata.deletionTimestamp !== undefined) {
      done();
      return;
    }
    this.recorder.event(pod, 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${key}`);
    const { client } = this.context;
    const now = this.context.nowTimestamp();
    const settle = (result: { readonly ok: boolean; readonly status?: { readonly reason?: string } }): void =>
      done(result.ok || result.status?.reason === 'NotFound' ? undefined : messageOf(result as never));
    client.patch(
      PODS,
      namespace,
      name,
      (current) => withDisruptionTarget(current, now),
      (result) => {
        if (!result.ok) settle(result);
        else client.delete(PODS, namespace, name, {}, settle);
      },
      'status',
    );
  }
}

function withDisruptionTarget(pod: Pod, now: string): Pod {
  const conditions = pod.status?.conditions ?? [];
  const condition: Condition = {
    type: 'DisruptionTarget',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: now,
    reason: 'DeletionByTaintManager',
    message: 'Taint manager: deleting due to NoExecute taint',
  };
  const others = conditions.filter((existing) => existing.type !== condition.type);
  return { ...pod, status: { ...pod.status, conditions: [...others, condition] } };
}
