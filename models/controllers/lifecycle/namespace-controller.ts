/**
 * Empties a namespace that is being deleted, and lets it go when nothing is left: Pods first, and only when the last of
 * them has gone everything else.
 * Source: pkg/controller/namespace/namespace_controller.go, deletion/namespaced_resources_deleter.go,
 * deletion/status_condition_utils.go.
 */
import { MICROS_PER_SECOND } from '../../../engine/index.ts';
import type { Namespace } from '../../objects/cluster-objects.ts';
import type { Condition, KubeObject } from '../../objects/meta.ts';
import type { Pod } from '../../objects/pod.ts';
import { ALL_RESOURCES, NAMESPACES, PODS, type Resource } from '../../objects/resources.ts';
import { Controller, messageOf, type SyncDone } from '../controller.ts';
import type { ControllerContext, ObjectCache } from '../controller-context.ts';
import { allAtOnce, oneByOne, type RequestDone } from '../slow-start.ts';

/** The time that the API server needs to refuse new content everywhere. */
const DELETION_GRACE_MICROS = 5 * MICROS_PER_SECOND;
/** What an object that waits for a finalizer is given before the next look. */
const FINALIZER_ESTIMATE_SECONDS = 15;
const FINALIZER = 'kubernetes';

/** What is left after a round of deletions. */
interface Remaining {
  readonly instances: Map<string, number>;
  readonly finalizers: Map<string, number>;
  estimateSeconds: number;
}

function resourceName(resource: Resource): string {
  return resource.group === '' ? `${resource.plural}.` : `${resource.plural}.${resource.group}`;
}

/** Pods first; then the other kinds by name, so that the order is always the same. */
const CONTENT: readonly Resource[] = [
  PODS,
  ...ALL_RESOURCES.filter((resource) => resource.namespaced && resource.kind !== PODS.kind).sort((x, y) =>
    resourceName(x) < resourceName(y) ? -1 : 1,
  ),
];

function listed(counts: ReadonlyMap<string, number>, text: (name: string, count: number) => string): string {
  return [...counts.keys()]
    .sort()
    .map((name) => text(name, counts.get(name) as number))
    .join(', ');
}

/** Conditions of a namespace that is being deleted. */
export function namespaceConditions(
  before: readonly Condition[],
  remaining: Pick<Remaining, 'instances' | 'finalizers'>,
  now: string,
): readonly Condition[] {
  const content = listed(remaining.instances, (name, n) => `${name} has ${n} resource instances`);
  const finalizers = listed(remaining.finalizers, (name, n) => `${name} in ${n} resource instances`);
  const wanted: [type: string, reason: string, message: string, isTrue?: boolean][] = [
    ['NamespaceDeletionDiscoveryFailure', 'ResourcesDiscovered', 'All resources successfully discovered'],
    ['NamespaceDeletionGroupVersionParsingFailure', 'ParsedGroupVersions', 'All legacy kube types successfully parsed'],
    [
      'NamespaceDeletionContentFailure',
      'ContentDeleted',
      'All content successfully deleted, may be waiting on finalization',
    ],
    content === ''
      ? ['NamespaceContentRemaining', 'ContentRemoved', 'All content successfully removed']
      : ['NamespaceContentRemaining', 'SomeResourcesRemain', `Some resources are remaining: ${content}`, true],
    finalizers === ''
      ? ['NamespaceFinalizersRemaining', 'ContentHasNoFinalizers', 'All content-preserving finalizers finished']
      : [
          'NamespaceFinalizersRemaining',
          'SomeFinalizersRemain',
          `Some content in the namespace has finalizers remaining: ${finalizers}`,
          true,
        ],
  ];
  let changed = false;
  const after = wanted.map(([type, reason, message, isTrue]): Condition => {
    const old = before.find((condition) => condition.type === type);
    const status = isTrue === true ? 'True' : 'False';
    if (old?.status === status && old.reason === reason && old.message === message) return old;
    changed = true;
    return { type, status, lastTransitionTime: now, reason, message };
  });
  return changed ? after : before;
}

export class NamespaceController extends Controller {
  readonly #namespaces: ObjectCache<Namespace>;

