/** Replays recorded syncs of the disruption controller. */
import { budgetStatus } from '../../../models/controllers/disruption/budget-status.ts';
import { matchesLabelSelector } from '../../../models/controllers/label-match.ts';
import type { Pod } from '../../../models/objects/pod.ts';
import { timestampToSeconds } from '../../../models/objects/timestamp.ts';
import type { PodDisruptionBudget } from '../../../models/objects/workloads.ts';
import { primitiveReplayer } from './primitive-replayer.ts';

interface ShortController {
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly replicas: number;
  readonly ownerDeployment?: string;
}

interface BudgetCall {
  readonly pdb: PodDisruptionBudget;
  readonly pods: readonly Pod[] | null;
  readonly controllers: readonly ShortController[] | null;
  readonly deployments: Readonly<Record<string, number>> | null;
  readonly now: string;
}

function sync(call: BudgetCall): unknown {
  const budget = call.pdb;
  const pods = (call.pods ?? []).filter((pod) => matchesLabelSelector(budget.spec.selector, pod.metadata.labels));
  const { status, error } = budgetStatus({
    budget,
    pods,
    now: call.now,
    nowSeconds: timestampToSeconds(call.now),
    scaleOf: (reference) => {
      const controller = (call.controllers ?? []).find((candidate) => candidate.uid === reference.uid);
      const deployment = controller?.ownerDeployment;
      if (deployment !== undefined) return { uid: deployment, replicas: call.deployments?.[deployment] ?? 0 };
      return controller;
    },
  });
  const { type, status: value, reason, message } = status.conditions?.[0] ?? { type: '', status: '' };
  return {
    condition: { type, status: value, reason, message },
    currentHealthy: status.currentHealthy ?? 0,
    desiredHealthy: status.desiredHealthy ?? 0,
    expectedPods: status.expectedPods ?? 0,
    disruptedPods: status.disruptedPods ?? null,
    disruptionsAllowed: status.disruptionsAllowed,
    observedGeneration: status.observedGeneration ?? 0,
    syncError: error,
  };
}

export const budgetReplayer = primitiveReplayer<BudgetCall>('pdb', 'disruption budgets', (call, recorded) => ({
  expected: recorded,
  found: sync(call),
}));
