/**
 * Names and ordinals of StatefulSet Pods and claims.
 * Source: pkg/controller/statefulset/stateful_set_utils.go.
 */
import type { IntOrString } from '../objects/meta.ts';
import { scaledIntOrPercent } from './int-or-percent.ts';

const STATEFUL_POD = /^(.*)-([0-9]+)$/s;

/** The set and ordinal that a Pod's name says; parent "" and ordinal -1 when it is not such a name. */
export function parentAndOrdinal(podName: string): { readonly parent: string; readonly ordinal: number } {
  const parts = STATEFUL_POD.exec(podName);
  if (parts === null) return { parent: '', ordinal: -1 };
  const ordinal = Number(parts[2]);
  return { parent: parts[1] as string, ordinal: ordinal > 2147483647 ? -1 : ordinal };
}

export function statefulPodName(set: string, ordinal: number): string {
  return `${set}-${ordinal}`;
}

export function statefulClaimName(claim: string, set: string, ordinal: number): string {
  return `${claim}-${set}-${ordinal}`;
}

/** Ordinals from `start` to `end`, both included. */
export function ordinalRange(start: number, replicas: number): { readonly start: number; readonly end: number } {
  return { start, end: start + replicas - 1 };
}

/** Pods that a rolling update may have unavailable, rounded down: at least one. */
export function statefulMaxUnavailable(value: IntOrString | undefined, replicas: number): number {
  return Math.max(1, scaledIntOrPercent(value ?? 1, replicas, false));
}
