/**
 * One sync of one Deployment: finds or makes its current ReplicaSet, moves sizes one step on, and writes the status.
 * Source: pkg/controller/deployment/{deployment_controller,sync,rolling,recreate,progress}.go. As there, the sync goes on
 * with the Deployment that it began with: a second status write in one sync is refused as out of date, and the key is
 * tried again.
 */
import type { Client } from '../../client/client.ts';
import type { Condition } from '../../objects/meta.ts';
import { updatedStatus } from '../../objects/object-copies.ts';
import { DEPLOYMENTS, REPLICA_SETS } from '../../objects/resources.ts';
import type { Deployment, DeploymentStatus, ReplicaSet } from '../../objects/workloads.ts';
import { newCondition, withCondition } from '../conditions.ts';
import { isNamespaceTerminating, messageOf, type SyncDone } from '../controller.ts';
import type { Recorder } from '../controller-context.ts';
import { isEmptySelector } from '../label-match.ts';
import { controllerOf } from '../pod-facts.ts';
import { podTemplateHash } from '../pod-template-hash.ts';
import { sameTemplate } from '../semantic-equal.ts';
import { oneByOne } from '../slow-start.ts';
import {
  calculateStatus,
  DEPLOYMENT_PAUSED,
  deploymentComplete,
  hasProgressDeadline,
  PROGRESS_DEADLINE_EXCEEDED,
  progressCheckDelaySeconds,
  progressingCondition,
  rolloutStatus,
  sameStatus,
} from './deployment-status.ts';
import {
  activeReplicaSets,
  annotatedInteger,
  DESIRED_REPLICAS_ANNOTATION,
  maxRevision,
  POD_TEMPLATE_HASH_LABEL,
  REVISION_ANNOTATION,
  specReplicas,
  totalActualReplicas,
} from './replica-set-facts.ts';
import { findNewReplicaSet, makeReplicaSet, newReplicaSetAnnotations, sameAnnotations } from './revisions.ts';
import { desiredReplicas, isRollingUpdate } from './rollout-limits.ts';
import {
  applyScale,
  newReplicaSetReplicas,
  planHistoryCleanup,
  planNewReplicaSet,
  planOldReplicaSets,
  planRecreate,
  planScale,
  type ScaleStep,
} from './scale-plan.ts';

/** What a sync needs of its controller. */
export interface DeploymentSurroundings {
  readonly client: Client;
  readonly recorder: Recorder;
  nowSeconds(): number;
  nowTimestamp(): string;
  /** From the cache. */
  replicaSet(namespace: string | undefined, name: string): ReplicaSet | undefined;
  /** Whether any Pod of the ReplicaSet is not finished. */
  hasRunningPods(set: ReplicaSet): boolean;
  /** Looks at the Deployment again after so many seconds. */
  checkAfter(deployment: Deployment, delaySeconds: number): void;
  /** Its one ReplicaSet is in place, and from it this status follows. */
  concluded(deployment: Deployment, set: ReplicaSet, status: DeploymentStatus): void;
}

type Next = () => void;

export class DeploymentSync {
  readonly #around: DeploymentSurroundings;
  readonly #done: SyncDone;
  readonly #sets: readonly ReplicaSet[];
  #deployment: Deployment;
  #new: ReplicaSet | undefined;
  /** The one ReplicaSet, when there is nothing to do but to count its Pods. */
  #inPlace: ReplicaSet | undefined;
  #old: readonly ReplicaSet[] = [];

  constructor(around: DeploymentSurroundings, deployment: Deployment, sets: readonly ReplicaSet[], done: SyncDone) {
    this.#around = around;
    this.#deployment = deployment;
    this.#sets = sets;
    this.#done = done;
  }

  run(): void {
    const deployment = this.#deployment;
    if (isEmptySelector(deployment.spec.selector)) {
      this.#refuseEmptySelector();
    } else if (deployment.metadata.deletionTimestamp !== undefined) {
      this.#resolve(false, () => this.#writeStatus(this.#calculated()));
    } else if (this.#isInPlace()) {
      this.#inPlace = this.#new;
      this.#finishStep(false);
    } else {
      this.#notePaused(() => this.#resolve(false, () => this.#decide()));
    }
  }

