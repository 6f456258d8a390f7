/**
 * The Pods of createPods: plain, or each with a PersistentVolume and a claim that are bound to each other.
 * Source: test/utils/runners.go CreatePod and CreatePodWithPersistentVolume.
 */
import type { Done } from '../../../models/client/client.ts';
import type { KubeObject } from '../../../models/objects/meta.ts';
import type { Pod } from '../../../models/objects/pod.ts';
import { PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, PODS } from '../../../models/objects/resources.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../../models/objects/storage.ts';
import { type Answer, type Harness, PODS_AT_A_TIME } from './harness.ts';
import type { CreatePods } from './operations.ts';

const BASE_RESOURCES = { cpu: '100m', memory: '500Mi' };

/** Source: test/integration/scheduler_perf/util.go makeBasePod, test/utils/runners.go MakePodSpec. */
const BASE_POD: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: '', generateName: 'pod-' },
  spec: {
    containers: [
      {
        name: 'pause',
        image: 'registry.k8s.io/pause:3.10',
        ports: [{ containerPort: 80 }],
        resources: { limits: BASE_RESOURCES, requests: BASE_RESOURCES },
      },
    ],
  },
};

/** Creates all Pods of the operation and waits until they exist. */
export function createPodObjects(harness: Harness, operation: CreatePods, namespace: string): void {
  const { count, template, templateParams, volumes } = operation;
  const read = template === undefined ? undefined : harness.template<Pod>(template, ['Pod']);
  const podOf = (index: number): Pod => {
    const base = read?.object({ ...templateParams, Index: index, Count: count }) ?? BASE_POD;
    const labels = labelsOf(base, operation.signatureBatchSize, index);
    return { ...base, metadata: { ...base.metadata, ...labels, namespace } };
  };
  const { client } = harness.cluster;
  const what = `creating Pods in namespace ${namespace}`;
  if (volumes === undefined) {
    harness.each(count, PODS_AT_A_TIME, what, (index, done) => client.create(PODS, podOf(index), done));
    return;
  }
  const volume = harness.template<PersistentVolume>(volumes.volume, ['PersistentVolume']);
  const claim = harness.template<PersistentVolumeClaim>(volumes.claim, ['PersistentVolumeClaim']);
  harness.each(count, PODS_AT_A_TIME, what, (index, done) => {
    const environment = { ...templateParams, Index: index, Count: count };
    const parts = boundPair(volume.object(environment), claim.object(environment), namespace, index);
    createWithVolume(harness, parts, podOf(index), done);
  });
}

function labelsOf(base: Pod, batchSize: number | undefined, index: number): Pick<Pod['metadata'], 'labels'> {
  if (batchSize === undefined) return {};
  return { labels: { ...base.metadata.labels, signature: `signature-label-${Math.floor(index / batchSize)}` } };
}

interface BoundPair {
  readonly volume: PersistentVolume;
  readonly claim: PersistentVolumeClaim;
}

function boundPair(
  volumeBase: PersistentVolume,
  claimBase: PersistentVolumeClaim,
  namespace: string,
  index: number,
): BoundPair {
  const volumeName = `vol-${namespace}-${index}`;
  const claimName = `pvc-${index}`;
  const { csi, awsElasticBlockStore } = volumeBase.spec;
  return {
    volume: {
      ...volumeBase,
      metadata: { ...volumeBase.metadata, name: volumeName },
      spec: {
        ...volumeBase.spec,
        ...(csi === undefined ? {} : { csi: { ...csi, volumeHandle: volumeName } }),
        ...(awsElasticBlockStore === undefined ? {} : { awsElasticBlockStore: { volumeID: volumeName } }),
        claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name: claimName },
      },
      status: { phase: 'Bound' },
    },
    claim: {
      ...claimBase,
      metadata: { ...claimBase.metadata, name: claimName, namespace },
      spec: { ...claimBase.spec, volumeName },
      status: { phase: 'Bound' },
    },
  };
}

/** Creation forgets status, so that it is written by a second request. */
function createWithVolume(harness: Harness, { volume, claim }: BoundPair, pod: Pod, done: Answer): void {
  const { client } = harness.cluster;
  const volumes = [{ name: 'vol', persistentVolumeClaim: { claimName: claim.metadata.name } }];
  const withVolume: Pod = { ...pod, spec: { ...pod.spec, volumes } };
  const then =
    <T extends KubeObject>(next: (object: T) => void): Done<T> =>
    (result) => {
      if (result.ok) next(result.object);
      else done(result);
    };
  client.create(
    PERSISTENT_VOLUMES,
    volume,
    then((stored: PersistentVolume) =>
      client.updateStatus(
        PERSISTENT_VOLUMES,
        { ...stored, status: { phase: 'Bound' } },
        then(() =>
          client.create(
            PERSISTENT_VOLUME_CLAIMS,
            claim,
            then((storedClaim: PersistentVolumeClaim) =>
              client.updateStatus(
                PERSISTENT_VOLUME_CLAIMS,
                { ...storedClaim, status: { phase: 'Bound' } },
                then(() => client.create(PODS, withVolume, done)),
              ),
            ),
          ),
        ),
      ),
    ),
  );
}
