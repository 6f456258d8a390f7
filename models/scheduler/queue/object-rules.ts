/**
 * The few rules about values that queueing hints and volume plugins ask: quantities, requests, selectors, taints and deep
 * equality, in one place, so that they are not spread over the hints.
 *
 * Sources: staging/src/k8s.io/apimachinery/pkg/{api/resource,labels,api/equality}, component-helpers/resource/helpers.go,
 * component-helpers/scheduling/corev1.
 */
import type { Labels, LabelSelector, LabelSelectorRequirement, ResourceList } from '../../objects/meta.ts';
import type { Node, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, Taint } from '../../objects/node.ts';
import type { Pod, Toleration } from '../../objects/pod.ts';

const NANO = 1_000_000_000n;
const MILLI_IN_NANO = 1_000_000n;
const SUFFIX_IN_NANO: ReadonlyMap<string, bigint> = new Map([
  ['n', 1n],
  ['u', 1_000n],
  ['m', MILLI_IN_NANO],
  ['', NANO],
  ['k', NANO * 1_000n],
  ['M', NANO * 1_000_000n],
  ['G', NANO * 1_000_000_000n],
  ['T', NANO * 1_000_000_000_000n],
  ['P', NANO * 1_000_000_000_000_000n],
  ['E', NANO * 1_000_000_000_000_000_000n],
  ['Ki', NANO << 10n],
  ['Mi', NANO << 20n],
  ['Gi', NANO << 30n],
  ['Ti', NANO << 40n],
  ['Pi', NANO << 50n],
  ['Ei', NANO << 60n],
]);

const QUANTITY = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+)|([a-zA-Z]*))$/;

/** The quantity in units of 10^-9, rounded away from zero. @throws RangeError if the text is no quantity. */
export function quantityInNano(quantity: string | number): bigint {
  const match = QUANTITY.exec(String(quantity));
  const [, sign, whole = '', fraction = '', exponent, suffix = ''] = match ?? [];
  const scale = SUFFIX_IN_NANO.get(suffix);
  if (match === null || scale === undefined || whole + fraction === '') {
    throw new RangeError(`quantity is "${quantity}"; accepted are numbers with a suffix such as m, k, Mi or e3`);
  }
  const power = Number(exponent ?? 0) - fraction.length;
  const digits = BigInt(whole + fraction) * scale;
  const factor = BigInt(`1${'0'.repeat(Math.abs(power))}`);
  const nano = power < 0 ? (digits + factor - 1n) / factor : digits * factor;
  return sign === '-' ? -nano : nano;
}

