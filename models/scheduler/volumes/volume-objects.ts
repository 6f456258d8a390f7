/**
 * The storage objects that the volume plugins read, found as they need them. The scheduler keeps this up to date from its
 * informers; what it has assumed but not yet seen (a claim's chosen volume or Node) lies over it.
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

/** The annotation that overrides `storageClassName`. */
const BETA_CLASS = 'volume.beta.kubernetes.io/storage-class';

/** Class of a claim or a volume; '' for none. */
export function classOf(object: PersistentVolume | PersistentVolumeClaim): string {
  return object.metadata.annotations?.[BETA_CLASS] ?? object.spec.storageClassName ?? '';
}

export function objectKey(namespace: string | undefined, name: string): string {
  return `${namespace ?? 'default'}/${name}`;
}

/** Objects by key, with those that are assumed on top until the real one catches up. */
class AssumingStore<T extends KubeObject> {
  readonly #real = new Map<string, T>();
  readonly #assumed = new Map<string, T>();

  get(key: string): T | undefined {
    return this.#assumed.get(key) ?? this.#real.get(key);
  }

  set(key: string, object: T): void {
    this.#real.set(key, object);
    this.#assumed.delete(key);
  }

  delete(key: string): void {
    this.#real.delete(key);
    this.#assumed.delete(key);
  }

  assume(key: string, object: T): void {
    this.#assumed.set(key, object);
  }

  /** Goes back to what the informer has shown. */
  restore(key: string): void {
    this.#assumed.delete(key);
  }

  *values(): Iterable<T> {
    for (const [key, object] of this.#real) yield this.#assumed.get(key) ?? object;
  }
}

/** Members of a group, found by the group's name. */
class Groups<T> {
  readonly #groups = new Map<string, Map<string, T>>();

  set(group: string, key: string, member: T): void {
    let members = this.#groups.get(group);
    if (members === undefined) {
      members = new Map();
      this.#groups.set(group, members);
    }
    members.set(key, member);
  }

  delete(group: string, key: string): void {
    this.#groups.get(group)?.delete(key);
  }

  of(group: string): Iterable<T> {
    return this.#groups.get(group)?.values() ?? [];
  }
}

export class VolumeObjects {
  readonly claims = new AssumingStore<PersistentVolumeClaim>();
  readonly volumes = new AssumingStore<PersistentVolume>();
  readonly classes = new Map<string, StorageClass>();
  readonly csiNodes = new Map<string, CSINode>();
  readonly csiDrivers = new Map<string, CSIDriver>();
  readonly #volumeNamesByClass = new Groups<string>();
  readonly #capacitiesByClass = new Groups<CSIStorageCapacity>();
  readonly #attachmentsByNode = new Groups<VolumeAttachment>();

  claim(namespace: string | undefined, name: string): PersistentVolumeClaim | undefined {
    return this.claims.get(objectKey(namespace, name));
  }

  setClaim(claim: PersistentVolumeClaim): void {
    this.claims.set(objectKey(claim.metadata.namespace, claim.metadata.name), claim);
  }

  deleteClaim(claim: PersistentVolumeClaim): void {
    this.claims.delete(objectKey(claim.metadata.namespace, claim.metadata.name));
  }

  setVolume(volume: PersistentVolume): void {
    const name = volume.metadata.name;
    const before = this.volumes.get(name);
    if (before !== undefined && classOf(before) !== classOf(volume)) {
      this.#volumeNamesByClass.delete(classOf(before), name);
    }
    this.volumes.set(name, volume);
    this.#volumeNamesByClass.set(classOf(volume), name, name);
  }

  deleteVolume(volume: PersistentVolume): void {
    this.volumes.delete(volume.metadata.name);
    this.#volumeNamesByClass.delete(classOf(volume), volume.metadata.name);
  }

  /** Volumes of a class, in the order in which they came. */
  volumesOfClass(className: string): PersistentVolume[] {
    const volumes: PersistentVolume[] = [];
    for (const name of this.#volumeNamesByClass.of(className)) {
      const volume = this.volumes.get(name);
      if (volume !== undefined) volumes.push(volume);
    }
    return volumes;
  }

  setCapacity(capacity: CSIStorageCapacity): void {
    const key = objectKey(capacity.metadata.namespace, capacity.metadata.name);
    this.#capacitiesByClass.set(capacity.storageClassName, key, capacity);
  }

  deleteCapacity(capacity: CSIStorageCapacity): void {
    const key = objectKey(capacity.metadata.namespace, capacity.metadata.name);
    this.#capacitiesByClass.delete(capacity.storageClassName, key);
  }

  capacitiesOfClass(className: string): Iterable<CSIStorageCapacity> {
    return this.#capacitiesByClass.of(className);
  }

  setAttachment(attachment: VolumeAttachment): void {
    this.#attachmentsByNode.set(attachment.spec.nodeName, attachment.metadata.name, attachment);
  }

  deleteAttachment(attachment: VolumeAttachment): void {
    this.#attachmentsByNode.delete(attachment.spec.nodeName, attachment.metadata.name);
  }

  attachmentsOfNode(nodeName: string): Iterable<VolumeAttachment> {
    return this.#attachmentsByNode.of(nodeName);
  }
}
