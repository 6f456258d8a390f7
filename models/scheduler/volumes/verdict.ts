/** What a volume rule says against a Pod, or against a Pod on a Node; undefined when it has nothing against it. */
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
