/**
 * How news of the cluster reaches the scheduler: each change goes to the engine's view first, then to the queue.
 * Source: pkg/scheduler/eventhandlers.go.
 */
import type { KubeObject } from '../objects/meta.ts';
import type { Pod } from '../objects/pod.ts';
import {
  CSI_DRIVERS,
  CSI_NODES,
  CSI_STORAGE_CAPACITIES,
  NODES,
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  PODS,
  type Resource,
  STORAGE_CLASSES,
  VOLUME_ATTACHMENTS,
} from '../objects/resources.ts';
import type { EventResource } from './queue/cluster-event.ts';
import { type SchedulerCore, schedulerNameOf } from './scheduler-core.ts';

const STORAGE: readonly (readonly [EventResource, Resource])[] = [
  ['PersistentVolume', PERSISTENT_VOLUMES],
  ['PersistentVolumeClaim', PERSISTENT_VOLUME_CLAIMS],
  ['storage.k8s.io/StorageClass', STORAGE_CLASSES],
  ['storage.k8s.io/CSINode', CSI_NODES],
  ['storage.k8s.io/CSIDriver', CSI_DRIVERS],
  ['storage.k8s.io/CSIStorageCapacity', CSI_STORAGE_CAPACITIES],
  ['storage.k8s.io/VolumeAttachment', VOLUME_ATTACHMENTS],
];

/** The scheduler does not see Pods that have ended. */
const hasEnded = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';

/**
 * `rejectWaiting` ends the wait of a Pod in Permit and tells whether there was one; `afterPending` runs when a Pod may have come to wait
 * without being in any queue that is popped.
 */
export function watchCluster(
  core: SchedulerCore,
  rejectWaiting: (pod: Pod) => boolean,
  afterPending: () => void,
): void {
  watchPods(core, rejectWaiting, afterPending);
  const { sim, engine, events } = core;
  core.context.cache(NODES).addHandler({
    added: (node) => {
      engine.addNode(node);
      events.nodeAdded(node, sim.nowMicros);
    },
    updated: (oldNode, newNode) => {
      engine.updateNode(oldNode, newNode);
      events.nodeUpdated(oldNode, newNode, sim.nowMicros);
    },
    deleted: (node) => {
      events.nodeDeleted(node, sim.nowMicros);
      engine.removeNode(node);
    },
  });
  for (const [name, resource] of STORAGE) {
    const changed = (before: KubeObject | undefined, after: KubeObject | undefined): void =>
      events.otherChanged(name, before, after, sim.nowMicros);
    core.context.cache(resource).addHandler({
      added: (object) => changed(undefined, object),
      updated: changed,
      deleted: (object) => changed(object, undefined),
    });
  }
}

function watchPods(core: SchedulerCore, rejectWaiting: (pod: Pod) => boolean, afterPending: () => void): void {
  const { sim, engine, events, nominations } = core;
  const isOurs = (pod: Pod): boolean => engine.profiles.has(schedulerNameOf(pod));

  const appeared = (pod: Pod): void => {
    if (pod.spec.nodeName) {
      engine.addPod(pod);
      events.assignedPodAdded(pod, sim.nowMicros);
    } else if (isOurs(pod)) {
      nominations.set(pod);
      events.podAdded(pod, sim.nowMicros);
      afterPending();
    }
  };

  const vanished = (pod: Pod): void => {
    if (pod.spec.nodeName) {
      engine.removePod(pod);
      events.assignedPodDeleted(pod, sim.nowMicros);
    } else if (isOurs(pod)) {
      nominations.delete(pod);
      events.podDeleted(pod, sim.nowMicros);
      rejectWaiting(pod);
    }
  };

  const changed = (before: Pod, after: Pod): void => {
    if (before.spec.nodeName) {
      engine.updatePod(before, after);
      events.assignedPodUpdated(before, after, sim.nowMicros);
    } else if (after.spec.nodeName) {
      if (isOurs(before)) {
        nominations.delete(before);
        events.podDeleted(before, sim.nowMicros);
      }
      engine.addPod(after);
      events.assignedPodAdded(after, sim.nowMicros);
    } else if (isOurs(before) && !engine.isAssumed(after)) {
      if (!core.queue.isInFlight(after)) nominations.update(before, after);
      events.podUpdated(before, after, sim.nowMicros);
    }
  };

  core.context.cache(PODS).addHandler({
    added: (pod) => {
      if (!hasEnded(pod)) appeared(pod);
    },
    updated: (before, after) => {
      if (hasEnded(before)) return;
      if (hasEnded(after)) vanished(before);
      else changed(before, after);
    },
    deleted: (pod) => {
      if (!hasEnded(pod)) vanished(pod);
    },
  });
}
