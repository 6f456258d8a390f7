/**
 * Pods of equal scheduling-relevant specification form one class, and everything that is parsed from it (requests,
 * selectors, affinity terms, ports, images) is parsed once for the class. What a class does not hold, and what a plugin
 * must read from the Pod itself: its name and uid, `spec.nodeName`, and its status.
 */
import type { Labels, ObjectMeta, OwnerReference } from '../../objects/meta.ts';
import type { Container, Pod, PodSpec } from '../../objects/pod.ts';
import { type AffinityTerms, compileAffinityTerms } from './affinity-terms.ts';
import type { Amounts, NonZeroAmounts } from './amounts.ts';
import { type HostPort, hostPortsOf } from './host-ports.ts';
import { NO_LABELS } from './label-matcher.ts';
import { compilePreferredNodes, compileRequiredNodes, type NodeMatcher, type PreferredNodes } from './node-matcher.ts';
import { boundRequests, incomingRequests, scoredRequests } from './pod-requests.ts';

export interface PodClass {
  /** From 0 in order of first appearance in this scheduler; never used again for another class. */
  readonly id: number;
  readonly namespace: string;
  readonly labels: Labels;
  /** Those that a plugin says it reads. */
  readonly annotations: Labels;
  /** Of the first Pod of the class. `nodeName` and what no plugin reads may differ in others. */
  readonly spec: PodSpec;
  readonly priority: number;
  /** The owner that controls the Pod; its uid is that of the first Pod's. */
  readonly controller: OwnerReference | undefined;
  /** As an incoming Pod: true requests. */
  readonly requests: Amounts;
  /** As an incoming Pod, in the scoring of NodeResourcesFit. */
  readonly scoredRequests: Amounts;
  /** As a bound Pod without in-place resizes. */
  readonly boundRequests: Amounts;
  readonly boundNonZero: NonZeroAmounts;
  readonly hostPorts: readonly HostPort[];
  readonly affinity: AffinityTerms;
  /** nodeSelector and required node affinity; undefined when every Node matches. */
  readonly requiredNodes: NodeMatcher | undefined;
  readonly preferredNodes: PreferredNodes;
  /** Images of containers and init containers as the ImageLocality plugin names them. */
  readonly images: readonly string[];
  /** "namespace/name" of the claims that its volumes name. */
  readonly claimKeys: readonly string[];
}

/** ":latest" is added when the image has no tag and no digest. Source: plugins/imagelocality normalizedImageName. */
function normalizedImage(image: string): string {
  return image.lastIndexOf(':') <= image.lastIndexOf('/') ? `${image}:latest` : image;
}

function build(pod: Pod, id: number, annotations: Labels): PodClass {
  const { spec, metadata } = pod;
  const namespace = namespaceOf(metadata);
  const incoming = incomingRequests(pod);
  const bound = boundRequests({ ...pod, status: undefined } as Pod);
  return {
    id,
    namespace,
    labels: metadata.labels ?? NO_LABELS,
    annotations,
    spec,
    priority: spec.priority ?? 0,
    controller: controllerOf(metadata),
    requests: incoming,
    scoredRequests: scoredRequests(pod),
    boundRequests: bound.requests,
    boundNonZero: bound.nonZero,
    hostPorts: hostPortsOf(spec),
    affinity: compileAffinityTerms(spec, namespace),
    requiredNodes: compileRequiredNodes(spec),
    preferredNodes: compilePreferredNodes(spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution),
    images: [...(spec.initContainers ?? []), ...spec.containers].map(({ image }) => normalizedImage(image ?? '')),
    claimKeys: (spec.volumes ?? [])
      .filter(({ persistentVolumeClaim }) => persistentVolumeClaim !== undefined)
      .map(({ persistentVolumeClaim }) => `${namespace}/${persistentVolumeClaim?.claimName}`),
  };
}

export function namespaceOf(metadata: ObjectMeta): string {
  return metadata.namespace || 'default';
}

export function controllerOf(metadata: ObjectMeta): OwnerReference | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true);
}

function containerFacts({ name, image, resources, ports, restartPolicy }: Container): unknown {
  const hostPorts = ports?.filter(({ hostPort }) => (hostPort ?? 0) > 0);
  return [name, image, resources?.requests, resources?.claims, hostPorts, restartPolicy];
}

