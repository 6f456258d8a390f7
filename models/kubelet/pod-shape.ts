/**
 * What all Pods of one template have in common for a kubelet, computed once: the order of the containers, the statuses
 * before anything runs, which conditions hold then. Pods of one template share their containers by identity, and so
 * they share this, and their first statuses share whole lists.
 */
import type { Container, ContainerState, ContainerStatus, PodSpec } from '../objects/pod.ts';
import type { Amounts } from './admission.ts';
import type { KnownImage, KnownImages } from './known-images.ts';
import { containersReadyVerdict, initializedVerdict, type Verdict } from './pod-conditions.ts';
import type { StartConditions } from './usual-status.ts';

export type ContainerKind = 'main' | 'init' | 'sidecar';

export const NO_STATE: ContainerState = {};

export interface PodShape {
  /** Init containers in spec order, then the main ones in spec order: the order in which they are started. */
  readonly containers: readonly Container[];
  readonly kinds: readonly ContainerKind[];
  readonly images: readonly KnownImage[];
  readonly initCount: number;
  /** Indices into `containers` of the main ones, by name: the order of status.containerStatuses. */
  readonly statusOrder: readonly number[];
  /** The statuses before the first container is started. */
  readonly waitingStatuses: readonly ContainerStatus[];
  readonly waitingInitStatuses: readonly ContainerStatus[] | undefined;
  readonly waitingInitialized: Verdict;
  readonly waitingContainersReady: Verdict;
  readonly hasProbes: boolean;
  /** The Pods are in the network of their Node. */
  readonly onHost: boolean;
  readonly hasGates: boolean;
  readonly hasHostPorts: boolean;
  /** What the containers request together; undefined until the first of these Pods is admitted. */
  amounts: Amounts | undefined;
  /** The conditions of those that were admitted last. */
  conditions: StartConditions | undefined;
}

/** The status of a container that has not been started. */
export function waitingStatus(container: Container, reason: string, message?: string): ContainerStatus {
  return {
    name: container.name,
    state: { waiting: message === undefined ? { reason } : { reason, message } },
    lastState: NO_STATE,
    ready: false,
    restartCount: 0,
    image: container.image ?? '',
    imageID: '',
    started: false,
  };
}

function kindOf(container: Container, isInit: boolean): ContainerKind {
  if (!isInit) return 'main';
  return container.restartPolicy === 'Always' ? 'sidecar' : 'init';
}

function hasProbe(container: Container): boolean {
  return (
    container.readinessProbe !== undefined ||
    container.livenessProbe !== undefined ||
    container.startupProbe !== undefined
  );
}

function hasHostPort({ ports }: Container): boolean {
  return ports?.some(({ hostPort }) => hostPort !== undefined && hostPort !== 0) ?? false;
}

function makeShape(spec: PodSpec, images: KnownImages): PodShape {
  const init = spec.initContainers ?? [];
  const containers = [...init, ...spec.containers];
  const statusOrder = spec.containers.map((_, index) => init.length + index);
  const nameAt = (index: number): string => (containers[index] as Container).name;
  statusOrder.sort((a, b) => (nameAt(a) < nameAt(b) ? -1 : 1));
  const reason = init.length > 0 ? 'PodInitializing' : 'ContainerCreating';
  const waitingStatuses = statusOrder.map((index) => waitingStatus(containers[index] as Container, reason));
  const waitingInitStatuses = init.length > 0 ? init.map((container) => waitingStatus(container, reason)) : undefined;
  const all = [...(waitingInitStatuses ?? []), ...waitingStatuses];
  return {
    containers,
    kinds: containers.map((container, index) => kindOf(container, index < init.length)),
    images: containers.map(({ image }) => images.of(image ?? '')),
    initCount: init.length,
    statusOrder,
    waitingStatuses,
    waitingInitStatuses,
    waitingInitialized: initializedVerdict(spec, all, 'Pending'),
    waitingContainersReady: containersReadyVerdict(spec, all, 'Pending'),
    hasProbes: containers.some(hasProbe),
    onHost: spec.hostNetwork === true,
    hasGates: spec.readinessGates !== undefined,
    hasHostPorts: spec.containers.some(hasHostPort),
    amounts: undefined,
    conditions: undefined,
  };
}

function isOf(shape: PodShape, spec: PodSpec): boolean {
  return shape.onHost === (spec.hostNetwork === true) && shape.hasGates === (spec.readinessGates !== undefined);
}

/** Shapes by the identity of the list of main containers. */
export class PodShapes {
  readonly #images: KnownImages;
  readonly #shapes = new WeakMap<
    readonly Container[],
    { initContainers: PodSpec['initContainers']; shape: PodShape }
  >();

  constructor(images: KnownImages) {
    this.#images = images;
  }

  of(spec: PodSpec): PodShape {
    const known = this.#shapes.get(spec.containers);
    if (known !== undefined && known.initContainers === spec.initContainers && isOf(known.shape, spec))
      return known.shape;
    const shape = makeShape(spec, this.#images);
    this.#shapes.set(spec.containers, { initContainers: spec.initContainers, shape });
    return shape;
  }
}
