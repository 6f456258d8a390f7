/**
 * What a run asks of a cluster, and no more: send objects as a client would, and see every change that is stored. The run
 * knows nothing else of the models, so a study can be pointed at another composition.
 */
import type { KubeObject } from '../../models/objects/meta.ts';
import type { Pod } from '../../models/objects/pod.ts';
import type { Resource } from '../../models/objects/resources.ts';
import type { ChangeType, QueueView } from './cluster-recorder.ts';

export interface StoredChange {
  readonly type: ChangeType;
  readonly resource: Resource;
  readonly object: KubeObject;
}

export interface SimulatedCluster {
  /** Creates an object through the API; `done` gets the server's refusal, or undefined. */
  create(resource: Resource, object: KubeObject, done?: (refusal: string | undefined) => void): void;
  delete(resource: Resource, namespace: string | undefined, name: string): void;
  /**
   * Sees what is stored already, as ADDED, and then every change at the instant at which it is stored, without a message and
   * without a cost in virtual time.
   */
  observe(listener: (change: StoredChange) => void): void;
  /** Sees each attempt of the scheduler to place a Pod. */
  observeAttempts(listener: (pod: Pod) => void): void;
  /** The scheduler's queues as they are at each moment. */
  readonly queues: QueueView;
  /** What API server, etcd and scheduler have done so far, by the name of the metric. */
  load(): Readonly<Record<string, number | null>>;
  /** The devices that a plugin of GPU sharing has given a bound Pod; undefined when none has. */
  gpuDevicesOf(pod: Pod): readonly number[] | undefined;
  /** Whether nothing in the cluster is on its way any more; what clients still want to send it cannot know. */
  isSettled(): boolean;
}
