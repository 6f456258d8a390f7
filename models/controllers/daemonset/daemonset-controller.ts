/**
 * Keeps one Pod of each DaemonSet on every Node that it is for.
 * Source: pkg/controller/daemon/daemon_controller.go, update.go.
 */
import { MICROS_PER_SECOND } from '../../../engine/index.ts';
import type { Node } from '../../objects/node.ts';
import type { Pod } from '../../objects/pod.ts';
import { CONTROLLER_REVISIONS, DAEMON_SETS, NODES, PODS } from '../../objects/resources.ts';
import type { ControllerRevision, DaemonSet } from '../../objects/workloads.ts';
import { DecayingBackoff } from '../backoff.ts';
import { CONTROLLER_INDEX, claim, orphansOf } from '../claims.ts';
import { Controller, messageOf, type SyncDone, splitKey } from '../controller.ts';
import type { ControllerContext, ObjectCache } from '../controller-context.ts';
import { Expectations } from '../expectations.ts';
import { isEmptySelector, matchesLabelSelector } from '../label-match.ts';
import { controllerReference, PodControl, podFromTemplate } from '../pod-control.ts';
import { controllerOf, keyOf } from '../pod-facts.ts';
import { SelectorIndex } from '../selector-index.ts';
import { allAtOnce, slowStart } from '../slow-start.ts';
import { deleteRevisions, type DaemonHistory, resolveHistory, surplusRevisions } from './daemon-history.ts';
import { DaemonNodes } from './daemon-nodes.ts';
import { planNode, planUpdate, updateLimits } from './daemon-plan.ts';
import { boundToNode, daemonTemplate, REVISION_HASH_LABEL } from './daemon-pod.ts';

/** Creates, and deletes, in one sync. */
const BURST_REPLICAS = 250;
const NANOS_PER_MICRO = 1000;
/** Failed Pods on one Node: 1 s doubling to 15 min (cmd/kube-controller-manager/app/apps.go). */
const FAILED_POD_BACKOFF_NANOS = 1e9;
const FAILED_POD_MAX_BACKOFF_NANOS = 15 * 60 * 1e9;

type Status = NonNullable<DaemonSet['status']>;

export class DaemonSetController extends Controller {
  readonly #sets: ObjectCache<DaemonSet>;
  readonly #pods: ObjectCache<Pod>;
  readonly #nodes: ObjectCache<Node>;
  readonly #revisions: ObjectCache<ControllerRevision>;
  readonly #selectors = new SelectorIndex<DaemonSet>((set) => set.spec.selector);
  readonly #states = new Map<string, DaemonNodes>();
  readonly #expectations = new Expectations();
  readonly #failedPods = new DecayingBackoff(FAILED_POD_BACKOFF_NANOS, FAILED_POD_MAX_BACKOFF_NANOS);
  readonly #podControl: PodControl;

