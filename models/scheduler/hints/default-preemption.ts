/**
 * Events of DefaultPreemption, which holds back a Pod while its preemption is under way. It is registered for deleted Pods so that
 * these may let the Pod through the gate; whether to try again is for the plugins that rejected it to say.
 * Source: plugins/defaultpreemption/default_preemption.go isPodSchedulableAfterPodDeletion.
 */
import { DELETE } from '../queue/cluster-event.ts';
import type { EventRegistration } from '../queue/queueing-hints.ts';

export const defaultPreemptionEvents: readonly EventRegistration[] = [
  { resource: 'Pod', actions: DELETE, hint: () => false },
];
