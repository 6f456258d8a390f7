/**
 * The storage objects that the volume plugins read, found as they need them: what the informers have shown, and over it what the
 * scheduler has assumed but not yet seen (a claim's chosen volume or Node).
 *
 * Source: pkg/scheduler/util/assumecache, plugins/volumebinding/assume_cache.go.
 */
import type { KubeObject } from '../../objects/meta.ts';
import type {
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  PersistentVolume,
  PersistentVolumeClaim,
  StorageClass,
  VolumeAttachment,
} from '../../objects/storage.ts';
import type { Lister, Listers } from '../framework/listers.ts';

/** The annotation that overrides `storageClassName`. */
const BETA_CLASS = 'volume.beta.kubernetes.io/storage-class';

/** Class of a claim or a volume; '' for none. */
export function classOf(object: PersistentVolume | PersistentVolumeClaim): string {
  return object.metadata.annotations?.[BETA_CLASS] ?? object.spec.storageClassName ?? '';
}

export function objectKey(namespace: string | undefined, name: string): string {
  return `${namespace ?? 'default'}/${name}`;
}

/** Namespaces of Pods and claims; an absent one is "default" in manifests that were never stored. */
function claimNamespace(namespace: string | undefined): string {
  return namespace ?? 'default';
}

interface Assumed<T> {
  readonly object: T;
  /** What the informer showed when the object was assumed; anything newer takes its place. */
  readonly over: T | undefined;
}

/** Objects of one kind that are assumed to be other than shown. */
class Assumptions<T extends KubeObject> {
  readonly #byKey = new Map<string, Assumed<T>>();

  over(key: string, shown: T | undefined): T | undefined {
    if (this.#byKey.size === 0) return shown;
    const assumed = this.#byKey.get(key);
    if (assumed === undefined) return shown;
    if (assumed.over === shown) return assumed.object;
    this.#byKey.delete(key);
    return shown;
  }

  set(key: string, object: T, shown: T | undefined): void {
    this.#byKey.set(key, { object, over: shown });
  }

  delete(key: string): void {
    this.#byKey.delete(key);
  }
}

/** Objects of a lister by some name in them, renewed when the lister has changed. */
class GroupedLister<T extends KubeObject> {
  readonly #lister: Lister<T>;
  readonly #groupOf: (object: T) => string;
  readonly #groups = new Map<string, T[]>();
  #version = -1;

  constructor(lister: Lister<T>, groupOf: (object: T) => string) {
    this.#lister = lister;
    this.#groupOf = groupOf;
  }

  of(group: string): readonly T[] {
    if (this.#version !== this.#lister.version) {
      this.#version = this.#lister.version;
      this.#groups.clear();
      for (const object of this.#lister.all()) {
        const name = this.#groupOf(object);
        const members = this.#groups.get(name);
        if (members === undefined) this.#groups.set(name, [object]);
        else members.push(object);
      }
    }
    return this.#groups.get(group) ?? [];
  }
}

export class VolumeObjects {
  readonly #listers: Listers;
  readonly #assumedClaims = new Assumptions<PersistentVolumeClaim>();
  readonly #assumedVolumes = new Assumptions<PersistentVolume>();
  readonly #volumesByClass: GroupedLister<PersistentVolume>;
  readonly #capacitiesByClass: GroupedLister<CSIStorageCapacity>;
  readonly #attachmentsByNode: GroupedLister<VolumeAttachment>;

  constructor(listers: Listers) {
    this.#listers = listers;
    this.#volumesByClass = new GroupedLister(listers.persistentVolumes, classOf);
    this.#capacitiesByClass = new GroupedLister(listers.csiStorageCapacities, (one) => one.storageClassName);
    this.#attachmentsByNode = new GroupedLister(listers.volumeAttachments, (one) => one.spec.nodeName);
  }

  claim(namespace: string | undefined, name: string): PersistentVolumeClaim | undefined {
    return this.#assumedClaims.over(objectKey(namespace, name), this.#shownClaim(namespace, name));
  }

  volume(name: string): PersistentVolume | undefined {
    return this.#assumedVolumes.over(name, this.#listers.persistentVolumes.get('', name));
  }

  storageClass(name: string): StorageClass | undefined {
    return this.#listers.storageClasses.get('', name);
  }

  csiNode(nodeName: string): CSINode | undefined {
    return this.#listers.csiNodes.get('', nodeName);
  }

  csiDriver(name: string): CSIDriver | undefined {
    return this.#listers.csiDrivers.get('', name);
  }

  /** Volumes of a class, in the order in which they came. */
  volumesOfClass(className: string): readonly PersistentVolume[] {
    return this.#volumesByClass.of(className).map((shown) => this.volume(shown.metadata.name) ?? shown);
  }

  capacitiesOfClass(className: string): readonly CSIStorageCapacity[] {
    return this.#capacitiesByClass.of(className);
  }

  attachmentsOfNode(nodeName: string): readonly VolumeAttachment[] {
    return this.#attachmentsByNode.of(nodeName);
  }

  /** Takes the claim to be like this until the informer shows something new, or `restoreClaim`. */
  assumeClaim(claim: PersistentVolumeClaim): void {
    const { namespace, name } = claim.metadata;
    this.#assumedClaims.set(objectKey(namespace, name), claim, this.#shownClaim(namespace, name));
  }

  assumeVolume(volume: PersistentVolume): void {
    const { name } = volume.metadata;
    this.#assumedVolumes.set(name, volume, this.#listers.persistentVolumes.get('', name));
  }

  restoreClaim(claim: PersistentVolumeClaim): void {
    this.#assumedClaims.delete(objectKey(claim.metadata.namespace, claim.metadata.name));
  }

  restoreVolume(volume: PersistentVolume): void {
    this.#assumedVolumes.delete(volume.metadata.name);
  }

  #shownClaim(namespace: string | undefined, name: string): PersistentVolumeClaim | undefined {
    return this.#listers.persistentVolumeClaims.get(claimNamespace(namespace), name);
  }
}
