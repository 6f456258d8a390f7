/**
 * A cluster line of a recording of scheduling decisions, brought to life: cache, listers, nominator and the recorded profile.
 */
import { RandomStream } from '../../../engine/index.ts';
import type { Namespace } from '../../../models/objects/cluster-objects.ts';
import type { KubeObject } from '../../../models/objects/meta.ts';
import type { Node } from '../../../models/objects/node.ts';
import type { Pod } from '../../../models/objects/pod.ts';
import type { Service } from '../../../models/objects/service.ts';
import type {
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  PersistentVolume,
  PersistentVolumeClaim,
  StorageClass,
  VolumeAttachment,
} from '../../../models/objects/storage.ts';
import type { PodDisruptionBudget, ReplicaSet, StatefulSet } from '../../../models/objects/workloads.ts';
import { SchedulerCache } from '../../../models/scheduler/cache/scheduler-cache.ts';
import { readSchedulerConfiguration } from '../../../models/scheduler/config/scheduler-configuration.ts';
import type { AttemptRecord, PodDecision } from '../../../models/scheduler/decision/decision.ts';
import { PodScheduler } from '../../../models/scheduler/decision/schedule-pod.ts';
import { type Lister, Listers } from '../../../models/scheduler/framework/listers.ts';
import { Nominator } from '../../../models/scheduler/framework/nominator.ts';
import { podInfo } from '../../../models/scheduler/framework/pod-info.ts';
import { buildProfile } from '../../../models/scheduler/profile/build-profile.ts';
import type { Profile } from '../../../models/scheduler/profile/profile.ts';
import { volumeObjects } from '../../../models/scheduler/volumes/volume-plugins.ts';

/** The first line of a recording. */
export interface DecisionHeader {
  readonly format: number;
  readonly corpus: string;
  readonly schedulerConfig: unknown;
  readonly plugins: Readonly<Record<string, readonly string[]>>;
  readonly weights: Readonly<Record<string, number>>;
}

/** The state that cases refer to. */
export interface ClusterLine {
  readonly cluster: string;
  readonly nodes: readonly Node[];
  readonly nodeOrder: readonly string[];
  readonly namespaces?: readonly Namespace[];
  readonly services?: readonly Service[];
  readonly replicaSets?: readonly ReplicaSet[];
  readonly statefulSets?: readonly StatefulSet[];
  readonly podDisruptionBudgets?: readonly PodDisruptionBudget[];
  readonly pods?: readonly Pod[];
  readonly nominatedPods?: readonly Pod[];
  readonly storageClasses?: readonly StorageClass[];
  readonly persistentVolumes?: readonly PersistentVolume[];
  readonly persistentVolumeClaims?: readonly PersistentVolumeClaim[];
  readonly csiNodes?: readonly CSINode[];
  readonly csiDrivers?: readonly CSIDriver[];
  readonly csiStorageCapacities?: readonly CSIStorageCapacity[];
  readonly volumeAttachments?: readonly VolumeAttachment[];
  /** Of sequences. */
  readonly templates?: readonly Pod[];
}

/** Pods that have ended are in the lists, but no scheduler sees them. */
function isSeen({ status }: Pod): boolean {
  return status?.phase !== 'Succeeded' && status?.phase !== 'Failed';
}

function fill<T extends KubeObject>(lister: Lister<T>, objects: readonly T[] | undefined): void {
  for (const object of objects ?? []) lister.set(object);
}

function listersOf(line: ClusterLine): Listers {
  const listers = new Listers();
  fill(listers.namespaces, line.namespaces);
  fill(listers.services, line.services);
  fill(listers.replicaSets, line.replicaSets);
  fill(listers.statefulSets, line.statefulSets);
  fill(listers.podDisruptionBudgets, line.podDisruptionBudgets);
  fill(listers.storageClasses, line.storageClasses);
  fill(listers.persistentVolumes, line.persistentVolumes);
  fill(listers.persistentVolumeClaims, line.persistentVolumeClaims);
  fill(listers.csiNodes, line.csiNodes);
  fill(listers.csiDrivers, line.csiDrivers);
  fill(listers.csiStorageCapacities, line.csiStorageCapacities);
  fill(listers.volumeAttachments, line.volumeAttachments);
  return listers;
}

/**
 * What v1.34 takes a nominated Pod for that is in no queue, as in the recordings: its nominator keeps names only, and a Pod that no queue
 * has becomes an empty one of priority 0. (Source: pkg/scheduler/backend/queue/scheduling_queue.go nominatedPodToInfo.)
 */
function shellOf({ apiVersion, kind, metadata: { name, namespace, uid }, status }: Pod): Pod {
  const metadata = { name, ...(namespace === undefined ? {} : { namespace }), ...(uid === undefined ? {} : { uid }) };
  return { apiVersion, kind, metadata, spec: { containers: [] }, ...(status === undefined ? {} : { status }) };
}

export class DecisionCluster {
  readonly cache = new SchedulerCache();
  readonly listers: Listers;
  readonly profile: Profile;
  readonly scheduler: PodScheduler;
  readonly percentageOfNodesToScore: number;

  constructor(header: DecisionHeader, line: ClusterLine) {
    const listers = listersOf(line);
    this.listers = listers;
    for (const node of line.nodes) this.cache.addNode(node);
    for (const pod of line.pods ?? []) if (isSeen(pod)) this.cache.addPod(pod);
    const nominator = new Nominator();
    for (const pod of line.nominatedPods ?? []) nominator.add(podInfo(shellOf(pod), this.cache.classes));
    const configuration = readSchedulerConfiguration(header.schedulerConfig);
    const [profile] = configuration.profiles;
    if (profile === undefined) throw new Error('the recorded configuration has no profile');
    const stream = (name: string): RandomStream => new RandomStream('recording', 0, name);
    const parts = { cache: this.cache, listers, nominator, stream, volumes: volumeObjects(listers) };
    this.profile = buildProfile(profile, parts);
    this.percentageOfNodesToScore = configuration.percentageOfNodesToScore;
    this.scheduler = new PodScheduler(this.cache, {
      percentageOfNodesToScore: configuration.percentageOfNodesToScore,
      tieBreak: 'first',
      stream: stream('scheduler/tie'),
    });
  }

  decide(pod: Pod, record: AttemptRecord): PodDecision {
    return this.scheduler.schedule(this.profile, podInfo(pod, this.cache.classes), record);
  }
}

/** JSON with the members of objects in order of their names, so that equal values are equal text. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    const members = inner as Record<string, unknown>;
    return Object.fromEntries(
      Object.keys(members)
        .sort()
        .map((name) => [name, members[name]]),
    );
  });
}
