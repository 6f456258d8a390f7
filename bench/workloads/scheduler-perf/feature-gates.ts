/**
 * What the feature gates of a scheduler_perf file mean to the simulator: a setting of the scheduler, nothing, or something that is not
 * modelled. Defaults are those of Kubernetes v1.34.
 */

/** One gate at one value, judged. */
export type GateVerdict =
  | { readonly kind: 'setting' }
  | { readonly kind: 'no effect'; readonly why: string }
  | { readonly kind: 'not modelled'; readonly why: string };

type Judge = Readonly<Record<'true' | 'false', GateVerdict>>;

const SETTING: GateVerdict = { kind: 'setting' };
const noEffect = (why: string): GateVerdict => ({ kind: 'no effect', why });
const notModelled = (why: string): GateVerdict => ({ kind: 'not modelled', why });

/** A gate that v1.34 does not have or that is off by default: off is what is modelled. */
function later(what: string): Judge {
  return { true: notModelled(what), false: noEffect('off is what is modelled') };
}

const GATES: Readonly<Record<string, Judge>> = {
  SchedulerAsyncAPICalls: { true: SETTING, false: SETTING },
  SchedulerQueueingHints: {
    true: noEffect('on is what is modelled'),
    false: noEffect('hints stay on: they say when a rejected Pod is tried again, not where it goes'),
  },
  SchedulerAsyncPreemption: {
    true: noEffect('on is what is modelled'),
    false: notModelled('preemption inside the scheduling cycle'),
  },
  DynamicResourceAllocation: {
    true: noEffect('no object of the file uses claims'),
    false: noEffect('no object of the file uses claims'),
  },
  DRAExtendedResource: later('extended resources by dynamic resource allocation'),
  OpportunisticBatching: later('opportunistic batching'),
  NodeDeclaredFeatures: later('features that Nodes declare'),
  GenericWorkload: later('PodGroups'),
  GangScheduling: later('gang scheduling'),
  TopologyAwareWorkloadScheduling: later('topology-aware scheduling of PodGroups'),
  CompositePodGroup: later('composite PodGroups'),
};

export function judgeGate(name: string, value: boolean): GateVerdict {
  const judge = Object.hasOwn(GATES, name) ? GATES[name] : undefined;
  if (judge !== undefined) return judge[value ? 'true' : 'false'];
  return notModelled(`feature gate ${name} is not known; known are ${Object.keys(GATES).join(', ')}`);
}
