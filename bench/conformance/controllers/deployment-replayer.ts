/** Replays recorded calls of the Deployment controller's arithmetic: limits, proportions, scaling, clean-up, status. */
import type { IntOrString } from '../../../models/objects/meta.ts';
import type { PodTemplateSpec } from '../../../models/objects/pod.ts';
import type { Deployment, ReplicaSet } from '../../../models/objects/workloads.ts';
import { podTemplateHash } from '../../../models/controllers/pod-template-hash.ts';
import { calculateStatus, deploymentComplete } from '../../../models/controllers/deployment/deployment-status.ts';
import {
  activeReplicaSets,
  DESIRED_REPLICAS_ANNOTATION,
  MAX_REPLICAS_ANNOTATION,
  REVISION_ANNOTATION,
} from '../../../models/controllers/deployment/replica-set-facts.ts';
import {
  maxSurge,
  maxUnavailable,
  minAvailable,
  resolveRolloutLimits,
} from '../../../models/controllers/deployment/rollout-limits.ts';
import {
  applyScale,
  newReplicaSetReplicas,
  planHistoryCleanup,
  planNewReplicaSet,
  planOldReplicaSets,
  planScale,
  proportionOf,
  type ScaleStep,
} from '../../../models/controllers/deployment/scale-plan.ts';
import { scaledIntOrPercent } from '../../../models/controllers/int-or-percent.ts';
import { primitiveReplayer } from './primitive-replayer.ts';

/** A ReplicaSet as the recording abbreviates it. */
interface ShortReplicaSet {
  readonly name: string;
  readonly replicas: number;
  readonly availableReplicas: number;
  readonly statusReplicas: number;
  readonly ageSeconds: number;
  readonly desiredAnnotation?: string;
  readonly maxAnnotation?: string;
  readonly revisionAnnotation?: string;
}

interface DeploymentInput {
  readonly op: string;
  readonly value?: IntOrString | null;
  readonly total?: number;
  readonly roundUp?: boolean;
  readonly desired?: number;
  readonly maxSurge: IntOrString;
  readonly maxUnavailable: IntOrString;
  readonly replicas?: number;
  readonly statusReplicas?: number;
  readonly recreate?: boolean;
  readonly revisionHistoryLimit?: number;
  readonly rs?: ShortReplicaSet;
  readonly toAdd?: number;
  readonly added?: number;
  readonly new?: ShortReplicaSet;
  readonly old?: readonly ShortReplicaSet[] | null;
  readonly template?: PodTemplateSpec;
  readonly collisionCount?: number | null;
}

const TEMPLATE: PodTemplateSpec = { spec: { containers: [] } };

/** Creation times that order the sets by age; any base does. */
function timestampOfAge(ageSeconds: number): string {
  return new Date(Date.UTC(2030, 0, 2) - ageSeconds * 1000).toISOString().replace('.000Z', 'Z');
}

function replicaSetOf(short: ShortReplicaSet): ReplicaSet {
  const annotations: Record<string, string> = {};
  if (short.desiredAnnotation) annotations[DESIRED_REPLICAS_ANNOTATION] = short.desiredAnnotation;
  if (short.maxAnnotation) annotations[MAX_REPLICAS_ANNOTATION] = short.maxAnnotation;
  if (short.revisionAnnotation) annotations[REVISION_ANNOTATION] = short.revisionAnnotation;
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: short.name,
      uid: short.name,
      annotations,
      creationTimestamp: timestampOfAge(short.ageSeconds),
    },
    spec: { replicas: short.replicas, selector: {}, template: TEMPLATE },
    status: {
      replicas: short.statusReplicas,
      readyReplicas: short.availableReplicas,
      availableReplicas: short.availableReplicas,
    },
  };
}

function deploymentOf(input: DeploymentInput, replicas: number, statusReplicas: number): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd' },
    spec: {
      replicas,
      selector: {},
      template: TEMPLATE,
      strategy: input.recreate
        ? { type: 'Recreate' }
        : {
            type: 'RollingUpdate',
            rollingUpdate: { maxSurge: input.maxSurge, maxUnavailable: input.maxUnavailable },
          },
      ...(input.revisionHistoryLimit === undefined ? {} : { revisionHistoryLimit: input.revisionHistoryLimit }),
    },
    status: { replicas: statusReplicas },
  };
}

