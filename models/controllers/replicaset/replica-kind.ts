/**
 * What differs between ReplicaSet and ReplicationController, which one implementation serves.
 * Source: pkg/controller/replication/conversion.go, replica_set.go.
 */
import type { KubeObject, LabelSelector, Labels } from '../../objects/meta.ts';
import type { PodTemplateSpec } from '../../objects/pod.ts';
import { REPLICA_SETS, REPLICATION_CONTROLLERS, type Resource } from '../../objects/resources.ts';
import type { ReplicaSet, ReplicaSetStatus, ReplicationController } from '../../objects/workloads.ts';

/** Either kind, as the controller reads it. */
export interface Replicated extends KubeObject {
  readonly spec: {
    readonly replicas?: number;
    readonly minReadySeconds?: number;
    readonly template?: PodTemplateSpec;
  };
  readonly status?: ReplicaSetStatus;
}

export interface ReplicaKind<T extends Replicated> {
  readonly resource: Resource<T>;
  readonly kind: string;
  /** Controller name for `--controllers`. */
  readonly controller: string;
  /** Source of its Events. */
  readonly component: string;
  selectorOf(object: T): LabelSelector | undefined;
}

export const REPLICA_SET_KIND: ReplicaKind<ReplicaSet> = {
  resource: REPLICA_SETS,
  kind: 'ReplicaSet',
  controller: 'replicaset-controller',
  component: 'replicaset-controller',
  selectorOf: (object) => object.spec.selector,
};

const labelSelectors = new WeakMap<Labels, LabelSelector>();

/** A ReplicationController selects by plain labels; the same labels give the same selector object. */
function selectorOfLabels(labels: Labels | undefined): LabelSelector | undefined {
  if (labels === undefined) return undefined;
  let selector = labelSelectors.get(labels);
  if (selector === undefined) {
    selector = { matchLabels: labels };
    labelSelectors.set(labels, selector);
  }
  return selector;
}

export const REPLICATION_CONTROLLER_KIND: ReplicaKind<ReplicationController> = {
  resource: REPLICATION_CONTROLLERS,
  kind: 'ReplicationController',
  controller: 'replicationcontroller-controller',
  component: 'replication-controller',
  selectorOf: (object) => selectorOfLabels(object.spec.selector),
};
