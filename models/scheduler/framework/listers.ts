/**
 * Objects that plugins look up, as the scheduler's informers have shown them.
 */
import type { Namespace } from '../../objects/cluster-objects.ts';
import type { KubeObject } from '../../objects/meta.ts';
import type { Service } from '../../objects/service.ts';
import type {
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  PersistentVolume,
  PersistentVolumeClaim,
  StorageClass,
  VolumeAttachment,
} from '../../objects/storage.ts';
import type { PodDisruptionBudget, ReplicaSet, ReplicationController, StatefulSet } from '../../objects/workloads.ts';

/** Objects of one kind, by namespace and name; cluster-wide kinds have the namespace ''. */
export class Lister<T extends KubeObject> {
  readonly #byNamespace = new Map<string, Map<string, T>>();
  /** Grows with each change that counts, so that what was derived can be kept until then. */
  version = 0;
  readonly #counts: (before: T, after: T) => boolean;

  /** @param counts whether an update counts; absent: every one does */
  constructor(counts: (before: T, after: T) => boolean = () => true) {
    this.#counts = counts;
  }

  /** Adds or replaces. */
  set(object: T): void {
    const namespace = object.metadata.namespace ?? '';
    let objects = this.#byNamespace.get(namespace);
    if (objects === undefined) {
      objects = new Map();
      this.#byNamespace.set(namespace, objects);
    }
    const before = objects.get(object.metadata.name);
    objects.set(object.metadata.name, object);
    if (before === undefined || this.#counts(before, object)) this.version++;
  }

  delete(object: T): void {
    if (this.#byNamespace.get(object.metadata.namespace ?? '')?.delete(object.metadata.name) === true) this.version++;
  }

  get(namespace: string, name: string): T | undefined {
    return this.#byNamespace.get(namespace)?.get(name);
  }

  /** Of one namespace, in order of appearance. */
  list(namespace: string): Iterable<T> {
    return this.#byNamespace.get(namespace)?.values() ?? [];
  }

  /** Of all namespaces. */
  *all(): Iterable<T> {
    for (const objects of this.#byNamespace.values()) yield* objects.values();
  }
}

/** Controllers report all the time; what selects Pods is in the spec. */
function specChanged<T extends { readonly spec?: unknown }>(before: T, after: T): boolean {
  return before.spec !== after.spec;
}

export class Listers {
  readonly namespaces = new Lister<Namespace>();
  readonly services = new Lister<Service>(specChanged);
  readonly replicationControllers = new Lister<ReplicationController>(specChanged);
  readonly replicaSets = new Lister<ReplicaSet>(specChanged);
  readonly statefulSets = new Lister<StatefulSet>(specChanged);
  readonly podDisruptionBudgets = new Lister<PodDisruptionBudget>();
  readonly persistentVolumeClaims = new Lister<PersistentVolumeClaim>();
  readonly persistentVolumes = new Lister<PersistentVolume>();
  readonly storageClasses = new Lister<StorageClass>();
  readonly csiNodes = new Lister<CSINode>();
  readonly csiDrivers = new Lister<CSIDriver>();
  readonly csiStorageCapacities = new Lister<CSIStorageCapacity>();
  readonly volumeAttachments = new Lister<VolumeAttachment>();
}
