/**
 * What a Pod takes of its Node, with what the kubelet reports of resizes in place counted, for comparing before and after.
 * Source: the PodRequests options of pkg/scheduler/framework/events.go extractPodScaleDown.
 */
import type { Pod } from '../../objects/pod.ts';
import { boundRequests, reportsResources } from '../framework/pod-requests.ts';
import { podRequests, type Requests } from './object-rules.ts';

export function effectiveRequests(pod: Pod): Requests {
  if (!reportsResources(pod)) return podRequests(pod);
  const { milliCpu, memory, ephemeralStorage, scalars } = boundRequests(pod).requests;
  const all = new Map([
    ['cpu', Number(milliCpu)],
    ['memory', Number(memory)],
    ['ephemeral-storage', Number(ephemeralStorage)],
  ]);
  for (const [name, amount] of scalars ?? []) all.set(name, Number(amount));
  return all;
}

/** Whether any resource is asked for less than before, or no more at all. */
export function isScaledDown(oldPod: Pod, newPod: Pod): boolean {
  if (oldPod.spec === newPod.spec && !reportsResources(oldPod) && !reportsResources(newPod)) return false;
  const after = effectiveRequests(newPod);
  for (const [name, before] of effectiveRequests(oldPod)) {
    const now = after.get(name);
    if (now === undefined || before > now) return true;
  }
  return false;
}
