/**
 * Questions of fit, put to the scheduler alone: whether Nodes hold Pods, whether they still do when some Nodes are lost, how much is
 * left. Pods are placed in the scheduler's order: higher priority first, then as given. Preemption is not carried out.
 */
import { RandomStream } from '../../engine/index.ts';
import type { KubeObject } from '../../models/objects/meta.ts';
import type { Node } from '../../models/objects/node.ts';
import type { Pod } from '../../models/objects/pod.ts';
import type { NodeInfo } from '../../models/scheduler/cache/node-info.ts';
import type { Lister } from '../../models/scheduler/framework/listers.ts';
import { podKey } from '../../models/scheduler/framework/pod-info.ts';
import type { PluginRegistry } from '../../models/scheduler/profile/registry.ts';
import { gpuPlugins, gpuSharing } from '../policies/gpu-sharing/gpu-plugins.ts';
import type { TypicalPod } from '../workloads/openb/fragmentation.ts';
import { moves, withoutNode } from './settled-pods.ts';
import { LoneScheduler, type LoneSchedulerOptions } from '../studies/lone-scheduler.ts';

export interface FitPolicy extends Pick<LoneSchedulerOptions, 'configuration' | 'tieBreak'> {
  /** Of ties. */
  readonly seed: string;
  readonly run: number;
  /** Shapes of Pods by which a policy measures fragmentation of GPUs. */
  readonly typicalGpuPods: readonly TypicalPod[];
  /** What the scheduler looks up beside Nodes and Pods: namespaces for affinity, Services and owners for spreading. */
  readonly surroundings?: Surroundings;
}

/** By the names of the scheduler's listers. */
export type Surroundings = {
  readonly [L in
    | 'namespaces'
    | 'services'
    | 'replicaSets'
    | 'replicationControllers'
    | 'statefulSets']?: readonly KubeObject[];
};

/** Why Nodes do not do. */
export interface Misfit {
  /** "namespace/name" of the first Pod that fits nowhere. */
  readonly pod: string;
  readonly reason: string;
  /** The Nodes that were lost, where that is the question. */
  readonly lost?: string;
}

/** Label by which a Node says its zone. */
export const ZONE = 'topology.kubernetes.io/zone';

/** Higher priority first; equals keep their order. */
function inSchedulingOrder(pods: readonly Pod[]): Pod[] {
  return pods.toSorted((a, b) => (b.spec.priority ?? 0) - (a.spec.priority ?? 0));
}

export class Fit {
  readonly #scheduler: LoneScheduler;

  /** @param bound Pods that have a Node */
  constructor(nodes: readonly Node[], bound: readonly Pod[], policy: FitPolicy) {
    const registry: PluginRegistry = gpuPlugins(gpuSharing(policy.typicalGpuPods));
    const stream = (name: string): RandomStream => new RandomStream(policy.seed, policy.run, name);
    this.#scheduler = new LoneScheduler({ ...policy, stream, registry });
    for (const [lister, objects] of Object.entries(policy.surroundings ?? {})) {
      const known = this.#scheduler.listers[lister as keyof Surroundings] as Lister<KubeObject>;
      for (const object of objects) known.set(object);
    }
    for (const node of nodes) this.#scheduler.addNode(node);
    for (const pod of bound) this.#scheduler.cache.addPod(pod);
  }

  get nodes(): readonly NodeInfo[] {
    return this.#scheduler.cache.snapshot().nodes;
  }

  /** Places all of them, or says which is the first that fits nowhere. */
  place(pods: readonly Pod[]): Misfit | undefined {
    for (const pod of inSchedulingOrder(pods)) {
      const misfit = this.#placeOne(pod);
      if (misfit !== undefined) return misfit;
    }
    return undefined;
  }

  /** Places those that fit; the others wait, as in a cluster, and are given back with the reason. */
  placeSome(pods: readonly Pod[]): Misfit[] {
    return inSchedulingOrder(pods).flatMap((pod) => this.#placeOne(pod) ?? []);
  }

  /** How many Pods like this one fit, up to `most`; they stay. */
  fill(podOf: (number: number) => Pod, most: number): { count: number; misfit: Misfit | undefined } {
    for (let count = 0; count < most; count++) {
      const misfit = this.#placeOne(podOf(count));
      if (misfit !== undefined) return { count, misfit };
    }
    return { count: most, misfit: undefined };
  }

  /** The first single Node whose Pods the others do not take. */
  losesAnyNode(): Misfit | undefined {
    for (const { name } of [...this.nodes]) {
      const misfit = this.lose([name]);
      if (misfit !== undefined) return misfit;
    }
    return undefined;
  }

  /** The first zone whose Pods the others do not take. Nodes without a zone are in none. */
  losesAnyZone(): Misfit | undefined {
    const zones = new Map<string, string[]>();
    for (const { name, node } of this.nodes) {
      const zone = node.metadata.labels?.[ZONE];
      if (zone !== undefined) zones.set(zone, [...(zones.get(zone) ?? []), name]);
    }
    for (const [zone, names] of [...zones].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const misfit = this.lose(names);
      if (misfit !== undefined) return { ...misfit, lost: `zone ${zone}` };
    }
    return undefined;
  }

  /** Whether the others take the Pods of these Nodes; afterwards all is as before, unless they do and `keep` is set. */
  lose(names: readonly string[], keep = false): Misfit | undefined {
    const { cache } = this.#scheduler;
    const lost = names.map((name) => {
      const info = cache.snapshot().get(name);
      if (info === undefined) throw new RangeError(`no Node ${name}`);
      return { node: info.node, pods: info.pods.map(({ pod }) => ({ ...pod, spec: { ...pod.spec, nodeName: name } })) };
    });
    for (const { node, pods } of lost) {
      for (const pod of pods) cache.removePod(pod);
      cache.removeNode(node.metadata.name);
    }
    const moved: Pod[] = [];
    const misfit = this.#move(lost.flatMap(({ pods }) => pods).filter(moves), moved);
    if (misfit === undefined && keep) return undefined;
    for (const pod of moved) cache.removePod(pod);
    for (const { node, pods } of lost) {
      cache.addNode(node);
      for (const pod of pods) cache.addPod(pod);
    }
    return misfit === undefined ? undefined : { ...misfit, lost: names.join(', ') };
  }

  #move(pods: readonly Pod[], moved: Pod[]): Misfit | undefined {
    for (const pod of inSchedulingOrder(pods)) {
      const free = withoutNode(pod);
      const misfit = this.#placeOne(free);
      if (misfit !== undefined) return misfit;
      moved.push(free);
    }
    return undefined;
  }

  #placeOne(pod: Pod): Misfit | undefined {
    if (this.#scheduler.cache.snapshot().nodes.length === 0) return { pod: podKey(pod), reason: 'there is no Node' };
    const placement = this.#scheduler.place(pod);
    return placement.placed ? undefined : { pod: podKey(pod), reason: placement.reason() };
  }

  /** Requested share of what all Nodes together have, from 0 to 1. */
  usedShare(): { readonly cpu: number; readonly memory: number } {
    const sum = (of: (node: NodeInfo) => number): number => this.nodes.reduce((total, node) => total + of(node), 0);
    const share = (used: number, all: number): number => (all === 0 ? 0 : used / all);
    return {
      cpu: share(
        sum(({ requested }) => Number(requested.milliCpu)),
        sum(({ allocatable }) => Number(allocatable.milliCpu)),
      ),
      memory: share(
        sum(({ requested }) => Number(requested.memory)),
        sum(({ allocatable }) => Number(allocatable.memory)),
      ),
    };
  }
}
