/** A rolling update, whatever becomes available when: it keeps to its limits at every step, and ends. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Deployment, ReplicaSet } from '../../objects/workloads.ts';
import { availableReplicas, specReplicas, totalAvailableReplicas, totalSpecReplicas } from './replica-set-facts.ts';
import { maxSurge, maxUnavailable } from './rollout-limits.ts';
import { planNewReplicaSet, planOldReplicaSets, type ScaleStep } from './scale-plan.ts';

const template = { spec: { containers: [] } };

function replicaSet(name: string, replicas: number, available: number): ReplicaSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name, creationTimestamp: `2030-01-01T00:00:0${name.length}Z` },
    spec: { replicas, selector: {}, template },
    status: { replicas, availableReplicas: available },
  };
}

/** Sizes as the steps say; Pods that are taken away were not available first. */
function resized(sets: readonly ReplicaSet[], steps: readonly ScaleStep[]): ReplicaSet[] {
  const sizes = new Map(steps.map((step) => [step.replicaSet.metadata.name, step.replicas]));
  return sets.map((set) => {
    const size = sizes.get(set.metadata.name) ?? specReplicas(set);
    return replicaSet(set.metadata.name, size, Math.min(availableReplicas(set), size));
  });
}

const amount = fc.oneof(
  fc.nat({ max: 5 }),
  fc.nat({ max: 100 }).map((percent) => `${percent}%`),
);

it('never has too many Pods nor too few available ones, and comes to an end', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      amount,
      amount,
      fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
      (replicas, surge, unavailable, luck) => {
        const deployment: Deployment = {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'd' },
          spec: {
            replicas,
            selector: {},
            template,
            strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: surge, maxUnavailable: unavailable } },
          },
        };
        const ceiling = replicas + maxSurge(deployment);
        const floor = replicas - maxUnavailable(deployment);
        let sets = [replicaSet('old', replicas, replicas), replicaSet('newer', 0, 0)];
        let rounds = 0;
        while (specReplicas(sets[1] as ReplicaSet) < replicas || availableReplicas(sets[1] as ReplicaSet) < replicas) {
          expect(rounds++).toBeLessThan(1000);
          const [old, fresh] = sets as [ReplicaSet, ReplicaSet];
          const grow = planNewReplicaSet(deployment, sets, fresh);
          sets = resized(sets, grow.length > 0 ? grow : planOldReplicaSets(deployment, sets, [old], fresh));
          expect(totalSpecReplicas(sets)).toBeLessThanOrEqual(ceiling);
          expect(totalAvailableReplicas(sets)).toBeGreaterThanOrEqual(floor);
          const [kept, young] = sets as [ReplicaSet, ReplicaSet];
          const waiting = specReplicas(young) - availableReplicas(young);
          const ready = availableReplicas(young) + Math.ceil(waiting * (luck.next().value as number));
          sets = [kept, replicaSet('newer', specReplicas(young), ready)];
        }
        expect(availableReplicas(sets[1] as ReplicaSet)).toBe(replicas);
      },
    ),
    { numRuns: 200 },
  );
});