/** Writes the steps as the API server would, one on top of the other, and notes the events. */
function applied(sets: readonly ReplicaSet[], steps: readonly ScaleStep[], deployment: Deployment) {
  const state = new Map(sets.map((set) => [set.metadata.name, set]));
  const events: string[] = [];
  for (const step of steps) {
    const name = step.replicaSet.metadata.name;
    const scaled = applyScale({ ...step, replicaSet: state.get(name) as ReplicaSet }, deployment);
    if (scaled === undefined) continue;
    state.set(name, scaled.replicaSet);
    if (scaled.from === undefined) continue;
    const direction = scaled.from < step.replicas ? 'up' : 'down';
    events.push(
      `Normal ScalingReplicaSet Scaled ${direction} replica set ${name} from ${scaled.from} to ${step.replicas}`,
    );
  }
  return { events, replicaSets: shortened([...state.values()]), scaled: events.length > 0 };
}

function shortened(sets: readonly ReplicaSet[]) {
  return sets
    .map((set) => ({
      name: set.metadata.name,
      replicas: set.spec.replicas ?? 0,
      desiredAnnotation: set.metadata.annotations?.[DESIRED_REPLICAS_ANNOTATION] ?? '',
      maxAnnotation: set.metadata.annotations?.[MAX_REPLICAS_ANNOTATION] ?? '',
    }))
    .sort((x, y) => (x.name < y.name ? -1 : 1));
}

function limits(input: DeploymentInput) {
  const { desired = 0 } = input;
  const { surge, unavailable } = resolveRolloutLimits(input.maxSurge, input.maxUnavailable, desired);
  const deployment = deploymentOf(input, desired, 0);
  return {
    surge,
    unavailable,
    MaxSurge: maxSurge(deployment),
    MaxUnavailable: maxUnavailable(deployment),
    MinAvailable: minAvailable(deployment),
  };
}

function status(deployment: Deployment, all: readonly ReplicaSet[], fresh: ReplicaSet | undefined) {
  const result = calculateStatus(deployment, all, fresh, timestampOfAge(0));
  return {
    available: result.availableReplicas ?? 0,
    complete: deploymentComplete(deployment, result),
    conditions: (result.conditions ?? []).map(({ type, status: value, reason, message }) => ({
      type,
      status: value,
      reason,
      message,
    })),
    ready: result.readyReplicas ?? 0,
    replicas: result.replicas ?? 0,
    unavailable: result.unavailableReplicas ?? 0,
    updated: result.updatedReplicas ?? 0,
  };
}

function onReplicaSets(input: DeploymentInput): unknown {
  const fresh = input.new === undefined ? undefined : replicaSetOf(input.new);
  const old = (input.old ?? []).map(replicaSetOf);
  const all = fresh === undefined ? old : [...old, fresh];
  const sum = all.reduce((total, set) => total + (set.status?.replicas ?? 0), 0);
  const deployment = deploymentOf(input, input.replicas ?? 0, sum);
  const newSet = fresh as ReplicaSet;
  switch (input.op) {
    case 'newRSNewReplicas':
      return newReplicaSetReplicas(deployment, all, newSet);
    case 'scale': {
      const { scaled: _scaled, ...rest } = applied(all, planScale(deployment, fresh, old), deployment);
      return rest;
    }
    case 'reconcileNew':
      return applied(all, planNewReplicaSet(deployment, all, newSet), deployment);
    case 'reconcileOld':
      return applied(all, planOldReplicaSets(deployment, all, activeReplicaSets(old), newSet), deployment);
    case 'cleanup': {
      const gone = planHistoryCleanup(deployment, old).map((set) => set.metadata.name);
      const left = all.filter((set) => !gone.includes(set.metadata.name));
      return { actions: gone.map((name) => `delete${name}`), events: [], replicaSets: shortened(left) };
    }
    case 'status':
      return status(deployment, all, fresh);
    default:
      throw new RangeError(`operation is ${input.op}; it is not one of the recorded ones`);
  }
}

function run(input: DeploymentInput): unknown {
  switch (input.op) {
    case 'resolveFenceposts':
      return limits(input);
    case 'scaledValue':
      return scaledIntOrPercent(input.value, input.total ?? 0, input.roundUp ?? false);
    case 'proportion': {
      const deployment = deploymentOf(input, input.replicas ?? 0, input.statusReplicas ?? 0);
      return proportionOf(replicaSetOf(input.rs as ShortReplicaSet), deployment, input.toAdd ?? 0, input.added ?? 0);
    }
    case 'computeHash':
      return podTemplateHash(input.template as PodTemplateSpec, input.collisionCount ?? undefined);
    default:
      return onReplicaSets(input);
  }
}

export const deploymentReplayer = primitiveReplayer<DeploymentInput>(
  'deployment',
  'deployment controller arithmetic',
  (input, recorded) => ({ expected: recorded, found: run(input) }),
);
