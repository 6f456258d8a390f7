/**
 * Whether an object may be stored: the rules of the API server for the fields that the models rely on, with its messages. Objects
 * are checked after defaulting.
 */
import type { ConfigMap, PriorityClass } from '../cluster-objects.ts';
import { type FieldError, forbidden, invalid } from '../field-error.ts';
import type { KubeObject } from '../meta.ts';
import type { Node } from '../node.ts';
import type { Pod } from '../pod.ts';
import type { Resource } from '../resources.ts';
import { semanticEqual } from '../semantic-equal.ts';
import type { Service } from '../service.ts';
import type { PersistentVolumeClaim } from '../storage.ts';
import type { DaemonSet, Deployment, PodDisruptionBudget, ReplicaSet, ReplicationController } from '../workloads.ts';
import { metadataErrors } from './metadata-rules.ts';
import { claimErrors, configMapErrors, nodeErrors, priorityClassErrors, serviceErrors } from './other-rules.ts';
import { podSpecErrors } from './pod-rules.ts';
import { podUpdateErrors } from './pod-update-rules.ts';
import {
  daemonSetErrors,
  deploymentErrors,
  disruptionBudgetErrors,
  replicaSetErrors,
  replicationControllerErrors,
} from './workload-rules.ts';

type Rule = (object: KubeObject) => readonly FieldError[];

const BY_KIND: Readonly<Record<string, Rule | undefined>> = {
  Pod: (object) => podSpecErrors((object as Pod).spec, 'spec'),
  Deployment: (object) => deploymentErrors(object as Deployment),
  ReplicaSet: (object) => replicaSetErrors(object as ReplicaSet),
  DaemonSet: (object) => daemonSetErrors(object as DaemonSet),
  ReplicationController: (object) => replicationControllerErrors(object as ReplicationController),
  PodDisruptionBudget: (object) => disruptionBudgetErrors(object as PodDisruptionBudget),
  Service: (object) => serviceErrors(object as Service),
  Node: (object) => nodeErrors(object as Node),
  PriorityClass: (object) => priorityClassErrors(object as PriorityClass),
  ConfigMap: (object) => configMapErrors(object as ConfigMap),
  PersistentVolumeClaim: (object) => claimErrors(object as PersistentVolumeClaim),
};

/** What is wrong with an object, in the order in which the API server says it; empty when it may be stored. */
export function validate<T extends KubeObject>(resource: Resource<T>, object: T): readonly FieldError[] {
  const errors = metadataErrors(resource, object);
  const own = BY_KIND[resource.kind]?.(object) ?? [];
  return errors.length === 0 ? own : [...errors, ...own];
}

const IMMUTABLE_SELECTOR = new Set(['Deployment', 'ReplicaSet', 'DaemonSet', 'StatefulSet']);

interface Selecting extends KubeObject {
  readonly spec?: { readonly selector?: unknown };
}

/**
 * What is wrong with a change besides what `validate` says of the new object: fields that never change.
 */
export function validateUpdate<T extends KubeObject>(resource: Resource<T>, next: T, old: T): readonly FieldError[] {
  const errors: FieldError[] = [];
  const text = 'field is immutable';
  if (next.metadata.uid && next.metadata.uid !== old.metadata.uid) {
    errors.push(invalid('metadata.uid', next.metadata.uid, text));
  }
  if (old.metadata.deletionTimestamp !== undefined) {
    const added = (next.metadata.finalizers ?? []).filter((name) => !old.metadata.finalizers?.includes(name));
    if (added.length > 0) {
      const list = added.map((name) => JSON.stringify(name)).join(', ');
      const detail = `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`;
      errors.push(forbidden('metadata.finalizers', detail));
    }
  }
  if (IMMUTABLE_SELECTOR.has(resource.kind)) {
    const before = (old as Selecting).spec?.selector;
    const after = (next as Selecting).spec?.selector;
    if (!semanticEqual(after, before)) {
      errors.push(invalid('spec.selector', after, text));
    }
  }
  if (resource.kind === 'Pod') errors.push(...podUpdateErrors(next as unknown as Pod, old as unknown as Pod));
  return errors;
}
