/**
 * The smallest engine that can stand behind the scheduler component in a test: each Node takes as many Pods as its allocatable
 * "pods" says, the first that has room is taken, and Pods of lower priority can be preempted.
 */
import type { Node } from '../../objects/node.ts';
import type { Pod } from '../../objects/pod.ts';
import { DEFAULT_EVENTS } from '../hints/default-events.ts';
import { priorityOf, uidOf } from '../queue/queued-pod.ts';
import type { Decision, PermitWait, Refusal, SchedulingEngine, SchedulingProfile } from '../scheduling-engine.ts';

export class CountingEngine implements SchedulingEngine {
  readonly profiles: ReadonlyMap<string, SchedulingProfile>;
  readonly nodes = new Map<string, Node>();
  readonly assumed = new Set<string>();
  /** What the profile's Reserve, Permit and PreBind say, to be set by a test. */
  reserveRefusal: Refusal | undefined;
  permitWaits: readonly PermitWait[] | undefined;
  preBindRefusal: Refusal | undefined;
  readonly #podsByNode = new Map<string, Map<string, Pod>>();

  constructor(schedulerNames: readonly string[] = ['default-scheduler']) {
    this.profiles = new Map(schedulerNames.map((name) => [name, this.#profile(name)]));
  }

  podsOn(nodeName: string): Map<string, Pod> {
    let pods = this.#podsByNode.get(nodeName);
    if (pods === undefined) {
      pods = new Map();
      this.#podsByNode.set(nodeName, pods);
    }
    return pods;
  }

  get nodeCount(): number {
    return this.nodes.size;
  }

  addNode(node: Node): void {
    this.nodes.set(node.metadata.name, node);
  }

  updateNode(_old: Node, node: Node): void {
    this.addNode(node);
  }

  removeNode(node: Node): void {
    this.nodes.delete(node.metadata.name);
  }

  addPod(pod: Pod): void {
    this.assumed.delete(uidOf(pod));
    this.podsOn(pod.spec.nodeName ?? '').set(uidOf(pod), pod);
  }

  updatePod(_old: Pod, pod: Pod): void {
    this.addPod(pod);
  }

  removePod(pod: Pod): void {
    this.assumed.delete(uidOf(pod));
    this.podsOn(pod.spec.nodeName ?? '').delete(uidOf(pod));
  }

  assumePod(pod: Pod): void {
    this.addPod(pod);
    this.assumed.add(uidOf(pod));
  }

  forgetPod(pod: Pod): void {
    if (this.assumed.has(uidOf(pod))) this.removePod(pod);
  }

  isAssumed(pod: Pod): boolean {
    return this.assumed.has(uidOf(pod));
  }

  nominate(): void {}

  #schedule(pod: Pod): Decision {
    const nodes = [...this.nodes.values()];
    const evaluated = nodes.length;
    for (const node of nodes) {
      const { name } = node.metadata;
      const room = Number(node.status?.allocatable?.['pods'] ?? 0);
      if (this.podsOn(name).size < room)
        return { result: 'scheduled', nodeName: name, evaluated, feasible: 1, state: 0 };
    }
    const rejected = {
      result: 'unschedulable',
      message: `0/${evaluated} nodes are available: ${evaluated} Too many pods.`,
      unschedulablePlugins: new Set(['NodeResourcesFit']),
      pendingPlugins: new Set<string>(),
      evaluated,
    } as const;
    for (const node of nodes) {
      const victim = [...this.podsOn(node.metadata.name).values()].find((one) => priorityOf(one) < priorityOf(pod));
      if (victim !== undefined && victim.metadata.deletionTimestamp === undefined) {
        return { ...rejected, victims: [victim], nominatedNodeName: node.metadata.name };
      }
    }
    return rejected;
  }

  #profile(schedulerName: string): SchedulingProfile {
    return {
      schedulerName,
      events: DEFAULT_EVENTS,
      gates: [{ name: 'SchedulingGates', preEnqueue: (pod) => (pod.spec.schedulingGates?.length ?? 0) === 0 }],
      schedule: (pod) => this.#schedule(pod),
      reserve: () => this.reserveRefusal,
      unreserve: () => {},
      permit: () => this.permitWaits,
      preBind: (_state, _pod, _nodeName, done) => {
        if (this.preBindRefusal === undefined) return false;
        done(this.preBindRefusal);
        return true;
      },
      postBind: () => {},
    };
  }
}