/** Negative, zero or positive as `a` is less than, equal to or greater than `b`. */
export function compareQuantity(a: string | number, b: string | number): number {
  if (a === b) return 0;
  const [x, y] = [quantityInNano(a), quantityInNano(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** Whole units, rounded up. */
function units(nano: bigint, unitInNano: bigint): number {
  return Number(nano <= 0n ? nano / unitInNano : (nano + unitInNano - 1n) / unitInNano);
}

/** An amount as the scheduler counts it: millicores of cpu, whole units of everything else; 0 when absent. */
export function resourceAmount(name: string, quantity: string | number | undefined): number {
  return quantity === undefined ? 0 : units(quantityInNano(quantity), name === 'cpu' ? MILLI_IN_NANO : NANO);
}

/** Resources that are neither cpu, memory, storage nor pods: extended ones, huge pages, attachable volumes. */
export function isScalarResource(name: string): boolean {
  const isPrefixedNative = name.includes('kubernetes.io/');
  const isExtended = name.includes('/') && !isPrefixedNative && !name.startsWith('requests.');
  return isExtended || isPrefixedNative || name.startsWith('hugepages-') || name.startsWith('attachable-volumes-');
}

/** Resource name to amount, as `resourceAmount` counts. */
export type Requests = ReadonlyMap<string, number>;

const requestsByPod = new WeakMap<Pod, Requests>();

/** What a Pod asks for: containers and sidecars together, or its greatest init stage if that is more, and its overhead. */
export function podRequests(pod: Pod): Requests {
  let requests = requestsByPod.get(pod);
  if (requests === undefined) {
    const nano = requestsInNano(pod);
    requests = new Map([...nano].map(([name, amount]) => [name, units(amount, name === 'cpu' ? MILLI_IN_NANO : NANO)]));
    requestsByPod.set(pod, requests);
  }
  return requests;
}

function addTo(total: Map<string, bigint>, list: ResourceList | undefined): void {
  for (const [name, quantity] of Object.entries(list ?? {})) {
    total.set(name, (total.get(name) ?? 0n) + quantityInNano(quantity));
  }
}

function raiseTo(total: Map<string, bigint>, other: ReadonlyMap<string, bigint>): void {
  for (const [name, amount] of other) {
    const present = total.get(name);
    if (present === undefined || present < amount) total.set(name, amount);
  }
}

function requestsInNano(pod: Pod): Map<string, bigint> {
  const total = new Map<string, bigint>();
  for (const container of pod.spec.containers) addTo(total, container.resources?.requests);
  const sidecars = new Map<string, bigint>();
  const greatestStage = new Map<string, bigint>();
  for (const container of pod.spec.initContainers ?? []) {
    const list = container.resources?.requests;
    const isSidecar = container.restartPolicy === 'Always';
    if (isSidecar) addTo(total, list);
    const stage = isSidecar ? sidecars : new Map(sidecars);
    addTo(stage, list);
    raiseTo(greatestStage, stage);
  }
  raiseTo(total, greatestStage);
  for (const [name, quantity] of Object.entries(pod.spec.resources?.requests ?? {})) {
    if (name === 'cpu' || name === 'memory' || name.startsWith('hugepages-')) total.set(name, quantityInNano(quantity));
  }
  addTo(total, pod.spec.overhead);
  return total;
}

/** An absent selector matches nothing, an empty one everything. */
export function matchesLabelSelector(selector: LabelSelector | undefined, labels: Labels): boolean {
  if (selector === undefined) return false;
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) if (labels[key] !== value) return false;
  return (selector.matchExpressions ?? []).every((requirement) => matchesSet(requirement, labels));
}

function matchesSet(requirement: LabelSelectorRequirement | NodeSelectorRequirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, requirement.key) ? labels[requirement.key] : undefined;
  switch (requirement.operator) {
    case 'In':
      return value !== undefined && (requirement.values ?? []).includes(value);
    case 'NotIn':
      return value === undefined || !(requirement.values ?? []).includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
    case 'Lt':
      return matchesOrder(requirement.operator, value, requirement.values?.[0]);
  }
}

const INTEGER = /^[+-]?\d+$/;

/** Both sides must be integers; what is none never matches. */
function matchesOrder(operator: 'Gt' | 'Lt', value: string | undefined, limit: string | undefined): boolean {
  if (value === undefined || limit === undefined || !INTEGER.test(value) || !INTEGER.test(limit)) return false;
  const [x, y] = [BigInt(value.replace('+', '')), BigInt(limit.replace('+', ''))];
  return operator === 'Gt' ? x > y : x < y;
}

function matchesNodeTerm(term: NodeSelectorTerm, node: Node): boolean {
  const expressions = term.matchExpressions ?? [];
  const fields = term.matchFields ?? [];
  if (expressions.length === 0 && fields.length === 0) return false;
  const labels = node.metadata.labels ?? {};
  if (!expressions.every((requirement) => matchesSet(requirement, labels))) return false;
  return fields.every((requirement) => matchesSet(requirement, { 'metadata.name': node.metadata.name }));
}

/** Terms are ORed; an empty term matches nothing. */
export function matchesNodeSelector(selector: NodeSelector, node: Node): boolean {
  return selector.nodeSelectorTerms.some((term) => matchesNodeTerm(term, node));
}

/** The Pod's nodeSelector and its required node affinity. */
export function matchesRequiredNodeAffinity(pod: Pod, node: Node): boolean {
  const labels = node.metadata.labels ?? {};
  for (const [key, value] of Object.entries(pod.spec.nodeSelector ?? {})) if (labels[key] !== value) return false;
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return required === undefined || matchesNodeSelector(required, node);
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
