/** The Pods of manifests or of a cluster's `kubectl get -o yaml`: which have a Node, which want one, and which count no more. */
import type { Pod } from '../../models/objects/pod.ts';

export interface SnapshotPods {
  readonly bound: readonly Pod[];
  readonly pods: readonly Pod[];
  readonly notes: readonly string[];
}

/** A Pod in one of these phases holds nothing any more. */
const ENDED: readonly (string | undefined)[] = ['Succeeded', 'Failed'];

export function snapshotPods(all: readonly Pod[]): SnapshotPods {
  const alive = all.filter(({ status }) => !ENDED.includes(status?.phase));
  const claiming = alive.filter(({ spec }) => spec.volumes?.some(isClaim) === true);
  const kept = claiming.length === 0 ? alive : alive.map(withoutClaims);
  const notes: string[] = [];
  const ended = all.length - alive.length;
  if (ended > 0) notes.push(`left out: ${count(ended)} that ended (Succeeded or Failed)`);
  if (claiming.length > 0) {
    notes.push(
      `not modelled: the PersistentVolumeClaims of ${count(claiming.length)}, which are placed as if their volumes could be attached to any Node`,
    );
  }
  return {
    bound: kept.filter(({ spec }) => (spec.nodeName ?? '') !== ''),
    pods: kept.filter(({ spec }) => (spec.nodeName ?? '') === ''),
    notes,
  };
}

function count(pods: number): string {
  return pods === 1 ? '1 Pod' : `${pods} Pods`;
}

type Volume = NonNullable<Pod['spec']['volumes']>[number];

function isClaim({ persistentVolumeClaim, ephemeral }: Volume): boolean {
  return persistentVolumeClaim !== undefined || ephemeral !== undefined;
}

function withoutClaims(pod: Pod): Pod {
  const volumes = pod.spec.volumes?.filter((volume) => !isClaim(volume));
  return volumes?.length === pod.spec.volumes?.length ? pod : { ...pod, spec: { ...pod.spec, volumes: volumes ?? [] } };
}
