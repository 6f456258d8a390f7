/**
 * Keeps the number of Pods of each ReplicaSet (or ReplicationController) at what it asks for.
 * Source: pkg/controller/replicaset/replica_set.go. A sync looks at counters that each change of a Pod moves, and goes
 * through the Pods only to delete, adopt or release some, or to tell which are available after minReadySeconds.
 */
import { MICROS_PER_SECOND } from '../../../engine/index.ts';
import type { Pod } from '../../objects/pod.ts';
import { updatedStatus } from '../../objects/object-copies.ts';
import { PODS } from '../../objects/resources.ts';
import type { ReplicaSetStatus } from '../../objects/workloads.ts';
import { CONTROLLER_INDEX, claim, orphansOf } from '../claims.ts';
import { Controller, messageOf, type SyncDone, splitKey } from '../controller.ts';
import type { ControllerContext, ObjectCache } from '../controller-context.ts';
import { Expectations } from '../expectations.ts';
import { matchesLabelSelector } from '../label-match.ts';
import { controllerReference, PodControl, podFromTemplate } from '../pod-control.ts';
import { availableFromSeconds, controllerOf, isPodActive, keyOf } from '../pod-facts.ts';
import { SelectorIndex } from '../selector-index.ts';
import { allAtOnce, slowStart } from '../slow-start.ts';
import type { ReplicaKind, Replicated } from './replica-kind.ts';
import { countReplicas, type ReplicaCounts, ReplicaTally } from './replica-tally.ts';
import { replicaSetStatus, sameReplicaSetStatus } from './replicaset-status.ts';
import { sortVictims } from './victim-order.ts';

/** Creates or deletes in one sync. */
const BURST_REPLICAS = 500;

/** What a sync found; `pods` only when it had to go through them. */
interface Observed {
  readonly counts: ReplicaCounts;
  readonly pods: readonly Pod[] | undefined;
}

export class ReplicaSetController<T extends Replicated> extends Controller {
  readonly #kind: ReplicaKind<T>;
  readonly #sets: ObjectCache<T>;
  readonly #pods: ObjectCache<Pod>;
  readonly #podControl: PodControl;
  readonly #expectations = new Expectations();
  readonly #selectors: SelectorIndex<T>;
  readonly #tallies = new Map<string, ReplicaTally>();

