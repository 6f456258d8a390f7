/**
 * Which potential victims a PodDisruptionBudget protects, when they are taken in this order.
 * Source: pkg/scheduler/framework/plugins/defaultpreemption/default_preemption.go filterPodsWithPDBViolation.
 */
import type { PodDisruptionBudget } from '../../objects/workloads.ts';
import { compileLabelSelector, type LabelMatcher } from '../framework/label-matcher.ts';
import type { Lister } from '../framework/listers.ts';
import type { PodInfo } from '../framework/pod-info.ts';

interface Budget {
  readonly namespace: string;
  readonly selector: LabelMatcher;
  readonly disruptedPods: Readonly<Record<string, string>>;
  allowed: number;
}

/** Budgets that can match a Pod at all: an absent or empty selector matches none. */
function budgetsOf(lister: Lister<PodDisruptionBudget>): Budget[] {
  const budgets: Budget[] = [];
  for (const { metadata, spec, status } of lister.all()) {
    const selector = compileLabelSelector(spec.selector);
    if (selector.isEmpty) continue;
    budgets.push({
      namespace: metadata.namespace ?? '',
      selector,
      disruptedPods: status?.disruptedPods ?? {},
      allowed: status?.disruptionsAllowed ?? 0,
    });
  }
  return budgets;
}

function violates({ pod, class: { namespace, labels } }: PodInfo, budgets: readonly Budget[]): boolean {
  if (Object.keys(labels).length === 0) return false;
  let violated = false;
  for (const budget of budgets) {
    if (budget.namespace !== namespace || !budget.selector.matches(labels)) continue;
    // The API server has already counted a Pod that is being disrupted.
    if (Object.hasOwn(budget.disruptedPods, pod.metadata.name)) continue;
    budget.allowed--;
    if (budget.allowed < 0) violated = true;
  }
  return violated;
}

export interface VictimsByBudget {
  readonly violating: readonly PodInfo[];
  readonly others: readonly PodInfo[];
}

export function splitByBudgets(pods: readonly PodInfo[], lister: Lister<PodDisruptionBudget>): VictimsByBudget {
  const budgets = budgetsOf(lister);
  if (budgets.length === 0) return { violating: [], others: pods };
  const violating: PodInfo[] = [];
  const others: PodInfo[] = [];
  for (const pod of pods) (violates(pod, budgets) ? violating : others).push(pod);
  return { violating, others };
}
