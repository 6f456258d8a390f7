/**
 * Static Pods: a kubelet runs them from files on its machine, whether there is an API server or not, and shows each
 * by a mirror Pod. Deleting the mirror does not stop the Pod; the kubelet makes a new one.
 * Source: pkg/kubelet/config/common.go, pkg/kubelet/pod/mirror_client.go, pkg/kubelet/kubelet.go.
 */
import type { Pod } from '../objects/pod.ts';
import { PODS } from '../objects/resources.ts';
import type { Kubelet } from './kubelet.ts';
import type { KubeletFleet } from './kubelet-fleet.ts';
import { hexOf } from './made-up-digest.ts';
import { newPodWorker, podKey, type PodWorker, takePod } from './pod-worker.ts';

const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror';
export const SOURCE_ANNOTATION = 'kubernetes.io/config.source';
const HASH_ANNOTATION = 'kubernetes.io/config.hash';

/** The kubelet looks for missing mirrors when a Pod is synced; after a deletion that is the next relist. */
export class StaticPods {
  readonly #fleet: KubeletFleet;
  readonly #mirrors = new Set<PodWorker>();

  constructor(fleet: KubeletFleet) {
    this.#fleet = fleet;
  }

  /** Runs a manifest of the machine's static Pod folder; its name gets the Node's as suffix. */
  run(kubelet: Kubelet, manifest: Pod): PodWorker {
    const name = `${manifest.metadata.name}-${kubelet.nodeName}`;
    const hash = hexOf(`${kubelet.nodeName}/${manifest.metadata.name}`).slice(0, 32);
    const pod: Pod = {
      ...manifest,
      metadata: {
        ...manifest.metadata,
        name,
        annotations: {
          ...manifest.metadata.annotations,
          [HASH_ANNOTATION]: hash,
          [MIRROR_ANNOTATION]: hash,
          [SOURCE_ANNOTATION]: 'file',
        },
      },
      spec: {
        ...manifest.spec,
        nodeName: kubelet.nodeName,
        tolerations: [{ operator: 'Exists', effect: 'NoExecute' }],
      },
    };
    const worker = newPodWorker(kubelet, pod, this.#fleet.shapes.of(pod.spec), true);
    kubelet.workers.set(`static/${podKey(pod)}`, worker);
    kubelet.admit(worker);
    return worker;
  }

  /** Makes the mirrors of a Node's static Pods that are not there yet. The Node must be registered. */
  createMirrors(kubelet: Kubelet): void {
    for (const worker of kubelet.workers.busy()) if (worker.isStatic) this.#createMirror(worker);
  }

  #createMirror(worker: PodWorker): void {
    const { metadata } = worker.pod;
    const { uid: _uid, resourceVersion: _version, creationTimestamp: _created, ...rest } = metadata;
    const owner = worker.kubelet.node.metadata;
    const ownerReferences =
      owner.uid === undefined
        ? {}
        : {
            ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: owner.name, uid: owner.uid, controller: true }],
          };
    const { apiVersion, kind, spec } = worker.pod;
    worker.kubelet.client.create(PODS, { apiVersion, kind, metadata: { ...rest, ...ownerReferences }, spec });
  }

  hasMirror(worker: PodWorker): boolean {
    return this.#mirrors.has(worker);
  }

  /** A mirror has come back by watch: it shows the static Pod of its name. False when this Node runs none such. */
  adoptMirror(kubelet: Kubelet, mirror: Pod): boolean {
    const worker = kubelet.workers.get(`static/${podKey(mirror)}`);
    if (worker === undefined) return false;
    takePod(worker, mirror);
    worker.removed = false;
    kubelet.workers.set(mirror.metadata.uid ?? '', worker);
    this.#mirrors.add(worker);
    if (worker.sent !== undefined) this.#fleet.sendStatus(worker, worker.sent);
    return true;
  }

  onMirrorRemoved(worker: PodWorker): void {
    this.#mirrors.delete(worker);
    worker.kubelet.workers.delete(worker.pod.metadata.uid ?? '');
    const { deletionTimestamp: _deletion, deletionGracePeriodSeconds: _grace, ...metadata } = worker.pod.metadata;
    takePod(worker, { ...worker.pod, metadata });
    this.#fleet.sim.at(worker.kubelet.nextRelistMicros(), this.#onMissing, worker);
  }

  readonly #onMissing = (worker: PodWorker): void => {
    if (!this.#mirrors.has(worker) && worker.kubelet.running) this.#createMirror(worker);
  };
}