  constructor(context: ControllerContext, kind: ReplicaKind<T>, workers: number) {
    super(context, { name: kind.controller, workers, component: kind.component });
    this.#kind = kind;
    this.#sets = context.cache(kind.resource);
    this.#pods = context.cache(PODS);
    this.#podControl = new PodControl(context.client, this.recorder);
    this.#selectors = new SelectorIndex((object) => kind.selectorOf(object));
    this.#sets.addHandler({
      added: (object) => this.#setChanged(object),
      updated: (old, current) => {
        if (old.metadata.uid !== current.metadata.uid) this.#setDeleted(old);
        this.#setChanged(current);
      },
      deleted: (object) => this.#setDeleted(object),
    });
    this.#pods.addHandler({
      added: (pod) => this.#podAdded(pod),
      updated: (old, current) => this.#podUpdated(old, current),
      deleted: (_last, known) => this.#podDeleted(known),
    });
  }

  #setChanged(object: T): void {
    this.#selectors.set(object);
    this.queue.add(keyOf(object));
  }

  #setDeleted(object: T): void {
    this.#selectors.delete(object);
    this.#tallies.delete(object.metadata.uid ?? '');
    this.#expectations.delete(keyOf(object));
    this.queue.add(keyOf(object));
  }

  /** The uid of the Pod's controller when that is of this kind. */
  #ownerUid(pod: Pod): string | undefined {
    const owner = controllerOf(pod);
    return owner?.kind === this.#kind.kind ? owner.uid : undefined;
  }

  /** Adds the key of a controller that has no tally yet. */
  #enqueueOwner(pod: Pod): void {
    const owner = controllerOf(pod);
    const set = owner === undefined ? undefined : this.#sets.get(pod.metadata.namespace, owner.name);
    if (set !== undefined && set.metadata.uid === owner?.uid) this.queue.add(keyOf(set));
  }

  #podAdded(pod: Pod): void {
    const uid = this.#ownerUid(pod);
    if (uid === undefined) {
      if (controllerOf(pod) === undefined) this.#orphanSeen(pod);
      return;
    }
    const tally = this.#tallies.get(uid);
    if (tally === undefined) {
      this.#enqueueOwner(pod);
      return;
    }
    tally.add(pod);
    if (pod.metadata.deletionTimestamp === undefined) this.#expectations.creationObserved(tally.key);
    else this.#expectations.deletionObserved(tally.key, pod.metadata.uid ?? '');
    this.queue.add(tally.key);
  }

  #podUpdated(old: Pod, current: Pod): void {
    const before = this.#ownerUid(old);
    const after = this.#ownerUid(current);
    if (before !== after) {
      if (before !== undefined) this.#podLost(old, before);
      if (after !== undefined) this.#podGained(current, after);
      else if (controllerOf(current) === undefined) this.#orphanSeen(current);
      return;
    }
    if (after === undefined) {
      const relabelled = old.metadata.labels !== current.metadata.labels;
      if (relabelled && controllerOf(current) === undefined) this.#orphanSeen(current);
      return;
    }
    const tally = this.#tallies.get(after);
    if (tally === undefined) {
      this.#enqueueOwner(current);
      return;
    }
    const changed = tally.change(old, current);
    if (current.metadata.deletionTimestamp !== undefined && old.metadata.deletionTimestamp === undefined) {
      this.#expectations.deletionObserved(tally.key, current.metadata.uid ?? '');
      this.queue.add(tally.key);
    } else if (changed) {
      this.queue.add(tally.key);
    }
  }

  #podDeleted(pod: Pod): void {
    const uid = this.#ownerUid(pod);
    if (uid !== undefined) this.#podLost(pod, uid);
  }

  #podLost(pod: Pod, uid: string): void {
    const tally = this.#tallies.get(uid);
    if (tally === undefined) {
      this.#enqueueOwner(pod);
      return;
    }
    tally.remove(pod);
    this.#expectations.deletionObserved(tally.key, pod.metadata.uid ?? '');
    this.queue.add(tally.key);
  }

  #podGained(pod: Pod, uid: string): void {
    const tally = this.#tallies.get(uid);
    if (tally === undefined) {
      this.#enqueueOwner(pod);
      return;
    }
    tally.add(pod);
    this.queue.add(tally.key);
  }

  /** Wakes the sets that might adopt it. */
  #orphanSeen(pod: Pod): void {
    if (this.#selectors.size === 0 || pod.metadata.deletionTimestamp !== undefined) return;
    for (const set of this.#selectors.matching(pod.metadata.namespace, pod.metadata.labels)) {
      const tally = this.#tallies.get(set.metadata.uid ?? '');
      if (tally !== undefined) tally.mayHaveOrphans = true;
      this.queue.add(keyOf(set));
    }
  }

  #tallyOf(key: string, set: T): ReplicaTally {
    const uid = set.metadata.uid ?? '';
    const known = this.#tallies.get(uid);
    const selector = this.#kind.selectorOf(set);
    const templateLabels = set.spec.template?.metadata?.labels;
    if (known !== undefined && known.profile.selector === selector && known.profile.templateLabels === templateLabels) {
      return known;
    }
    const tally = new ReplicaTally(key, { uid, selector, templateLabels });
    for (const pod of this.#pods.byIndex(CONTROLLER_INDEX, uid)) if (controllerOf(pod)?.uid === uid) tally.add(pod);
    this.#tallies.set(uid, tally);
    return tally;
  }

  protected override sync(key: string, done: SyncDone): void {
    const { namespace, name } = splitKey(key);
    const set = this.#sets.get(namespace, name);
    if (set === undefined) {
      this.#expectations.delete(key);
      done();
      return;
    }
    const tally = this.#tallyOf(key, set);
    const mayAct = this.#expectations.satisfied(key, this.context.sim.nowMicros);
    if (tally.strangers === 0 && !tally.mayHaveOrphans) {
      this.#manage(key, set, { counts: tally, pods: undefined }, mayAct, done);
      return;
    }
    tally.mayHaveOrphans = false;
    this.#claim(set, (pods, error) => {
      if (error !== undefined) {
        tally.mayHaveOrphans = true;
        done(error);
        return;
      }
      const counts = countReplicas(pods, set.spec.template?.metadata?.labels);
      this.#manage(key, set, { counts, pods }, mayAct, done);
    });
  }

  #claim(set: T, finished: (pods: readonly Pod[], error?: string) => void): void {
    const candidates: Pod[] = [];
    for (const pod of this.#pods.byIndex(CONTROLLER_INDEX, set.metadata.uid ?? '')) {
      if (isPodActive(pod)) candidates.push(pod);
    }
    for (const pod of this.#pods.byIndex(CONTROLLER_INDEX, orphansOf(set.metadata.namespace))) {
      if (isPodActive(pod)) candidates.push(pod);
    }
    const { client } = this.context;
    const selector = this.#kind.selectorOf(set) ?? {};
    claim({ client, ownerResource: this.#kind.resource, owner: set, selector, resource: PODS, candidates }, finished);
  }

  /** Active Pods that the set controls and selects. */
  #activePods(set: T): Pod[] {
    const selector = this.#kind.selectorOf(set);
    const pods: Pod[] = [];
    for (const pod of this.#pods.byIndex(CONTROLLER_INDEX, set.metadata.uid ?? '')) {
      if (controllerOf(pod)?.uid !== set.metadata.uid || !isPodActive(pod)) continue;
      if (matchesLabelSelector(selector, pod.metadata.labels)) pods.push(pod);
    }
    return pods;
  }

  #manage(key: string, set: T, { counts, pods }: Observed, mayAct: boolean, done: SyncDone): void {
    const missing = (set.spec.replicas ?? 1) - counts.active;
    if (!mayAct || set.metadata.deletionTimestamp !== undefined || missing === 0) {
      this.#writeStatus(key, set, { counts, pods }, undefined, done);
      return;
    }
    // The counters move on while requests are under way; the status must say what this sync saw.
    const { active, ready, fullyLabeled } = counts;
    const observed = { counts: { active, ready, fullyLabeled }, pods };
    const finish = (failure?: string): void => this.#writeStatus(key, set, observed, failure, done);
    if (missing > 0) this.#createPods(key, set, Math.min(missing, BURST_REPLICAS), finish);
    else this.#deletePods(key, set, pods ?? this.#activePods(set), -missing, finish);
  }

  #createPods(key: string, set: T, count: number, finish: (failure?: string) => void): void {
    const { template } = set.spec;
    if (template === undefined) {
      finish('the object has no Pod template');
      return;
    }
    this.#expectations.expectCreations(key, count, this.context.sim.nowMicros);
    const pod = podFromTemplate(set, template, controllerReference(set));
    slowStart(
      count,
      (_index, created) => this.#podControl.create(set, pod, created),
      (successes, error) => {
        if (successes < count) this.#expectations.creationObserved(key, count - successes);
        finish(error);
      },
    );
  }

  #deletePods(key: string, set: T, pods: readonly Pod[], surplus: number, finish: (failure?: string) => void): void {
    const count = Math.min(surplus, BURST_REPLICAS);
    const victims = count < pods.length ? this.#victims(set, pods).slice(0, count) : pods;
    const uids = victims.map((pod) => pod.metadata.uid ?? '');
    this.#expectations.expectDeletions(key, uids, this.context.sim.nowMicros);
    allAtOnce(
      victims,
      (pod, deleted) => {
        const gone = (): void => this.#expectations.deletionObserved(key, pod.metadata.uid ?? '');
        this.#podControl.delete(set, pod, gone, deleted);
      },
      finish,
    );
  }

  /** The Pods, first victim first; Pods of ReplicaSets with the same owner count as neighbours on a Node. */
  #victims(set: T, pods: readonly Pod[]): Pod[] {
    const onNode = new Map<string, number>();
    const owner = controllerOf(set);
    if (owner !== undefined) {
      for (const related of this.#sets.byIndex(CONTROLLER_INDEX, owner.uid)) {
        for (const pod of this.#activePods(related)) {
          const node = pod.spec.nodeName ?? '';
          onNode.set(node, (onNode.get(node) ?? 0) + 1);
        }
      }
    }
    const neighbours = pods.map((pod) => onNode.get(pod.spec.nodeName ?? '') ?? 0);
    return sortVictims(pods, neighbours, this.context.nowSeconds());
  }

  #writeStatus(key: string, set: T, observed: Observed, failure: string | undefined, done: SyncDone): void {
    const minReadySeconds = set.spec.minReadySeconds ?? 0;
    const { counts } = observed;
    let available = counts.ready;
    let nextSeconds = Number.POSITIVE_INFINITY;
    if (minReadySeconds > 0) {
      const now = this.context.nowSeconds();
      available = 0;
      for (const pod of observed.pods ?? this.#activePods(set)) {
        const from = availableFromSeconds(pod, minReadySeconds);
        if (from === undefined) continue;
        if (from <= now) available++;
        else nextSeconds = Math.min(nextSeconds, from - now);
      }
    }
    if (nextSeconds !== Number.POSITIVE_INFINITY) {
      this.queue.addAfter(key, Math.ceil(nextSeconds * MICROS_PER_SECOND));
    }
    const status = replicaSetStatus(set, counts, available, failure, this.context.nowTimestamp());
    if (sameReplicaSetStatus(set.status, status)) done(failure);
    else this.#sendStatus(set, status, 1, (error) => done(error ?? failure));
  }

  /** On refusal it reads the object anew and tries again, once. */
  #sendStatus(set: T, status: ReplicaSetStatus, retries: number, done: SyncDone): void {
    const { client } = this.context;
    const { resource } = this.#kind;
    client.updateStatus(resource, updatedStatus(set, status), (result) => {
      if (result.ok) {
        done();
      } else if (retries === 0) {
        done(messageOf(result));
      } else {
        const refusal = messageOf(result);
        client.get(resource, set.metadata.namespace, set.metadata.name, (fresh) => {
          if (fresh.ok) this.#sendStatus(fresh.object, status, retries - 1, done);
          else done(refusal);
        });
      }
    });
  }
}
