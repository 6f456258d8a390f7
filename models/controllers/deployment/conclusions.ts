/**
 * What the last sync of each Deployment came to. Every write of a status wakes the Deployment up again, and that sync would go
 * through the same ReplicaSet to the same status: it is known beforehand as long as nothing that it depends on is another object.
 */
import type { Deployment, DeploymentStatus, ReplicaSet } from '../../objects/workloads.ts';
import { hasTimedOut, progressingCondition } from './deployment-status.ts';

interface Conclusion {
  uid: string | undefined;
  generation: number | undefined;
  annotations: Deployment['metadata']['annotations'];
  spec: Deployment['spec'];
  set: ReplicaSet;
  status: DeploymentStatus;
}

export class Conclusions {
  readonly #byKey = new Map<string, Conclusion>();

  /** The one ReplicaSet is in place, and gives the Deployment this status. */
  note(key: string, { metadata, spec }: Deployment, set: ReplicaSet, status: DeploymentStatus): void {
    const { uid, generation, annotations } = metadata;
    const known = this.#byKey.get(key);
    if (known === undefined) {
      this.#byKey.set(key, { uid, generation, annotations, spec, set, status });
      return;
    }
    known.uid = uid;
    known.generation = generation;
    known.annotations = annotations;
    known.spec = spec;
    known.set = set;
    known.status = status;
  }

  forget(key: string): void {
    this.#byKey.delete(key);
  }

  /** Whether the Deployment has the status that its one ReplicaSet gives it, and would not be written again. */
  holds(key: string, deployment: Deployment, set: ReplicaSet, nowSeconds: number): boolean {
    const known = this.#byKey.get(key);
    const { metadata, spec, status } = deployment;
    return (
      known !== undefined &&
      known.status === status &&
      known.set === set &&
      known.spec === spec &&
      known.annotations === metadata.annotations &&
      known.generation === metadata.generation &&
      known.uid === metadata.uid &&
      metadata.deletionTimestamp === undefined &&
      !hasTimedOut(deployment, progressingCondition(status), nowSeconds)
    );
  }
}
