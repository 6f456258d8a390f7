/**
 * What one scheduling cycle takes in virtual time: it depends on the Nodes looked at, and on what the Pod's own plugins have to count
 * over the whole cluster before any Node is looked at.
 */
import type { Micros } from '../../engine/index.ts';
import type { Pod } from '../objects/pod.ts';

/**
 * The defaults are fitted to the CPU time for each Pod of kube-scheduler v1.34.1's own code, measured on a shared machine with 2 cores. The
 * first two terms are fitted to basic Pods (420 to 15,000 Nodes looked at, 2.0 to 74 ms: within 10 %), the others to Pods with affinity
 * and with spreading among 5000 Nodes: within 6 % for the adaptive sample, and up to 18 % too dear where all Nodes are scored.
 */
export interface CycleCost {
  readonly baseMicros: Micros;
  readonly perEvaluatedNodeMicros: number;
  /** For each Node of the cluster, for a Pod with inter-pod affinity or anti-affinity, required or preferred. */
  readonly affinityPerNodeMicros: number;
  /** For each Node of the cluster, for a Pod with topology spread constraints of its own. */
  readonly spreadPerNodeMicros: number;
}

/** What is measured of v1.34.1; see CycleCost. */
export const DEFAULT_CYCLE_COST: CycleCost = {
  baseMicros: 200,
  perEvaluatedNodeMicros: 4.6,
  affinityPerNodeMicros: 0.77,
  spreadPerNodeMicros: 0.53,
};

/** @param evaluated Nodes that were looked at. @param nodes asked for the Nodes of the cluster when the Pod's plugins count over them */
export function cycleMicros(cost: CycleCost, { spec }: Pod, evaluated: number, nodes: () => number): Micros {
  let micros = cost.baseMicros + cost.perEvaluatedNodeMicros * evaluated;
  const { affinity, topologySpreadConstraints } = spec;
  if (affinity?.podAffinity !== undefined || affinity?.podAntiAffinity !== undefined) {
    micros += cost.affinityPerNodeMicros * nodes();
  }
  if (topologySpreadConstraints !== undefined && topologySpreadConstraints.length > 0) {
    micros += cost.spreadPerNodeMicros * nodes();
  }
  return Math.round(micros);
}
