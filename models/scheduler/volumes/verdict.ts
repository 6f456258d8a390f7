/** What a volume rule says against a Pod, or against a Pod on a Node. */
import type { Pod } from '../../objects/pod.ts';
import type { Verdict } from '../framework/status.ts';

/** Undefined in its place: the rule has nothing against it. */
export interface Rejection {
  readonly code: 'Unschedulable' | 'UnschedulableAndUnresolvable';
  readonly reasons: readonly string[];
}

/** Removing other Pods would not help. */
export function unresolvable(...reasons: string[]): Rejection {
  return { code: 'UnschedulableAndUnresolvable', reasons };
}

/** Removing other Pods might help. */
export function unschedulable(reason: string): Rejection {
  return { code: 'Unschedulable', reasons: [reason] };
}

/** The same as a verdict of that plugin. */
export function statusOf(plugin: string, rejection: Rejection | undefined): Verdict {
  return rejection === undefined ? undefined : { plugin, ...rejection };
}

/** A Pod that is on a Node, however it is kept there. */
export interface OnNode {
  readonly pod: Pod;
}