  /**
   * Most syncs only count Pods: there is one ReplicaSet, it is the current one, and neither its size nor what it or the Deployment says
   * of it has to change. Those go straight to the status, past the steps that would find nothing to do.
   */
  #isInPlace(): boolean {
    const deployment = this.#deployment;
    const [set] = this.#sets;
    if (set === undefined || this.#sets.length > 1 || deployment.spec.paused === true) return false;
    if (!isRollingUpdate(deployment)) return false;
    const desired = desiredReplicas(deployment);
    const progressing = progressingCondition(deployment.status);
    const isSteady =
      specReplicas(set) === desired &&
      desired > 0 &&
      annotatedInteger(set, DESIRED_REPLICAS_ANNOTATION) === desired &&
      (set.spec.minReadySeconds ?? 0) === (deployment.spec.minReadySeconds ?? 0) &&
      progressing?.reason !== DEPLOYMENT_PAUSED &&
      (progressing !== undefined || !hasProgressDeadline(deployment)) &&
      findNewReplicaSet(deployment, this.#sets) === set;
    if (!isSteady) return false;
    const annotations = newReplicaSetAnnotations(deployment, set, 1);
    const isNoted =
      annotations === set.metadata.annotations &&
      deployment.metadata.annotations?.[REVISION_ANNOTATION] === (annotations[REVISION_ANNOTATION] ?? '');
    if (isNoted) this.#new = set;
    return isNoted;
  }

  #decide(): void {
    const deployment = this.#deployment;
    if (deployment.spec.paused === true || this.#isScalingEvent()) this.#scale();
    else if (isRollingUpdate(deployment)) this.#resolve(true, () => this.#rollOut());
    else this.#recreate();
  }

  get #all(): readonly ReplicaSet[] {
    if (this.#new === undefined) return this.#old;
    return this.#old.length === 0 ? [this.#new] : [...this.#old, this.#new];
  }

  #calculated(): DeploymentStatus {
    return calculateStatus(this.#deployment, this.#all, this.#new, this.#around.nowTimestamp());
  }

  #refuseEmptySelector(): void {
    const deployment = this.#deployment;
    const text = 'This deployment is selecting all pods. A non-empty selector is required.';
    this.#around.recorder.event(deployment, 'Warning', 'SelectingAll', text);
    const { generation } = deployment.metadata;
    if (generation === undefined || (deployment.status?.observedGeneration ?? 0) >= generation) this.#done();
    else this.#writeStatus({ ...deployment.status, observedGeneration: generation });
  }

  /** spec.replicas is not what the ReplicaSets were last scaled for. */
  #isScalingEvent(): boolean {
    const desired = desiredReplicas(this.#deployment);
    for (const set of this.#all) {
      if (specReplicas(set) === 0) continue;
      const annotated = annotatedInteger(set, DESIRED_REPLICAS_ANNOTATION);
      if (annotated !== undefined && annotated !== desired) return true;
    }
    return false;
  }

