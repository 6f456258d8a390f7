/**
 * Revisions of a Deployment: which ReplicaSet is the current one, and what its annotations say.
 * Source: pkg/controller/deployment/util/deployment_util.go (FindNewReplicaSet, SetNewReplicaSetAnnotations),
 * pkg/controller/deployment/sync.go (getNewReplicaSet).
 */
import type { LabelSelector } from '../../objects/meta.ts';
import type { PodTemplateSpec } from '../../objects/pod.ts';
import type { Deployment, ReplicaSet } from '../../objects/workloads.ts';
import { controllerReference } from '../pod-control.ts';
import { sameTemplate } from '../semantic-equal.ts';
import {
  annotatedInteger,
  byCreation,
  DESIRED_REPLICAS_ANNOTATION,
  MAX_REPLICAS_ANNOTATION,
  POD_TEMPLATE_HASH_LABEL,
  REVISION_ANNOTATION,
  REVISION_HISTORY_ANNOTATION,
} from './replica-set-facts.ts';
import { desiredReplicas, maxSurge } from './rollout-limits.ts';

/** Characters that the history of revisions may have; the oldest ones are dropped. */
const HISTORY_LIMIT = 2000;

const NOT_COPIED = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION_ANNOTATION,
  REVISION_HISTORY_ANNOTATION,
  DESIRED_REPLICAS_ANNOTATION,
  MAX_REPLICAS_ANNOTATION,
  'deprecated.deployment.rollback.to',
]);

/** The ReplicaSet whose template is the Deployment's; the oldest, should there be several. */
export function findNewReplicaSet(deployment: Deployment, sets: readonly ReplicaSet[]): ReplicaSet | undefined {
  const oldestFirst = sets.length > 1 ? sets.toSorted(byCreation) : sets;
  return oldestFirst.find((set) => sameTemplate(set.spec.template, deployment.spec.template, POD_TEMPLATE_HASH_LABEL));
}

function withRevisionInHistory(history: string, revision: string): string {
  if (history === '') return revision;
  const revisions = history.split(',');
  let length = history.length + revision.length + 1;
  let start = 0;
  while (length > HISTORY_LIMIT && start < revisions.length) {
    length -= (revisions[start] as string).length + 1;
    start++;
  }
  return length <= HISTORY_LIMIT ? [...revisions.slice(start), revision].join(',') : history;
}

/** The annotations that the current ReplicaSet should have: the Deployment's own, its revision and its history. */
export function newReplicaSetAnnotations(
  deployment: Deployment,
  set: ReplicaSet,
  revision: number,
): Readonly<Record<string, string>> {
  const before = set.metadata.annotations;
  const own = deployment.metadata.annotations;
  const current = annotatedInteger(set, REVISION_ANNOTATION);
  if (before !== undefined && current !== undefined && current >= revision && hasCopied(before, own)) return before;
  const annotations: Record<string, string> = { ...before };
  for (const key in own) if (!NOT_COPIED.has(key)) annotations[key] = own[key] as string;
  const text = annotations[REVISION_ANNOTATION];
  if (text !== undefined && text !== '' && current === undefined) return annotations;
  if ((current ?? 0) < revision) {
    annotations[REVISION_ANNOTATION] = String(revision);
    if (text !== undefined) {
      annotations[REVISION_HISTORY_ANNOTATION] = withRevisionInHistory(
        annotations[REVISION_HISTORY_ANNOTATION] ?? '',
        text,
      );
    }
  }
  return annotations;
}

/** Whether every annotation of the Deployment that is copied is there already. */
function hasCopied(copies: Readonly<Record<string, string>>, own: Readonly<Record<string, string>> = {}): boolean {
  for (const key in own) if (copies[key] !== own[key] && !NOT_COPIED.has(key)) return false;
  return true;
}

export function sameAnnotations(
  x: Readonly<Record<string, string>> | undefined,
  y: Readonly<Record<string, string>>,
): boolean {
  if (x === y) return true;
  for (const key in x) if (y[key] === undefined) return false;
  for (const key in y) if (x?.[key] !== y[key]) return false;
  return true;
}

function withHashLabel(selector: LabelSelector, hash: string): LabelSelector {
  return { ...selector, matchLabels: { ...selector.matchLabels, [POD_TEMPLATE_HASH_LABEL]: hash } };
}

/** A ReplicaSet of the Deployment's template, without Pods yet. */
export function makeReplicaSet(deployment: Deployment, hash: string, revision: number): ReplicaSet {
  const { name, namespace } = deployment.metadata;
  const { template, minReadySeconds, selector } = deployment.spec;
  const labels = { ...template.metadata?.labels, [POD_TEMPLATE_HASH_LABEL]: hash };
  const hashed: PodTemplateSpec = { ...template, metadata: { ...template.metadata, labels } };
  const set: ReplicaSet = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-${hash}`,
      ...(namespace === undefined ? {} : { namespace }),
      labels,
      ownerReferences: [controllerReference(deployment)],
    },
    spec: {
      replicas: 0,
      ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
      selector: withHashLabel(selector, hash),
      template: hashed,
    },
  };
  const desired = desiredReplicas(deployment);
  const annotations = {
    ...newReplicaSetAnnotations(deployment, set, revision),
    [DESIRED_REPLICAS_ANNOTATION]: String(desired),
    [MAX_REPLICAS_ANNOTATION]: String(desired + maxSurge(deployment)),
  };
  return { ...set, metadata: { ...set.metadata, annotations } };
}
