/**
 * What a DELETE does: removes the object, lets it wait for finalizers, or begins a Pod's graceful end.
 * Sources: apiserver/pkg/registry/rest/delete.go, pkg/registry/core/pod/strategy.go (CheckGracefulDelete).
 */
import type { DeleteOptions } from '../client/client.ts';
import type { KubeObject, ObjectMeta } from '../objects/meta.ts';
import type { Pod } from '../objects/pod.ts';
import { NAMESPACES, PODS, type Resource } from '../objects/resources.ts';
import { forbidden, type Refusal } from './status-errors.ts';

export interface DeletionClock {
  nowTimestamp(): string;
  nowSeconds(): number;
  timestampOf(seconds: number): string;
}

export type DeletionPlan<T> =
  | { readonly kind: 'remove' }
  /** Nothing changes: it is being deleted already, and not later than asked. */
  | { readonly kind: 'keep' }
  | { readonly kind: 'store'; readonly object: T }
  | { readonly kind: 'refuse'; readonly refusal: Refusal };

const IMMORTAL_NAMESPACES: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public']);
const DEFAULT_GRACE_SECONDS = 30;

export function planDeletion<T extends KubeObject>(
  resource: Resource<T>,
  old: T,
  options: DeleteOptions,
  clock: DeletionClock,
): DeletionPlan<T> {
  if (resource.kind === NAMESPACES.kind) return planNamespace(old, clock) as DeletionPlan<T>;
  const finalizers = finalizersAfter(old.metadata, options);
  const isPod = resource.kind === PODS.kind;
  const graceSeconds = isPod ? graceOf(old as unknown as Pod, options) : 0;
  if (graceSeconds > 0) return planGraceful(old, graceSeconds, finalizers, clock);
  if (finalizers.length === 0) return { kind: 'remove' };
  const { metadata } = old;
  const sameFinalizers = finalizers.length === (metadata.finalizers?.length ?? 0);
  const { deletionTimestamp } = metadata;
  if (deletionTimestamp !== undefined && sameFinalizers && metadata.deletionGracePeriodSeconds === 0)
    return { kind: 'keep' };
  return {
    kind: 'store',
    object: {
      ...old,
      metadata: {
        ...metadata,
        finalizers,
        deletionTimestamp: earlier(deletionTimestamp, clock.nowTimestamp()),
        deletionGracePeriodSeconds: 0,
        generation: (metadata.generation ?? 0) + (deletionTimestamp === undefined ? 1 : 0),
      },
    },
  };
}

const earlier = (a: string | undefined, b: string): string => (a !== undefined && a < b ? a : b);

/** Seconds until the Pod must be gone. Nothing to wait for before it is bound or after it has ended. */
function graceOf(pod: Pod, options: DeleteOptions): number {
  const asked = options.gracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS;
  if (pod.spec.nodeName === undefined || pod.spec.nodeName === '') return 0;
  if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') return 0;
  return asked < 0 ? 1 : asked;
}

/** A first DELETE sets the time; a later one may only bring it forward, and not into the past. */
function planGraceful<T extends KubeObject>(
  old: T,
  graceSeconds: number,
  finalizers: readonly string[],
  clock: DeletionClock,
): DeletionPlan<T> {
  const { metadata } = old;
  let seconds = graceSeconds;
  let end = Math.floor(clock.nowSeconds()) + graceSeconds;
  if (metadata.deletionTimestamp !== undefined) {
    const pending = metadata.deletionGracePeriodSeconds ?? 0;
    if (graceSeconds >= pending) return { kind: 'keep' };
    // The moment of the first DELETE is its end less its grace; the new grace counts from there.
    const first = secondsOf(metadata.deletionTimestamp, clock) - pending;
    end = first + graceSeconds;
    if (end < clock.nowSeconds()) {
      end = Math.floor(clock.nowSeconds());
      seconds = 1;
    }
  }
  const generation = (metadata.generation ?? 0) + (metadata.deletionTimestamp === undefined ? 1 : 0);
  const next: ObjectMeta = {
    ...metadata,
    deletionTimestamp: clock.timestampOf(end),
    deletionGracePeriodSeconds: seconds,
    generation,
  };
  return { kind: 'store', object: { ...old, metadata: finalizers.length > 0 ? { ...next, finalizers } : next } };
}

/** Seconds of a timestamp, found by the clock itself: the difference in text is at most the greatest grace. */
function secondsOf(timestamp: string, clock: DeletionClock): number {
  let low = Math.floor(clock.nowSeconds()) - 86_400;
  let high = low + 2 * 365 * 86_400;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (clock.timestampOf(middle) < timestamp) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Foreground and orphan deletion leave a finalizer for the garbage collector. */
function finalizersAfter(metadata: ObjectMeta, options: DeleteOptions): readonly string[] {
  const had = metadata.finalizers ?? [];
  const wanted =
    options.propagationPolicy === 'Foreground'
      ? 'foregroundDeletion'
      : options.propagationPolicy === 'Orphan'
        ? 'orphan'
        : undefined;
  const kept =
    options.propagationPolicy === undefined
      ? had
      : had.filter((name) => name === wanted || (name !== 'foregroundDeletion' && name !== 'orphan'));
  return wanted === undefined || kept.includes(wanted) ? kept : [...kept, wanted];
}

/** A namespace turns Terminating and stays until its controller has emptied it. */
function planNamespace(old: KubeObject, clock: DeletionClock): DeletionPlan<KubeObject> {
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
    metadata: { ...metadata, deletionTimestamp: clock.nowTimestamp() },
    status: { ...status, phase: 'Terminating' },
  };
  return { kind: 'store', object: next };
}