  constructor(context: ControllerContext, workers: number) {
    super(context, { name: 'daemonset-controller', workers });
    this.#sets = context.cache(DAEMON_SETS);
    this.#pods = context.cache(PODS);
    this.#nodes = context.cache(NODES);
    this.#revisions = context.cache(CONTROLLER_REVISIONS);
    this.#podControl = new PodControl(context.client, this.recorder);
    this.#sets.addHandler({
      added: (set) => this.#setChanged(set),
      updated: (old, set) => {
        if (old.metadata.uid !== set.metadata.uid) this.#setDeleted(old);
        this.#setChanged(set);
      },
      deleted: (set) => this.#setDeleted(set),
    });
    this.#pods.addHandler({
      added: (pod) => this.#podSeen(pod, undefined),
      updated: (old, pod) => this.#podSeen(pod, old),
      deleted: (pod) => this.#podGone(pod),
    });
    this.#nodes.addHandler({
      added: (node) => this.#nodeSeen(node),
      updated: (old, node) => {
        if (old.spec !== node.spec || old.metadata.labels !== node.metadata.labels) this.#nodeSeen(node);
      },
      deleted: (node) => this.#nodeGone(node),
    });
  }

  #setChanged(set: DaemonSet): void {
    this.#selectors.set(set);
    this.queue.add(keyOf(set));
  }

  #setDeleted(set: DaemonSet): void {
    this.#selectors.delete(set);
    this.#states.delete(set.metadata.uid ?? '');
    this.#expectations.delete(keyOf(set));
    this.queue.add(keyOf(set));
  }

  /** The DaemonSet that controls the Pod. */
  #ownerOf(pod: Pod): DaemonSet | undefined {
    const owner = controllerOf(pod);
    if (owner?.kind !== 'DaemonSet') return undefined;
    const set = this.#sets.get(pod.metadata.namespace, owner.name);
    return set?.metadata.uid === owner.uid ? set : undefined;
  }

  #podSeen(pod: Pod, old: Pod | undefined): void {
    const owner = controllerOf(pod);
    if (owner === undefined) {
      if (old !== undefined && controllerOf(old) !== undefined) this.#podGone(old);
      if (this.#selectors.size > 0 && (old === undefined || old.metadata.labels !== pod.metadata.labels)) {
        this.#orphanSeen(pod);
      }
      return;
    }
    if (owner.kind !== 'DaemonSet') return;
    const set = this.#ownerOf(pod);
    if (set === undefined) return;
    const key = keyOf(set);
    const state = this.#states.get(owner.uid);
    state?.setPod(pod);
    if (old !== undefined && old.metadata.labels !== pod.metadata.labels && state !== undefined) {
      state.mayNeedClaim ||= !matchesLabelSelector(set.spec.selector, pod.metadata.labels);
    }
    if (old === undefined && pod.metadata.deletionTimestamp === undefined) this.#expectations.creationObserved(key);
    if (pod.metadata.deletionTimestamp !== undefined) {
      this.#expectations.deletionObserved(key, pod.metadata.uid ?? '');
    }
    this.queue.add(key);
  }

  #orphanSeen(pod: Pod): void {
    for (const set of this.#selectors.matching(pod.metadata.namespace, pod.metadata.labels)) {
      const state = this.#states.get(set.metadata.uid ?? '');
      if (state !== undefined) state.mayNeedClaim = true;
      this.queue.add(keyOf(set));
    }
  }

  #podGone(pod: Pod): void {
    const set = this.#ownerOf(pod);
    if (set === undefined) return;
    this.#states.get(set.metadata.uid ?? '')?.deletePod(pod);
    this.#expectations.deletionObserved(keyOf(set), pod.metadata.uid ?? '');
    this.queue.add(keyOf(set));
  }

  #nodeSeen(node: Node): void {
    for (const [uid, state] of this.#states) if (state.setNode(node)) this.#wake(uid);
  }

  /** Noted, but no reason for a sync: the controller of Kubernetes does not hear of it, and its status stays until it does. */
  #nodeGone(node: Node): void {
    for (const state of this.#states.values()) state.deleteNode(node.metadata.name);
  }

  #wake(uid: string): void {
    for (const set of this.#sets.list()) if (set.metadata.uid === uid) this.queue.add(keyOf(set));
  }

  #stateOf(set: DaemonSet): DaemonNodes {
    const uid = set.metadata.uid ?? '';
    let state = this.#states.get(uid);
    if (state === undefined) {
      state = new DaemonNodes(set);
      for (const node of this.#nodes.list()) state.setNode(node);
      for (const pod of this.#pods.byIndex(CONTROLLER_INDEX, uid))
        if (controllerOf(pod)?.uid === uid) state.setPod(pod);
      this.#states.set(uid, state);
    }
    state.setDaemonSet(set);
    return state;
  }

  protected override sync(key: string, done: SyncDone): void {
    const { namespace, name } = splitKey(key);
    const set = this.#sets.get(namespace, name);
    if (set === undefined) {
      this.#expectations.delete(key);
      done();
      return;
    }
    if (isEmptySelector(set.spec.selector)) {
      const text = 'This daemon set is selecting all pods. A non-empty selector is required.';
      this.recorder.event(set, 'Warning', 'SelectingAll', text);
      done();
      return;
    }
    if (set.metadata.deletionTimestamp !== undefined) {
      done();
      return;
    }
    const { client } = this.context;
    const uid = set.metadata.uid ?? '';
    const revisions = [...this.#revisions.byIndex(CONTROLLER_INDEX, uid)];
    resolveHistory(client, set, revisions, (history, error) => {
      if (history === undefined) {
        done(error);
        return;
      }
      const state = this.#stateOf(set);
      state.setHash(history.hash);
      this.#claimed(set, state, (claimError) => {
        if (claimError === undefined) this.#manage(key, set, state, history, done);
        else done(claimError);
      });
    });
  }

  /** Adopts and releases where that may be needed; the cache then shows the outcome. */
  #claimed(set: DaemonSet, state: DaemonNodes, next: (error?: string) => void): void {
    if (!state.mayNeedClaim) {
      next();
      return;
    }
    state.mayNeedClaim = false;
    const candidates = [
      ...this.#pods.byIndex(CONTROLLER_INDEX, set.metadata.uid ?? ''),
      ...this.#pods.byIndex(CONTROLLER_INDEX, orphansOf(set.metadata.namespace)),
    ];
    const { client } = this.context;
    const { selector } = set.spec;
    const request = { client, ownerResource: DAEMON_SETS, owner: set, selector, resource: PODS, candidates };
    claim(request, (pods, error) => {
      for (const pod of pods) state.setPod(pod);
      if (error !== undefined) state.mayNeedClaim = true;
      next(error);
    });
  }

  #manage(key: string, set: DaemonSet, state: DaemonNodes, history: DaemonHistory, done: SyncDone): void {
    const { sim } = this.context;
    if (!this.#expectations.satisfied(key, sim.nowMicros)) {
      this.#count(set, state);
      this.#writeStatus(key, set, state, false, done);
      return;
    }
    const plan = this.#plan(key, set, state);
    this.#send(key, set, history.hash, plan.remove, plan.createOn, (error) => {
      if (error !== undefined) {
        this.#writeStatus(key, set, state, true, () => done(error));
        return;
      }
      this.#update(key, set, state, history, (updateError) => {
        this.#writeStatus(key, set, state, true, (statusError) => done(updateError ?? statusError));
      });
    });
  }

  #surges(set: DaemonSet, state: DaemonNodes): boolean {
    return set.spec.updateStrategy?.type !== 'OnDelete' && updateLimits(set, state.counts.desired).surge > 0;
  }

  /** Judges the marked Nodes; those that still need something stay marked. */
  #plan(key: string, set: DaemonSet, state: DaemonNodes): { remove: Pod[]; createOn: string[] } {
    const now = this.context.nowSeconds();
    const surges = this.#surges(set, state);
    const remove: Pod[] = [];
    const createOn: string[] = [];
    const marked = [...state.marked];
    state.marked.clear();
    for (const name of marked) {
      const entry = state.nodes.get(name);
      if (entry === undefined) continue;
      let waits = state.count(entry, now);
      const plan = planNode(state, entry, surges, now, (pod) => {
        const goes = this.#mayRemoveFailed(key, set, name, pod);
        waits ||= !goes;
        return goes;
      });
      if (plan.create) createOn.push(name);
      remove.push(...plan.remove);
      if (waits || plan.create || plan.remove.length > 0) state.marked.add(name);
      if (entry.node === undefined && entry.pods.size === 0) {
        state.nodes.delete(name);
        state.marked.delete(name);
      }
    }
    return { remove, createOn };
  }

  #count(set: DaemonSet, state: DaemonNodes): void {
    const now = this.context.nowSeconds();
    state.setDaemonSet(set);
    for (const name of state.marked) {
      const entry = state.nodes.get(name);
      if (entry !== undefined) state.count(entry, now);
    }
  }

  /** A Pod that fails again and again on a Node is removed with growing delays. */
  #mayRemoveFailed(key: string, set: DaemonSet, nodeName: string, pod: Pod): boolean {
    const where = `${pod.metadata.namespace}/${pod.metadata.name} on node ${nodeName}`;
    if (pod.status?.phase === 'Succeeded') {
      const text = `Found succeeded daemon pod ${where}, will try to delete it`;
      this.recorder.event(set, 'Normal', 'SucceededDaemonPod', text);
      return true;
    }
    const nowNanos = this.context.sim.nowMicros * NANOS_PER_MICRO;
    const item = `${set.metadata.uid}/${set.status?.observedGeneration ?? 0}/${nodeName}`;
    if (this.#failedPods.isInBackoffSinceUpdate(item, nowNanos)) {
      this.queue.addAfter(key, this.#failedPods.getNanos(item) / NANOS_PER_MICRO);
      return false;
    }
    this.#failedPods.next(item, nowNanos, nowNanos);
    const text = `Found failed daemon pod ${where}, will try to kill it`;
    this.recorder.event(set, 'Warning', 'FailedDaemonPod', text);
    return true;
  }

  #update(
    key: string,
    set: DaemonSet,
    state: DaemonNodes,
    history: DaemonHistory,
    next: (error?: string) => void,
  ): void {
    const { client, sim } = this.context;
    const isRolling = (set.spec.updateStrategy?.type ?? 'RollingUpdate') === 'RollingUpdate';
    // Every scheduled Pod of the current revision: nothing to roll. This spares the way through all Nodes.
    const isDone = state.counts.updated === state.counts.current && state.counts.misscheduled === 0;
    const cleanUp = (error?: string): void => {
      if (error !== undefined) {
        next(error);
        return;
      }
      deleteRevisions(
        client,
        surplusRevisions(set, history.old, () => liveHashes(state)),
        next,
      );
    };
    if (!isRolling || (isDone && !this.#surges(set, state)) || !this.#expectations.satisfied(key, sim.nowMicros)) {
      cleanUp();
      return;
    }
    const plan = planUpdate(set, state, this.context.nowSeconds());
    this.#send(key, set, history.hash, plan.remove, plan.createOn, cleanUp);
  }

  #send(
    key: string,
    set: DaemonSet,
    hash: string,
    removeAll: readonly Pod[],
    createAll: readonly string[],
    next: (error?: string) => void,
  ): void {
    const remove = removeAll.slice(0, BURST_REPLICAS);
    const createOn = createAll.slice(0, BURST_REPLICAS);
    if (remove.length === 0 && createOn.length === 0) {
      next();
      return;
    }
    const uids = remove.map((pod) => pod.metadata.uid ?? '');
    this.#expectations.expect(key, createOn.length, uids, this.context.sim.nowMicros);
    const template = daemonTemplate(set, hash);
    const reference = controllerReference(set);
    const pod = podFromTemplate(set, template, reference);
    slowStart(
      createOn.length,
      (index, created) => {
        const spec = boundToNode(template.spec, createOn[index] as string);
        this.#podControl.create(set, { ...pod, spec }, created);
      },
      (successes, createError) => {
        if (successes < createOn.length) this.#expectations.creationObserved(key, createOn.length - successes);
        allAtOnce(
          remove,
          (victim, deleted) => {
            const gone = (): void => this.#expectations.deletionObserved(key, victim.metadata.uid ?? '');
            this.#podControl.delete(set, victim, gone, deleted);
          },
          (deleteError) => next(createError ?? deleteError),
        );
      },
    );
  }

  #writeStatus(key: string, set: DaemonSet, state: DaemonNodes, observed: boolean, done: SyncDone): void {
    const { counts } = state;
    if ((set.spec.minReadySeconds ?? 0) > 0 && counts.ready !== counts.available) {
      this.queue.addAfter(key, (set.spec.minReadySeconds ?? 0) * MICROS_PER_SECOND);
    }
    const generation = observed ? set.metadata.generation : set.status?.observedGeneration;
    const unavailable = Math.max(0, counts.desired - counts.available);
    const status: Status = {
      currentNumberScheduled: counts.current,
      numberMisscheduled: counts.misscheduled,
      desiredNumberScheduled: counts.desired,
      numberReady: counts.ready,
      ...(generation === undefined ? {} : { observedGeneration: generation }),
      ...(counts.updated === 0 ? {} : { updatedNumberScheduled: counts.updated }),
      ...(counts.available === 0 ? {} : { numberAvailable: counts.available }),
      ...(unavailable === 0 ? {} : { numberUnavailable: unavailable }),
      ...(set.status?.collisionCount === undefined ? {} : { collisionCount: set.status.collisionCount }),
    };
    if (sameStatus(set.status, status)) done();
    else this.#sendStatus(set, status, 1, done);
  }

  #sendStatus(set: DaemonSet, status: Status, retries: number, done: SyncDone): void {
    const { client } = this.context;
    client.updateStatus(DAEMON_SETS, { ...set, status }, (result) => {
      if (result.ok) {
        done();
      } else if (retries === 0) {
        done(messageOf(result));
      } else {
        const refusal = messageOf(result);
        client.get(DAEMON_SETS, set.metadata.namespace, set.metadata.name, (fresh) => {
          if (fresh.ok) this.#sendStatus(fresh.object, status, retries - 1, done);
          else done(refusal);
        });
      }
    });
  }
}

function liveHashes(state: DaemonNodes): ReadonlySet<string> {
  const hashes = new Set<string>();
  for (const entry of state.nodes.values()) {
    for (const pod of entry.pods.values()) hashes.add(pod.metadata.labels?.[REVISION_HASH_LABEL] ?? '');
  }
  return hashes;
}

function sameStatus(x: Status | undefined, y: Status): boolean {
  if (x === undefined) return false;
  const keys = Object.keys({ ...x, ...y }) as (keyof Status)[];
  return keys.every((key) => (x[key] ?? 0) === (y[key] ?? 0));
}