  constructor(context: ControllerContext, workers: number) {
    super(context, {
      name: 'namespace-controller',
      workers,
      retry: { baseMicros: 5_000, maxMicros: 60 * MICROS_PER_SECOND },
    });
    this.#namespaces = context.cache(NAMESPACES);
    this.#namespaces.addHandler({
      added: (namespace) => this.#seen(namespace),
      updated: (_old, namespace) => this.#seen(namespace),
    });
  }

  #seen(namespace: Namespace): void {
    if (namespace.metadata.deletionTimestamp === undefined) return;
    this.queue.addAfter(namespace.metadata.name, DELETION_GRACE_MICROS);
  }

  protected override sync(key: string, done: SyncDone): void {
    this.context.client.get(NAMESPACES, undefined, key, (result) => {
      if (!result.ok) {
        done(result.status.reason === 'NotFound' ? undefined : messageOf(result));
        return;
      }
      const namespace = result.object;
      const isFinal = (namespace.spec?.finalizers ?? []).length === 0;
      if (namespace.metadata.deletionTimestamp === undefined || isFinal) done();
      else this.#empty(namespace, done);
    });
  }

  #empty(namespace: Namespace, done: SyncDone): void {
    const remaining: Remaining = { instances: new Map(), finalizers: new Map(), estimateSeconds: 0 };
    const { name } = namespace.metadata;
    const clear = (resource: Resource, cleared: RequestDone): void => this.#clear(resource, name, remaining, cleared);
    const [pods, ...others] = CONTENT as [Resource, ...Resource[]];
    oneByOne([pods], clear, (podError) => {
      const rest = podError === undefined && remaining.instances.size === 0 ? others : [];
      oneByOne(rest, clear, (error) => this.#conclude(namespace, remaining, podError ?? error, done));
    });
  }

  /** Deletes all objects of one resource, then counts what is left. */
  #clear(resource: Resource, namespace: string, remaining: Remaining, cleared: RequestDone): void {
    const { client } = this.context;
    client.list(resource, { namespace }, (before) => {
      if (!before.ok) {
        cleared(messageOf(before));
        return;
      }
      if (before.list.items.length === 0) {
        cleared();
        return;
      }
      const remove = (object: KubeObject, removed: RequestDone): void =>
        client.delete(resource, namespace, object.metadata.name, { propagationPolicy: 'Background' }, (result) =>
          removed(result.ok || result.status.reason === 'NotFound' ? undefined : messageOf(result)),
        );
      allAtOnce(before.list.items, remove, (error) => {
        client.list(resource, { namespace }, (after) => {
          if (after.ok) this.#count(resource, after.list.items, remaining);
          cleared(error ?? (after.ok ? undefined : messageOf(after)));
        });
      });
    });
  }

  #count(resource: Resource, left: readonly KubeObject[], remaining: Remaining): void {
    if (left.length === 0) return;
    remaining.instances.set(resourceName(resource), left.length);
    for (const object of left) {
      for (const finalizer of object.metadata.finalizers ?? []) {
        remaining.finalizers.set(finalizer, (remaining.finalizers.get(finalizer) ?? 0) + 1);
      }
    }
    let estimate = 0;
    if (resource.kind === PODS.kind) {
      for (const pod of left as readonly Pod[]) {
        if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') continue;
        estimate = Math.max(estimate, pod.spec.terminationGracePeriodSeconds ?? 30);
      }
    }
    if (estimate === 0) estimate = FINALIZER_ESTIMATE_SECONDS;
    remaining.estimateSeconds = Math.max(remaining.estimateSeconds, estimate);
  }

  #conclude(namespace: Namespace, remaining: Remaining, error: string | undefined, done: SyncDone): void {
    const { name } = namespace.metadata;
    this.#writeConditions(namespace, remaining, (statusError) => {
      const problem = error ?? statusError;
      if (problem !== undefined) {
        done(problem);
      } else if (remaining.instances.size > 0) {
        this.queue.addAfter(name, (Math.floor(remaining.estimateSeconds / 2) + 1) * MICROS_PER_SECOND);
        done();
      } else {
        this.#finalize(name, done);
      }
    });
  }

  #writeConditions(namespace: Namespace, remaining: Remaining, done: RequestDone): void {
    const before = (namespace.status?.conditions ?? []) as readonly Condition[];
    const conditions = namespaceConditions(before, remaining, this.context.nowTimestamp());
    if (conditions === before) {
      done();
      return;
    }
    const change = (current: Namespace): Namespace => ({ ...current, status: { ...current.status, conditions } });
    const answered = (result: { readonly ok: boolean; readonly status?: unknown }): void =>
      done(result.ok ? undefined : messageOf(result as Parameters<typeof messageOf>[0]));
    this.context.client.patch(NAMESPACES, undefined, namespace.metadata.name, change, answered, 'status');
  }

  /** PUT …/finalize without the finalizer of Kubernetes. */
  #finalize(name: string, done: SyncDone): void {
    const change = (current: Namespace): Namespace => ({
      ...current,
      spec: { ...current.spec, finalizers: (current.spec?.finalizers ?? []).filter((text) => text !== FINALIZER) },
    });
    this.context.client.patch(NAMESPACES, undefined, name, change, (result) =>
      done(result.ok || result.status.reason === 'NotFound' ? undefined : messageOf(result)),
    );
  }
}
