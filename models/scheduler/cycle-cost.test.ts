/**
 * The cost of a cycle beside the CPU time for each Pod of kube-scheduler v1.34.1 (2 shared cores, 5000 Nodes unless said). Nodes looked at are
 * those of the same workloads in the model: 1000 Pods bound beforehand, the mean over the next 1000.
 */
import { describe, expect, test } from 'vitest';
import type { Pod, PodSpec } from '../objects/pod.ts';
import { cycleMicros, DEFAULT_CYCLE_COST } from './cycle-cost.ts';

const term = { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'bench' } } };
const constraint = { ...term, maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' } as const;
const SPECS: Readonly<Record<string, Partial<PodSpec>>> = {
  basic: {},
  anti: { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } },
  prefaff: {
    affinity: {
      podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: term }] },
    },
  },
  spread: { topologySpreadConstraints: [constraint] },
};
const podOf = (workload: string): Pod =>
  ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [], ...SPECS[workload] } }) as Pod;
const millis = (workload: string, evaluated: number, nodes: number): number =>
  cycleMicros(DEFAULT_CYCLE_COST, podOf(workload), evaluated, () => nodes) / 1000;

describe('the fit', () => {
  test.each([
    ['basic', 420, 1000, 2.0],
    ['basic', 500, 5000, 2.6],
    ['basic', 750, 15_000, 3.7],
    ['basic', 1000, 1000, 4.8],
    ['basic', 5000, 5000, 21.2],
    ['basic', 15_000, 15_000, 74.3],
  ])('%s, %i looked at of %i Nodes: within 10 %% of %d ms', (workload, evaluated, nodes, measured) => {
    expect(Math.abs(millis(workload, evaluated, nodes) / measured - 1)).toBeLessThan(0.1);
  });

  test.each([
    ['anti', 'anti', 719, 7.8],
    ['prefaff', 'prefaff', 501, 6.0],
    ['spread', 'spread', 917, 6.9],
    ['spreadhard', 'spread', 1318, 9.1],
  ])('%s over the adaptive sample: within 6 %% of %4$d ms', (_name, workload, evaluated, measured) => {
    expect(Math.abs(millis(workload, evaluated, 5000) / measured - 1)).toBeLessThan(0.06);
  });

  test.each(['anti', 'prefaff', 'spread'])('%s over all Nodes: at most 18 %% above 23 to 26 ms', (workload) => {
    expect(millis(workload, 5000, 5000)).toBeGreaterThan(23);
    expect(millis(workload, 5000, 5000) / 23).toBeLessThan(1.18);
  });
});

test('the Nodes of the cluster are not counted for a Pod that asks nothing of them', () => {
  expect(
    cycleMicros(DEFAULT_CYCLE_COST, podOf('basic'), 10, () => {
      throw new Error('counted');
    }),
  ).toBe(246);
});

test('a Pod with both pays for both', () => {
  const both = { ...podOf('anti'), spec: { ...podOf('anti').spec, ...podOf('spread').spec } } as Pod;
  const cost = { baseMicros: 1, perEvaluatedNodeMicros: 0, affinityPerNodeMicros: 10, spreadPerNodeMicros: 100 };
  expect(cycleMicros(cost, both, 5, () => 2)).toBe(221);
});
