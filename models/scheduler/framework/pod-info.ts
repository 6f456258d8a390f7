/**
 * A Pod as the scheduler's plugins see it: the object, and what its class has parsed once.
 * Source: staging/src/k8s.io/kube-scheduler/framework/types.go PodInfo.
 */
import type { Pod } from '../../objects/pod.ts';
import type { Amounts, NonZeroAmounts } from './amounts.ts';
import type { PodClass, PodClasses } from './pod-class.ts';
import { boundRequests, reportsResources } from './pod-requests.ts';

export interface PodInfo {
  readonly pod: Pod;
  readonly class: PodClass;
  /** What the Pod takes of its Node once it is there; resizes in place counted. */
  readonly boundRequests: Amounts;
  readonly boundNonZero: NonZeroAmounts;
}

/** "namespace/name". */
export function podKey({ metadata }: Pod): string {
  return `${metadata.namespace || 'default'}/${metadata.name}`;
}

/** A Pod without uid is told apart by its key. */
export function podUid(pod: Pod): string {
  return pod.metadata.uid || podKey(pod);
}

export function podInfo(pod: Pod, classes: PodClasses): PodInfo {
  const podClass = classes.of(pod);
  if (!reportsResources(pod)) {
    return { pod, class: podClass, boundRequests: podClass.boundRequests, boundNonZero: podClass.boundNonZero };
  }
  const { requests, nonZero } = boundRequests(pod);
  return { pod, class: podClass, boundRequests: requests, boundNonZero: nonZero };
}
