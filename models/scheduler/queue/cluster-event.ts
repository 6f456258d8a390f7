/**
 * Cluster events: what happened in the cluster, as the scheduling queue and the queueing hints see it. An event is a
 * resource and an action bit; a plugin registers a resource and a set of action bits.
 *
 * Source: staging/src/k8s.io/kube-scheduler/framework/types.go (ActionType), pkg/scheduler/framework/{types,events}.go.
 */

export const ADD = 1;
export const DELETE = 1 << 1;
export const UPDATE_NODE_ALLOCATABLE = 1 << 2;
export const UPDATE_NODE_LABEL = 1 << 3;
export const UPDATE_NODE_TAINT = 1 << 4;
export const UPDATE_NODE_CONDITION = 1 << 5;
export const UPDATE_NODE_ANNOTATION = 1 << 6;
export const UPDATE_POD_LABEL = 1 << 7;
export const UPDATE_POD_SCALE_DOWN = 1 << 8;
export const UPDATE_POD_TOLERATION = 1 << 9;
export const UPDATE_POD_SCHEDULING_GATES_ELIMINATED = 1 << 10;
export const UPDATE_POD_GENERATED_RESOURCE_CLAIM = 1 << 11;
/** Every bit; the highest, 1 << 12, is set only in the general update of a Pod. */
export const ALL_ACTIONS = (1 << 13) - 1;
/** Any update: every bit from UPDATE_NODE_ALLOCATABLE up. */
export const UPDATE = ALL_ACTIONS & ~(ADD | DELETE);

/** Resources that events are about. `AssignedPod` and `UnschedulablePod` never occur in a registration, which says `Pod`. */
export type EventResource =
  | 'Pod'
  | 'AssignedPod'
  | 'UnschedulablePod'
  | 'Node'
  | 'PersistentVolume'
  | 'PersistentVolumeClaim'
  | 'storage.k8s.io/CSINode'
  | 'storage.k8s.io/CSIDriver'
  | 'storage.k8s.io/CSIStorageCapacity'
  | 'storage.k8s.io/VolumeAttachment'
  | 'storage.k8s.io/StorageClass'
  | 'resource.k8s.io/ResourceClaim'
  | 'resource.k8s.io/ResourceSlice'
  | 'resource.k8s.io/DeviceClass'
  | '*';

/** `label` is unique for each resource and action, so that it can stand for the event in a map. */
export interface ClusterEvent {
  readonly resource: EventResource;
  readonly action: number;
  readonly label: string;
}

const ACTION_NAMES: ReadonlyMap<number, string> = new Map([
  [ADD, 'Add'],
  [DELETE, 'Delete'],
  [UPDATE_NODE_ALLOCATABLE, 'UpdateNodeAllocatable'],
  [UPDATE_NODE_LABEL, 'UpdateNodeLabel'],
  [UPDATE_NODE_TAINT, 'UpdateNodeTaint'],
  [UPDATE_NODE_CONDITION, 'UpdateNodeCondition'],
  [UPDATE_NODE_ANNOTATION, 'UpdateNodeAnnotation'],
  [UPDATE_POD_LABEL, 'UpdatePodLabel'],
  [UPDATE_POD_SCALE_DOWN, 'UpdatePodScaleDown'],
  [UPDATE_POD_TOLERATION, 'UpdatePodToleration'],
  [UPDATE_POD_SCHEDULING_GATES_ELIMINATED, 'UpdatePodSchedulingGatesEliminated'],
  [UPDATE_POD_GENERATED_RESOURCE_CLAIM, 'UpdatePodGeneratedResourceClaim'],
  [UPDATE, 'Update'],
]);

const events = new Map<string, ClusterEvent>();

/** The one event object of that resource and action. @throws RangeError if the action is no single kind of event. */
export function clusterEvent(resource: EventResource, action: number): ClusterEvent {
  const name = ACTION_NAMES.get(action);
  if (name === undefined) throw new RangeError(`action is ${action}; an event has one action bit, or UPDATE`);
  const label = resource + name;
  let event = events.get(label);
  if (event === undefined) {
    event = { resource, action, label };
    events.set(label, event);
  }
  return event;
}

export const ASSIGNED_POD_ADD = clusterEvent('AssignedPod', ADD);
export const ASSIGNED_POD_DELETE = clusterEvent('AssignedPod', DELETE);
export const NODE_ADD = clusterEvent('Node', ADD);
export const NODE_DELETE = clusterEvent('Node', DELETE);
/** Somebody asked for certain Pods to be tried again at once. */
export const FORCE_ACTIVATE: ClusterEvent = { resource: '*', action: ALL_ACTIONS, label: 'ForceActivate' };
/** Pods waited too long among the unschedulable ones. */
export const UNSCHEDULABLE_TIMEOUT: ClusterEvent = {
  resource: '*',
  action: ALL_ACTIONS,
  label: 'UnschedulableTimeout',
};

export function isWildcard(event: ClusterEvent): boolean {
  return event.resource === '*' && event.action === ALL_ACTIONS;
}

/** What a plugin registers for: a resource and the union of the actions. */
export interface EventPattern {
  readonly resource: EventResource;
  readonly actions: number;
}

/**
 * Whether a registration covers an event. Besides a common bit, the event's action must not be greater as a number, so that the
 * general update of a Pod matches nothing that registered special updates only.
 * Source: pkg/scheduler/framework/types.go MatchClusterEvents.
 */
export function matchesEvent(registered: EventPattern, event: ClusterEvent): boolean {
  if (registered.resource === '*' && registered.actions === ALL_ACTIONS) return true;
  const sameResource =
    registered.resource === '*' ||
    registered.resource === event.resource ||
    (registered.resource === 'Pod' && (event.resource === 'AssignedPod' || event.resource === 'UnschedulablePod'));
  return sameResource && (registered.actions & event.action) !== 0 && event.action <= registered.actions;
}
