/**
 * The rules about values that queueing hints and volume plugins ask, in the shapes that these want: amounts as numbers, selectors
 * asked directly. The rules themselves are those of `models/objects`; here they are kept for each object that they were asked of.
 *
 * Sources: staging/src/k8s.io/component-helpers/scheduling/corev1, pkg/apis/core/v1/helper (resource names).
 */
import {
  compareQuantities,
  compileLabelSelector,
  compileNodeSelector,
  type LabelMatcher,
  milliValue,
  type NodeMatch,
  podRequests as requestedAmounts,
  quantityOf,
  requiredNodeAffinity,
  scaledValue,
  type SelectableNode,
  value,
} from '../../objects/index.ts';
import type { Labels, LabelSelector } from '../../objects/meta.ts';
import type { Node, NodeSelector, Taint } from '../../objects/node.ts';
import type { Pod, PodSpec, Toleration } from '../../objects/pod.ts';

/** Negative, zero or positive as `a` is less than, equal to or greater than `b`. */
export function compareQuantity(a: string | number, b: string | number): number {
  return a === b ? 0 : compareQuantities(quantityOf(a), quantityOf(b));
}

/** An amount as the scheduler counts it: millicores of cpu, whole units of everything else; 0 when absent. */
export function resourceAmount(name: string, quantity: string | number | undefined): number {
  if (quantity === undefined) return 0;
  return name === 'cpu' ? milliValue(quantity) : value(quantity);
}

/** Resources that are neither cpu, memory, storage nor pods: extended ones, huge pages, attachable volumes. */
export function isScalarResource(name: string): boolean {
  const isPrefixedNative = name.includes('kubernetes.io/');
  const isExtended = name.includes('/') && !isPrefixedNative && !name.startsWith('requests.');
  return isExtended || isPrefixedNative || name.startsWith('hugepages-') || name.startsWith('attachable-volumes-');
}

/** Resource name to amount, as `resourceAmount` counts. */
export type Requests = ReadonlyMap<string, number>;

/** The Pod's requests as numbers; `useStatusResources` counts what the kubelet reports of a resize in place. */
export function requestsOf(pod: Pod, useStatusResources: boolean): Requests {
  const requests = new Map<string, number>();
  for (const [name, amount] of requestedAmounts(pod, { useStatusResources })) {
    requests.set(name, Number(scaledValue(amount, name === 'cpu' ? -3 : 0)));
  }
  return requests;
}

const requestsByPod = new WeakMap<Pod, Requests>();

/** What a Pod asks for: containers and sidecars together, or its greatest init stage if that is more, and its overhead. */
export function podRequests(pod: Pod): Requests {
  let requests = requestsByPod.get(pod);
  if (requests === undefined) {
    requests = requestsOf(pod, false);
    requestsByPod.set(pod, requests);
  }
  return requests;
}

const matchers = new WeakMap<LabelSelector, LabelMatcher>();

/** An absent selector matches nothing, an empty one everything. */
export function matchesLabelSelector(selector: LabelSelector | undefined, labels: Labels): boolean {
  if (selector === undefined) return false;
  let matcher = matchers.get(selector);
  if (matcher === undefined) {
    matcher = compileLabelSelector(selector);
    matchers.set(selector, matcher);
  }
  return matcher(labels);
}

/** Terms are ORed; an empty term, and one that cannot be parsed, matches nothing. */
export function matchesNodeSelector(selector: NodeSelector, node: SelectableNode): boolean {
  return compileNodeSelector(selector).matches(node);
}

const affinities = new WeakMap<PodSpec, (node: SelectableNode) => NodeMatch>();

/** The Pod's nodeSelector and its required node affinity; with errors where no term matches and one cannot be parsed. */
export function requiredNodeMatch(pod: Pod, node: Node): NodeMatch {
  let affinity = affinities.get(pod.spec);
  if (affinity === undefined) {
    affinity = requiredNodeAffinity(pod.spec);
    affinities.set(pod.spec, affinity);
  }
  return affinity(node);
}

export function matchesRequiredNodeAffinity(pod: Pod, node: Node): boolean {
  return requiredNodeMatch(pod, node).matches;
}

function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  return toleration.operator === 'Exists' || (toleration.value ?? '') === (taint.value ?? '');
}

/** The first taint that keeps a Pod with these tolerations off the Node. */
export function findUntoleratedTaint(
  taints: readonly Taint[] | undefined,
  tolerations: readonly Toleration[] | undefined,
): Taint | undefined {
  return taints?.find(
    (taint) => taint.effect !== 'PreferNoSchedule' && !tolerations?.some((toleration) => tolerates(toleration, taint)),
  );
}

/** Equal as JSON: members in any order, an absent member equal to an undefined one. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((member, i) => sameValue(member, b[i]));
  }
  const [x, y] = [a as Record<string, unknown>, b as Record<string, unknown>];
  for (const name of Object.keys(x)) if (!sameValue(x[name], y[name])) return false;
  for (const name of Object.keys(y)) if (y[name] !== undefined && x[name] === undefined) return false;
  return true;
}