  /** A paused rollout must not run into its deadline: the condition says that it is paused, or has been resumed. */
  #notePaused(next: Next): void {
    const deployment = this.#deployment;
    const current = progressingCondition(deployment.status);
    const paused = deployment.spec.paused === true;
    const wasPaused = current?.reason === DEPLOYMENT_PAUSED;
    if (!hasProgressDeadline(deployment) || current?.reason === PROGRESS_DEADLINE_EXCEEDED || paused === wasPaused) {
      next();
      return;
    }
    const now = this.#around.nowTimestamp();
    const condition = paused
      ? newCondition('Progressing', 'Unknown', DEPLOYMENT_PAUSED, 'Deployment is paused', now)
      : newCondition('Progressing', 'Unknown', 'DeploymentResumed', 'Deployment is resumed', now);
    this.#setCondition(condition);
    this.#sendDeployment(next);
  }

  #setCondition(condition: Condition): void {
    const deployment = this.#deployment;
    const conditions = withCondition(deployment.status?.conditions ?? [], condition);
    this.#deployment = { ...deployment, status: { ...deployment.status, conditions } };
  }

  /** Sets the revision annotation; true when it was another. */
  #setRevision(revision: string): boolean {
    const deployment = this.#deployment;
    if (deployment.metadata.annotations?.[REVISION_ANNOTATION] === revision) return false;
    const annotations = { ...deployment.metadata.annotations, [REVISION_ANNOTATION]: revision };
    this.#deployment = { ...deployment, metadata: { ...deployment.metadata, annotations } };
    return true;
  }

  /** Writes conditions and revision through the status. */
  #sendDeployment(next: Next): void {
    this.#around.client.updateStatus(DEPLOYMENTS, this.#deployment, (result) => {
      if (result.ok) next();
      else this.#done(messageOf(result));
    });
  }

  /** Tells current from old ReplicaSets and brings revisions up to date; makes the current one if asked to. */
  #resolve(create: boolean, next: Next): void {
    if (this.#new === undefined) {
      const found = findNewReplicaSet(this.#deployment, this.#sets);
      this.#new = found;
      this.#old = found === undefined ? this.#sets : without(this.#sets, found);
    }
    const revision = maxRevision(this.#old) + 1;
    if (this.#new !== undefined) this.#refreshNew(this.#new, revision, next);
    else if (create) this.#create(revision, next);
    else next();
  }

  #refreshNew(set: ReplicaSet, revision: number, next: Next): void {
    const deployment = this.#deployment;
    const annotations = newReplicaSetAnnotations(deployment, set, revision);
    const minReadySeconds = deployment.spec.minReadySeconds ?? 0;
    const isStale =
      !sameAnnotations(set.metadata.annotations, annotations) || (set.spec.minReadySeconds ?? 0) !== minReadySeconds;
    if (isStale) {
      const fresh = {
        ...set,
        metadata: { ...set.metadata, annotations },
        spec: minReadySeconds === (set.spec.minReadySeconds ?? 0) ? set.spec : { ...set.spec, minReadySeconds },
      };
      this.#around.client.update(REPLICA_SETS, fresh, (result) => {
        if (!result.ok) {
          this.#done(messageOf(result));
          return;
        }
        this.#new = result.object;
        next();
      });
      return;
    }
    let changed = this.#setRevision(annotations[REVISION_ANNOTATION] ?? '');
    if (hasProgressDeadline(deployment) && progressingCondition(deployment.status) === undefined) {
      const text = `Found new replica set ${JSON.stringify(set.metadata.name)}`;
      this.#setCondition(newCondition('Progressing', 'True', 'FoundNewReplicaSet', text, this.#around.nowTimestamp()));
      changed = true;
    }
    if (changed) this.#sendDeployment(next);
    else next();
  }

  #create(revision: number, next: Next): void {
    const deployment = this.#deployment;
    const hash = podTemplateHash(deployment.spec.template, deployment.status?.collisionCount);
    const empty = makeReplicaSet(deployment, hash, revision);
    const replicas = newReplicaSetReplicas(deployment, [...this.#old, empty], empty);
    const set = { ...empty, spec: { ...empty.spec, replicas } };
    this.#around.client.create(REPLICA_SETS, set, (result) => {
      if (result.ok) this.#created(result.object, replicas, revision, next);
      else if (result.status.reason === 'AlreadyExists') this.#collided(set, revision, next);
      else if (isNamespaceTerminating(result.status)) this.#done();
      else this.#createFailed(set, messageOf(result));
    });
  }

  #created(set: ReplicaSet, replicas: number, revision: number, next: Next): void {
    const { name } = set.metadata;
    this.#new = set;
    if (replicas > 0) this.#recordScaling('up', name, 0, replicas);
    let changed = this.#setRevision(String(revision));
    if (hasProgressDeadline(this.#deployment)) {
      const text = `Created new replica set ${JSON.stringify(name)}`;
      this.#setCondition(
        newCondition('Progressing', 'True', 'NewReplicaSetCreated', text, this.#around.nowTimestamp()),
      );
      changed = true;
    }
    if (changed) this.#sendDeployment(next);
    else next();
  }

  /** The name is taken: by the same ReplicaSet that the cache did not show yet, or by another with the same hash. */
  #collided(set: ReplicaSet, revision: number, next: Next): void {
    const deployment = this.#deployment;
    const taken = this.#around.replicaSet(set.metadata.namespace, set.metadata.name);
    if (taken === undefined) {
      this.#done(`replicaset.apps ${JSON.stringify(set.metadata.name)} not found`);
      return;
    }
    const isOwn = controllerOf(taken)?.uid === deployment.metadata.uid;
    if (isOwn && sameTemplate(taken.spec.template, deployment.spec.template, POD_TEMPLATE_HASH_LABEL)) {
      this.#new = taken;
      if (this.#setRevision(String(revision))) this.#sendDeployment(next);
      else next();
      return;
    }
    const collisionCount = (deployment.status?.collisionCount ?? 0) + 1;
    const status = { ...deployment.status, collisionCount };
    const refusal = `replicasets.apps ${JSON.stringify(set.metadata.name)} already exists`;
    this.#around.client.updateStatus(DEPLOYMENTS, { ...deployment, status }, () => this.#done(refusal));
  }

  #createFailed(set: ReplicaSet, reason: string): void {
    const text = `Failed to create new replica set ${JSON.stringify(set.metadata.name)}: ${reason}`;
    const fail = (): void => {
      this.#around.recorder.event(this.#deployment, 'Warning', 'ReplicaSetCreateError', text);
      this.#done(reason);
    };
    if (!hasProgressDeadline(this.#deployment)) {
      fail();
      return;
    }
    const now = this.#around.nowTimestamp();
    this.#setCondition(newCondition('Progressing', 'False', 'ReplicaSetCreateError', text, now));
    this.#around.client.updateStatus(DEPLOYMENTS, this.#deployment, fail);
  }

  #recordScaling(direction: 'up' | 'down', name: string, from: number, to: number): void {
    const text = `Scaled ${direction} replica set ${name} from ${from} to ${to}`;
    this.#around.recorder.event(this.#deployment, 'Normal', 'ScalingReplicaSet', text);
  }

  /** Writes the steps one after the other; `next` learns whether any size has changed. */
  #apply(steps: readonly ScaleStep[], next: (scaled: boolean) => void): void {
    if (steps.length === 0) {
      next(false);
      return;
    }
    const latest = new Map<string, ReplicaSet>();
    let scaled = false;
    const write = (step: ScaleStep, done: (error?: string) => void): void => {
      const { name } = step.replicaSet.metadata;
      const change = applyScale({ ...step, replicaSet: latest.get(name) ?? step.replicaSet }, this.#deployment);
      if (change === undefined) {
        done();
        return;
      }
      this.#around.client.update(REPLICA_SETS, change.replicaSet, (result) => {
        if (!result.ok) {
          done(messageOf(result));
          return;
        }
        latest.set(name, result.object);
        if (change.from !== undefined) {
          scaled = true;
          this.#recordScaling(change.from < step.replicas ? 'up' : 'down', name, change.from, step.replicas);
        }
        done();
      });
    };
    oneByOne(steps, write, (error) => {
      if (error === undefined) next(scaled);
      else this.#done(error);
    });
  }

  /** For a change of size, and while paused. */
  #scale(): void {
    this.#apply(planScale(this.#deployment, this.#new, this.#old), () => {
      const finish = (): void => this.#writeStatus(this.#calculated());
      if (this.#deployment.spec.paused === true) this.#cleanUp(finish);
      else finish();
    });
  }

  #rollOut(): void {
    const fresh = this.#new as ReplicaSet;
    this.#apply(planNewReplicaSet(this.#deployment, this.#all, fresh), (grown) => {
      if (grown) {
        this.#finishRollout();
        return;
      }
      const steps = planOldReplicaSets(this.#deployment, this.#all, activeReplicaSets(this.#old), fresh);
      this.#apply(steps, (shrunk) => this.#finishStep(shrunk));
    });
  }

  #recreate(): void {
    this.#apply(planRecreate(activeReplicaSets(this.#old)), (shrunk) => {
      if (shrunk || this.#oldPodsRunning()) {
        this.#finishRollout();
        return;
      }
      this.#resolve(true, () => {
        const fresh = this.#new as ReplicaSet;
        const step = { replicaSet: fresh, replicas: desiredReplicas(this.#deployment) };
        const steps = fresh.spec.replicas === step.replicas ? [] : [step];
        this.#apply(steps, () => this.#finishStep(false));
      });
    });
  }

  #oldPodsRunning(): boolean {
    return totalActualReplicas(this.#old) > 0 || this.#old.some((set) => this.#around.hasRunningPods(set));
  }

  #finishStep(scaled: boolean): void {
    if (!scaled && deploymentComplete(this.#deployment, this.#deployment.status)) {
      this.#cleanUp(() => this.#finishRollout());
    } else {
      this.#finishRollout();
    }
  }

  #cleanUp(next: Next): void {
    if (this.#old.length === 0) {
      next();
      return;
    }
    const remove = (set: ReplicaSet, done: (error?: string) => void): void =>
      this.#around.client.delete(REPLICA_SETS, set.metadata.namespace, set.metadata.name, {}, (result) =>
        done(result.ok || result.status.reason === 'NotFound' ? undefined : messageOf(result)),
      );
    oneByOne(planHistoryCleanup(this.#deployment, this.#old), remove, (error) => {
      if (error === undefined) next();
      else this.#done(error);
    });
  }

  #finishRollout(): void {
    const deployment = this.#deployment;
    const around = this.#around;
    const status = rolloutStatus(deployment, this.#all, this.#new, around.nowTimestamp(), around.nowSeconds());
    if (this.#inPlace !== undefined) around.concluded(deployment, this.#inPlace, status);
    if (sameStatus(deployment.status, status)) {
      const delaySeconds = progressCheckDelaySeconds(deployment, status, this.#around.nowSeconds());
      if (delaySeconds !== undefined) this.#around.checkAfter(deployment, delaySeconds);
    }
    this.#writeStatus(status);
  }

  #writeStatus(status: DeploymentStatus): void {
    if (sameStatus(this.#deployment.status, status)) {
      this.#done();
      return;
    }
    this.#around.client.updateStatus(DEPLOYMENTS, updatedStatus(this.#deployment, status), (result) =>
      this.#done(result.ok ? undefined : messageOf(result)),
    );
  }
}

const NO_SETS: readonly ReplicaSet[] = [];

function without(sets: readonly ReplicaSet[], found: ReplicaSet): readonly ReplicaSet[] {
  return sets.length === 1 ? NO_SETS : sets.filter((set) => set !== found);
}
