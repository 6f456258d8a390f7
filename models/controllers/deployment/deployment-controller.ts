/**
 * Watches Deployments and their ReplicaSets, and syncs each Deployment that something has happened to.
 * Source: pkg/controller/deployment/deployment_controller.go.
 */
import { MICROS_PER_SECOND } from '../../../engine/index.ts';
import type { Pod } from '../../objects/pod.ts';
import { DEPLOYMENTS, PODS, REPLICA_SETS } from '../../objects/resources.ts';
import type { Deployment, ReplicaSet } from '../../objects/workloads.ts';
import { CONTROLLER_INDEX, claim, orphansOf } from '../claims.ts';
import { Controller, type SyncDone, splitKey } from '../controller.ts';
import type { ControllerContext, ObjectCache } from '../controller-context.ts';
import { controllerOf, isPodTerminal, keyOf } from '../pod-facts.ts';
import { SelectorIndex } from '../selector-index.ts';
import { Conclusions } from './conclusions.ts';
import { progressCheckDelaySeconds } from './deployment-status.ts';
import { type DeploymentSurroundings, DeploymentSync } from './deployment-sync.ts';
import { isRollingUpdate } from './rollout-limits.ts';

/** Failures after which a Deployment waits for something to happen to it. */
const MAX_RETRIES = 15;

export class DeploymentController extends Controller {
  readonly #deployments: ObjectCache<Deployment>;
  readonly #replicaSets: ObjectCache<ReplicaSet>;
  readonly #pods: ObjectCache<Pod>;
  readonly #selectors = new SelectorIndex<Deployment>((deployment) => deployment.spec.selector);
  readonly #around: DeploymentSurroundings;
  readonly #conclusions = new Conclusions();

  constructor(context: ControllerContext, workers: number) {
    super(context, { name: 'deployment-controller', workers, maxRetries: MAX_RETRIES });
    this.#deployments = context.cache(DEPLOYMENTS);
    this.#replicaSets = context.cache(REPLICA_SETS);
    this.#pods = context.cache(PODS);
    this.#around = this.#surroundings();
    this.#deployments.addHandler({
      added: (deployment) => this.#changed(deployment),
      updated: (_old, current) => this.#changed(current),
      deleted: (deployment) => {
        this.#selectors.delete(deployment);
        this.#conclusions.forget(keyOf(deployment));
        this.queue.add(keyOf(deployment));
      },
    });
    this.#replicaSets.addHandler({
      added: (set) => this.#replicaSetSeen(set, undefined),
      updated: (old, current) => this.#replicaSetSeen(current, old),
      deleted: (set) => this.#enqueueOwner(set),
    });
    this.#pods.addHandler({ deleted: (pod) => this.#podDeleted(pod) });
  }

  #surroundings(): DeploymentSurroundings {
    const { context } = this;
    return {
      client: context.client,
      recorder: this.recorder,
      nowSeconds: () => context.nowSeconds(),
      nowTimestamp: () => context.nowTimestamp(),
      replicaSet: (namespace, name) => this.#replicaSets.get(namespace, name),
      hasRunningPods: (set) => this.#hasPods(set, (pod) => !isPodTerminal(pod)),
      checkAfter: (deployment, delaySeconds) => {
        if (delaySeconds === 0) this.queue.addRateLimited(keyOf(deployment));
        else this.queue.addAfter(keyOf(deployment), Math.ceil(delaySeconds * MICROS_PER_SECOND));
      },
      concluded: (deployment, set, status) => this.#conclusions.note(keyOf(deployment), deployment, set, status),
    };
  }

  #changed(deployment: Deployment): void {
    this.#selectors.set(deployment);
    this.queue.add(keyOf(deployment));
  }

  #ownerOf(set: ReplicaSet): Deployment | undefined {
    const owner = controllerOf(set);
    if (owner?.kind !== 'Deployment') return undefined;
    const deployment = this.#deployments.get(set.metadata.namespace, owner.name);
    return deployment?.metadata.uid === owner.uid ? deployment : undefined;
  }

  #enqueueOwner(set: ReplicaSet): void {
    const deployment = this.#ownerOf(set);
    if (deployment !== undefined) this.queue.add(keyOf(deployment));
  }

  #replicaSetSeen(current: ReplicaSet, old: ReplicaSet | undefined): void {
    const before = old === undefined ? undefined : controllerOf(old);
    const after = controllerOf(current);
    if (old !== undefined && before !== undefined && before.uid !== after?.uid) this.#enqueueOwner(old);
    if (after !== undefined) {
      this.#enqueueOwner(current);
      return;
    }
    if (old !== undefined && before === undefined && old.metadata.labels === current.metadata.labels) return;
    for (const deployment of this.#selectors.matching(current.metadata.namespace, current.metadata.labels)) {
      this.queue.add(keyOf(deployment));
    }
  }

  #hasPods(set: ReplicaSet, counts: (pod: Pod) => boolean): boolean {
    for (const pod of this.#pods.byIndex(CONTROLLER_INDEX, set.metadata.uid ?? '')) if (counts(pod)) return true;
    return false;
  }

  /** A Deployment that recreates waits for the last of its old Pods. */
  #podDeleted(pod: Pod): void {
    const owner = controllerOf(pod);
    if (owner?.kind !== 'ReplicaSet') return;
    const set = this.#replicaSets.get(pod.metadata.namespace, owner.name);
    if (set === undefined || set.metadata.uid !== owner.uid) return;
    const deployment = this.#ownerOf(set);
    if (deployment === undefined || isRollingUpdate(deployment)) return;
    for (const sibling of this.#replicaSets.byIndex(CONTROLLER_INDEX, deployment.metadata.uid ?? '')) {
      if (this.#hasPods(sibling, () => true)) return;
    }
    this.queue.add(keyOf(deployment));
  }

  protected override sync(key: string, done: SyncDone): void {
    const { namespace, name } = splitKey(key);
    const deployment = this.#deployments.get(namespace, name);
    if (deployment === undefined) {
      done();
      return;
    }
    const candidates = Array.from(this.#replicaSets.byIndex(CONTROLLER_INDEX, deployment.metadata.uid ?? ''));
    for (const orphan of this.#replicaSets.byIndex(CONTROLLER_INDEX, orphansOf(namespace))) candidates.push(orphan);
    if (this.#isConcluded(key, deployment, candidates)) done();
    else this.#claim(deployment, candidates, done);
  }

  /** Whether the last sync has told already what this one would; if so, only the time at which progress is checked is set. */
  #isConcluded(key: string, deployment: Deployment, sets: readonly ReplicaSet[]): boolean {
    const [set] = sets;
    if (set === undefined || sets.length > 1) return false;
    const nowSeconds = this.context.nowSeconds();
    if (!this.#conclusions.holds(key, deployment, set, nowSeconds)) return false;
    const delaySeconds = progressCheckDelaySeconds(deployment, deployment.status ?? {}, nowSeconds);
    if (delaySeconds !== undefined) this.#around.checkAfter(deployment, delaySeconds);
    return true;
  }

  #claim(deployment: Deployment, candidates: readonly ReplicaSet[], done: SyncDone): void {
    const { client } = this.context;
    const { selector } = deployment.spec;
    const request = {
      client,
      ownerResource: DEPLOYMENTS,
      owner: deployment,
      selector,
      resource: REPLICA_SETS,
      candidates,
    };
    claim(request, (sets, error) => {
      if (error === undefined) new DeploymentSync(this.#around, deployment, sets, done).run();
      else done(error);
    });
  }
}
