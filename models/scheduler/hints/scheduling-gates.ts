/** Events that may cure a rejection by SchedulingGates. Source: plugins/schedulinggates/scheduling_gates.go. */
import type { Pod } from '../../objects/pod.ts';
import { UPDATE_POD_SCHEDULING_GATES_ELIMINATED } from '../queue/cluster-event.ts';
import { uidOf } from '../queue/queued-pod.ts';
import type { EventRegistration } from '../queue/queueing-hints.ts';

export const schedulingGatesEvents: readonly EventRegistration[] = [
  {
    resource: 'Pod',
    actions: UPDATE_POD_SCHEDULING_GATES_ELIMINATED,
    hint: (pod: Pod, _oldPod: Pod, newPod: Pod): boolean => uidOf(pod) === uidOf(newPod),
  },
];
