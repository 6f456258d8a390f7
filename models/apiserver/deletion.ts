/**
 * What a DELETE does: removes the object, lets it wait for finalizers, or begins a Pod's graceful end.
 * Sources: apiserver/pkg/registry/rest/delete.go, pkg/registry/core/pod/strategy.go (CheckGracefulDelete).
 */
import type { DeleteOptions } from '../client/client.ts';
import type { KubeObject, ObjectMeta } from '../objects/meta.ts';
import type { Pod } from '../objects/pod.ts';
import { NAMESPACES, PODS, type Resource } from '../objects/resources.ts';
import { formatTimestamp, timestampToSeconds } from '../objects/timestamp.ts';
import { forbidden, type Refusal } from './status-errors.ts';

export interface DeletionClock {
  nowTimestamp(): string;
  nowSeconds(): number;
}

export type DeletionPlan<T> =
  | { readonly kind: 'remove' }
  /** Nothing changes: it is being deleted already, and not later than asked. */
  | { readonly kind: 'keep' }
  | { readonly kind: 'store'; readonly object: T }
  /** The object is marked, which watchers see, and removed at once. */
  | { readonly kind: 'store and remove'; readonly object: T }
  | { readonly kind: 'refuse'; readonly refusal: Refusal };

const IMMORTAL_NAMESPACES: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public']);
const DEFAULT_GRACE_SECONDS = 30;
const FOREGROUND = 'foregroundDeletion';
const ORPHAN = 'orphan';

export function planDeletion<T extends KubeObject>(
  resource: Resource<T>,
  old: T,
  options: DeleteOptions,
  clock: DeletionClock,
  resourceVersion: string,
): DeletionPlan<T> {
  if (resource.kind === NAMESPACES.kind) return planNamespace(old, clock, resourceVersion) as DeletionPlan<T>;
  const finalizers = finalizersAfter(resource, old.metadata, options);
  if (resource.kind === PODS.kind)
    return planPod(old as unknown as Pod, options, finalizers, clock, resourceVersion) as DeletionPlan<T>;
  if (finalizers.length === 0) return { kind: 'remove' };
  const { metadata } = old;
  const hasSameFinalizers = finalizers.length === (metadata.finalizers?.length ?? 0);
  if (metadata.deletionTimestamp !== undefined && hasSameFinalizers) return { kind: 'keep' };
  const deletionTimestamp = metadata.deletionTimestamp ?? clock.nowTimestamp();
  return {
    kind: 'store',
    object: { ...old, metadata: marked(metadata, deletionTimestamp, 0, finalizers, resourceVersion) },
  };
}

/** The metadata of an object that is being deleted. The first mark raises the generation, where there is one. */
function marked(
  metadata: ObjectMeta,
  deletionTimestamp: string,
  deletionGracePeriodSeconds: number,
  finalizers: readonly string[],
  resourceVersion: string,
): ObjectMeta {
  const isFirst = metadata.deletionTimestamp === undefined && metadata.generation !== undefined;
  return {
    ...metadata,
    resourceVersion,
    deletionTimestamp,
    deletionGracePeriodSeconds,
    ...(isFirst ? { generation: (metadata.generation as number) + 1 } : {}),
    ...(finalizers.length > 0 ? { finalizers } : {}),
  };
}

/** Seconds until the Pod must be gone. Nothing to wait for before it is bound or after it has ended. */
function graceOf(pod: Pod, options: DeleteOptions): number {
  const asked = options.gracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS;
  if (pod.spec.nodeName === undefined || pod.spec.nodeName === '') return 0;
  if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') return 0;
  return asked < 0 ? 1 : asked;
}

/** A first DELETE sets the time; a later one may only bring it forward, and not into the past. */
function planPod(
  pod: Pod,
  options: DeleteOptions,
  finalizers: readonly string[],
  clock: DeletionClock,
  resourceVersion: string,
): DeletionPlan<Pod> {
  const { metadata } = pod;
  const nowSeconds = Math.floor(clock.nowSeconds());
  let graceSeconds = graceOf(pod, options);
  let endSeconds = nowSeconds + graceSeconds;
  if (metadata.deletionTimestamp !== undefined) {
    const pendingSeconds = metadata.deletionGracePeriodSeconds ?? 0;
    graceSeconds = options.gracePeriodSeconds ?? pendingSeconds;
    if (graceSeconds >= pendingSeconds) return { kind: 'keep' };
    // The moment of the first DELETE is its end less its grace; the new grace counts from there.
    endSeconds = timestampToSeconds(metadata.deletionTimestamp) - pendingSeconds + graceSeconds;
    if (endSeconds < nowSeconds) {
      endSeconds = nowSeconds;
      if (graceSeconds !== 0) graceSeconds = 1;
    }
  }
  const deletionTimestamp = endSeconds === nowSeconds ? clock.nowTimestamp() : formatTimestamp(endSeconds);
  const object = { ...pod, metadata: marked(metadata, deletionTimestamp, graceSeconds, finalizers, resourceVersion) };
  return { kind: graceSeconds === 0 && finalizers.length === 0 ? 'store and remove' : 'store', object };
}

/**
 * Foreground and orphan deletion leave a finalizer for the garbage collector. Without a policy a ReplicationController
 * leaves its Pods (pkg/registry/core/replicationcontroller/strategy.go).
 */
function finalizersAfter(resource: Resource, metadata: ObjectMeta, options: DeleteOptions): readonly string[] {
  const had = metadata.finalizers ?? [];
  const wanted = collectorFinalizer(resource, had, options);
  if (wanted === undefined && options.propagationPolicy === undefined) return had;
  const kept = had.filter((name) => name === wanted || (name !== FOREGROUND && name !== ORPHAN));
  return wanted === undefined || kept.includes(wanted) ? kept : [...kept, wanted];
}

function collectorFinalizer(resource: Resource, had: readonly string[], options: DeleteOptions): string | undefined {
  switch (options.propagationPolicy) {
    case 'Foreground':
      return FOREGROUND;
    case 'Orphan':
      return ORPHAN;
    case 'Background':
      return undefined;
    default:
      if (had.includes(ORPHAN) || had.includes(FOREGROUND)) return undefined;
      return resource.kind === 'ReplicationController' ? ORPHAN : undefined;
  }
}

/** A namespace turns Terminating and stays until its controller has emptied it. */
function planNamespace(old: KubeObject, clock: DeletionClock, resourceVersion: string): DeletionPlan<KubeObject> {
  const { metadata } = old;
  if (IMMORTAL_NAMESPACES.has(metadata.name)) {
    return { kind: 'refuse', refusal: forbidden(NAMESPACES, metadata.name, 'this namespace may not be deleted') };
  }
  const { spec, status } = old as KubeObject & { spec?: { finalizers?: readonly string[] }; status?: object };
  if (metadata.deletionTimestamp !== undefined) {
    const done = (spec?.finalizers?.length ?? 0) === 0 && (metadata.finalizers?.length ?? 0) === 0;
    return done ? { kind: 'remove' } : { kind: 'keep' };
  }
  const next = {
    ...old,
    metadata: { ...metadata, resourceVersion, deletionTimestamp: clock.nowTimestamp() },
    status: { ...status, phase: 'Terminating' },
  };
  return { kind: 'store', object: next };
}
