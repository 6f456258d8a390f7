/**
 * What a plugin says about a Pod, or about a Pod on a Node. Success is `undefined`, so that the common verdict costs
 * nothing; a plugin keeps its other common verdicts as constants, so that these allocate nothing either.
 *
 * Source: staging/src/k8s.io/kube-scheduler/framework/interface.go Status.
 */
export type StatusCode = 'Error' | 'Unschedulable' | 'UnschedulableAndUnresolvable' | 'Wait' | 'Skip' | 'Pending';

/** A verdict that is not success. */
export interface Status {
  readonly code: StatusCode;
  /** The plugin that said so; '' when the framework itself did. */
  readonly plugin: string;
  readonly reasons: readonly string[];
}

/** A verdict: `undefined` is success. */
export type Verdict = Status | undefined;

/** Removing other Pods may help. */
export function unschedulable(plugin: string, ...reasons: string[]): Status {
  return { code: 'Unschedulable', plugin, reasons };
}

/** Removing other Pods cannot help. */
export function unresolvable(plugin: string, ...reasons: string[]): Status {
  return { code: 'UnschedulableAndUnresolvable', plugin, reasons };
}

/** The plugin has nothing to do for this Pod: its Filter (from PreFilter) or its Score (from PreScore) is not called. */
export function skip(plugin: string): Status {
  return { code: 'Skip', plugin, reasons: [] };
}

/** The attempt ends here, and the Pod is tried again after its back-off. */
export function errorStatus(plugin: string, message: string): Status {
  return { code: 'Error', plugin, reasons: [message] };
}

export function isRejection(status: Status): boolean {
  return status.code === 'Unschedulable' || status.code === 'UnschedulableAndUnresolvable' || status.code === 'Pending';
}

/** The reasons as one text. */
export function messageOf(status: Verdict): string {
  return status === undefined ? '' : status.reasons.join(', ');
}
