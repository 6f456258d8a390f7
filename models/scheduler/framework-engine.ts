/** The framework's cache and nominator as the component wants them. */
import type { Node } from '../objects/node.ts';
import type { Pod } from '../objects/pod.ts';
import type { SchedulerCache } from './cache/scheduler-cache.ts';
import type { Nominator } from './framework/nominator.ts';
import type { QueueSort } from './queue/pod-heap.ts';
import type { SchedulingEngine, SchedulingProfile } from './scheduling-engine.ts';

export class FrameworkEngine implements SchedulingEngine {
  readonly profiles: ReadonlyMap<string, SchedulingProfile>;
  readonly queueSort?: QueueSort;
  readonly #cache: SchedulerCache;
  readonly #nominator: Nominator;

  /** All profiles share the cache, the nominator and, as in kube-scheduler, the order of the queue (absent: PrioritySort). */
  constructor(
    cache: SchedulerCache,
    nominator: Nominator,
    profiles: readonly SchedulingProfile[],
    queueSort?: QueueSort,
  ) {
    this.#cache = cache;
    this.#nominator = nominator;
    this.profiles = new Map(profiles.map((profile) => [profile.schedulerName, profile]));
    if (queueSort !== undefined) this.queueSort = queueSort;
  }

  get nodeCount(): number {
    return this.#cache.snapshot().nodes.length;
  }

  addNode(node: Node): void {
    this.#cache.addNode(node);
  }

  updateNode(_oldNode: Node, newNode: Node): void {
    this.#cache.updateNode(newNode);
  }

  removeNode(node: Node): void {
    this.#cache.removeNode(node.metadata.name);
  }

  addPod(pod: Pod): void {
    this.#cache.addPod(pod);
  }

  updatePod(_oldPod: Pod, newPod: Pod): void {
    this.#cache.updatePod(newPod);
  }

  removePod(pod: Pod): void {
    this.#cache.removePod(pod);
  }

  assumePod(pod: Pod): void {
    this.#cache.assumePod(pod, pod.spec.nodeName ?? '');
  }

  forgetPod(pod: Pod): void {
    this.#cache.forgetPod(pod);
  }

  isAssumed(pod: Pod): boolean {
    return this.#cache.isAssumed(pod);
  }

  nominate(pod: Pod, nodeName: string | undefined): void {
    if (nodeName === undefined) this.#nominator.delete(pod);
    else this.#nominator.add(this.#cache.infoOf(pod), nodeName);
  }
}
