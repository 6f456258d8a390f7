/**
 * How many Pods under a PodDisruptionBudget may be taken away now: the arithmetic of the disruption controller, which is
 * not modelled as a controller yet.
 * Source: pkg/controller/disruption/disruption.go (trySync, getExpectedPodCount, countHealthyPods, updatePdbStatus, failSafe).
 */
import type { Condition, OwnerReference } from '../../objects/meta.ts';
import type { Pod } from '../../objects/pod.ts';
import { timestampToSeconds } from '../../objects/timestamp.ts';
import type { PodDisruptionBudget } from '../../objects/workloads.ts';
import { scaledIntOrPercent } from '../int-or-percent.ts';
import { controllerOf, isPodReady } from '../pod-facts.ts';

/** An eviction that has not been followed by the Pod's end after so long did not happen. */
const DELETION_TIMEOUT_SECONDS = 120;

export type BudgetStatus = NonNullable<PodDisruptionBudget['status']>;

/** The size that a Pod's controller asks for, by the uid of whatever sets it; undefined when there is none to be found. */
export interface ControllerScale {
  readonly uid: string;
  readonly replicas: number;
}

export interface BudgetInput {
  readonly budget: PodDisruptionBudget;
  /** The Pods that the budget selects. */
  readonly pods: readonly Pod[];
  readonly scaleOf: (controller: OwnerReference, pod: Pod) => ControllerScale | undefined;
  readonly nowSeconds: number;
  readonly now: string;
}

/** The sum of the sizes of all controllers of the Pods; Pods without one do not count. */
function expectedScale({ pods, scaleOf }: BudgetInput): number {
  const scales = new Map<string, number>();
  const asked = new Set<string>();
  for (const pod of pods) {
    const controller = controllerOf(pod);
    if (controller === undefined || asked.has(controller.uid)) continue;
    asked.add(controller.uid);
    const scale = scaleOf(controller, pod);
    if (scale === undefined) throw new RangeError(`found no controllers for pod ${JSON.stringify(pod.metadata.name)}`);
    scales.set(scale.uid, scale.replicas);
  }
  let sum = 0;
  for (const replicas of scales.values()) sum += replicas;
  return sum;
}

/** An integer minAvailable counts Pods; percentages and maxUnavailable count what the controllers ask for. */
function expectation(input: BudgetInput): { readonly expected: number; readonly desired: number } {
  const { minAvailable, maxUnavailable } = input.budget.spec;
  if (maxUnavailable !== undefined) {
    const expected = expectedScale(input);
    return { expected, desired: Math.max(0, expected - scaledIntOrPercent(maxUnavailable, expected, true)) };
  }
  if (minAvailable === undefined) return { expected: 0, desired: 0 };
  if (typeof minAvailable === 'number') return { expected: input.pods.length, desired: minAvailable };
  const expected = expectedScale(input);
  return { expected, desired: scaledIntOrPercent(minAvailable, expected, true) };
}

/** Evictions that may still be under way. */
function stillDisrupted({ budget, pods, nowSeconds }: BudgetInput): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const pod of pods) {
    const since = budget.status?.disruptedPods?.[pod.metadata.name];
    if (pod.metadata.deletionTimestamp !== undefined || since === undefined) continue;
    if (timestampToSeconds(since) + DELETION_TIMEOUT_SECONDS >= nowSeconds) kept[pod.metadata.name] = since;
  }
  return kept;
}

function countHealthy({ pods, nowSeconds }: BudgetInput, disrupted: Readonly<Record<string, string>>): number {
  let healthy = 0;
  for (const pod of pods) {
    if (pod.metadata.deletionTimestamp !== undefined || !isPodReady(pod)) continue;
    const since = disrupted[pod.metadata.name];
    if (since === undefined || timestampToSeconds(since) + DELETION_TIMEOUT_SECONDS <= nowSeconds) healthy++;
  }
  return healthy;
}

function condition(status: 'True' | 'False', reason: string, message: string, now: string): Condition {
  return { type: 'DisruptionAllowed', status, lastTransitionTime: now, reason, message };
}

/** The status after a sync; when it cannot be worked out no disruption is allowed, and `error` says why. */
export function budgetStatus(input: BudgetInput): { readonly status: BudgetStatus; readonly error?: string } {
  const { budget, now } = input;
  let counts: ReturnType<typeof expectation>;
  try {
    counts = expectation(input);
  } catch (error) {
    const { message } = error as Error;
    const before = budget.status ?? { disruptionsAllowed: 0 };
    const conditions = [condition('False', 'SyncFailed', message, now)];
    return { status: { ...before, disruptionsAllowed: 0, conditions }, error: message };
  }
  const disruptedPods = stillDisrupted(input);
  const currentHealthy = countHealthy(input, disruptedPods);
  // A budget that selects nothing allows nothing: its first Pods must not be evicted before it has seen them.
  const allowed = counts.expected <= 0 ? 0 : Math.max(0, currentHealthy - counts.desired);
  return {
    status: {
      disruptionsAllowed: allowed,
      currentHealthy,
      desiredHealthy: counts.desired,
      expectedPods: counts.expected,
      ...(budget.metadata.generation === undefined ? {} : { observedGeneration: budget.metadata.generation }),
      disruptedPods,
      conditions: [
        allowed > 0 ? condition('True', 'SufficientPods', '', now) : condition('False', 'InsufficientPods', '', now),
      ],
    },
  };
}