/** Equal text, equal class. Pods from one template write their members in one order; others may become two classes. */
function classKey({ spec, metadata }: Pod): string {
  const controller = controllerOf(metadata);
  return JSON.stringify([
    namespaceOf(metadata),
    metadata.labels,
    controller && [controller.apiVersion, controller.kind, controller.name],
    spec.containers.map(containerFacts),
    spec.initContainers?.map(containerFacts),
    spec.overhead,
    spec.resources?.requests,
    spec.nodeSelector,
    spec.affinity,
    spec.tolerations,
    spec.topologySpreadConstraints,
    spec.priority,
    spec.preemptionPolicy,
    spec.schedulerName,
    spec.volumes,
    spec.resourceClaims,
  ]);
}

/** What two Pods must share, member by member, to be of one class without a closer look. */
function sharesParts(a: Pod, b: Pod): boolean {
  const [x, y] = [a.spec, b.spec];
  if (x !== y) {
    if (x.initContainers !== y.initContainers || x.affinity !== y.affinity || x.tolerations !== y.tolerations)
      return false;
    if (x.topologySpreadConstraints !== y.topologySpreadConstraints || x.nodeSelector !== y.nodeSelector) return false;
    if (x.overhead !== y.overhead || x.resources !== y.resources || x.priority !== y.priority) return false;
    if (x.volumes !== y.volumes || x.resourceClaims !== y.resourceClaims) return false;
    if (x.preemptionPolicy !== y.preemptionPolicy || x.schedulerName !== y.schedulerName) return false;
  }
  if (a.metadata.labels !== b.metadata.labels || a.metadata.namespace !== b.metadata.namespace) return false;
  if (a.metadata.ownerReferences === b.metadata.ownerReferences) return true;
  const [m, n] = [controllerOf(a.metadata), controllerOf(b.metadata)];
  return m === n || (m?.kind === n?.kind && m?.name === n?.name && m?.apiVersion === n?.apiVersion);
}

interface Known {
  readonly pod: Pod;
  readonly podClass: PodClass;
}

/** Classes kept by content; when there are more, the memory of them starts afresh (live Pods keep theirs). */
const CLASSES_MAX = 65_536;

/** The classes of one scheduler. */
export class PodClasses {
  readonly #byContainers = new WeakMap<object, Known>();
  readonly #byKey = new Map<string, PodClass>();
  readonly #annotationNames = new Set<string>();
  #nextId = 0;

  /** Pods that differ in one of these annotations are of different classes from now on. Call before Pods are classed. */
  readAnnotations(names: readonly string[]): void {
    for (const name of names) this.#annotationNames.add(name);
  }

  /** @throws RangeError when a request is no quantity. */
  of(pod: Pod): PodClass {
    const known = this.#byContainers.get(pod.spec.containers);
    if (known !== undefined && sharesParts(known.pod, pod) && this.#sharesAnnotations(known.pod, pod))
      return known.podClass;
    const annotations = this.#annotationsOf(pod);
    const key = annotations === NO_LABELS ? classKey(pod) : classKey(pod) + JSON.stringify(annotations);
    let podClass = this.#byKey.get(key);
    if (podClass === undefined) {
      if (this.#byKey.size >= CLASSES_MAX) this.#byKey.clear();
      podClass = build(pod, this.#nextId++, annotations);
      this.#byKey.set(key, podClass);
    }
    this.#byContainers.set(pod.spec.containers, { pod, podClass });
    return podClass;
  }

  /** Whether two Pods share so much that they are of one class without a closer look: two versions of a Pod, as a rule. */
  areAlike(a: Pod, b: Pod): boolean {
    return a.spec.containers === b.spec.containers && sharesParts(a, b) && this.#sharesAnnotations(a, b);
  }

  #sharesAnnotations(a: Pod, b: Pod): boolean {
    if (this.#annotationNames.size === 0) return true;
    const [x, y] = [a.metadata.annotations, b.metadata.annotations];
    if (x === y) return true;
    for (const name of this.#annotationNames) if (x?.[name] !== y?.[name]) return false;
    return true;
  }

  /** In the order in which plugins named them; NO_LABELS when the Pod has none of them. */
  #annotationsOf({ metadata: { annotations } }: Pod): Labels {
    if (annotations === undefined || this.#annotationNames.size === 0) return NO_LABELS;
    const read: Record<string, string> = {};
    for (const name of this.#annotationNames) {
      const value = annotations[name];
      if (value !== undefined) read[name] = value;
    }
    return Object.keys(read).length === 0 ? NO_LABELS : read;
  }
}
