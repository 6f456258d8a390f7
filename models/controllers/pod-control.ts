/**
 * Making and removing Pods in the name of an owner, with the Events that say so.
 * Source: pkg/controller/controller_utils.go (RealPodControl, GetPodFromTemplate).
 */
import type { Client } from '../client/client.ts';
import type { KubeObject, OwnerReference } from '../objects/meta.ts';
import type { Pod, PodTemplateSpec } from '../objects/pod.ts';
import { PODS } from '../objects/resources.ts';
import { isNamespaceTerminating, messageOf } from './controller.ts';
import type { Recorder } from './controller-context.ts';
import type { RequestDone } from './slow-start.ts';

/** The reference by which a controller owns an object that it makes. */
export function controllerReference(owner: KubeObject): OwnerReference {
  return {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** A Pod of the template, to be named by the API server. Labels and spec are the template's own objects. */
export function podFromTemplate(owner: KubeObject, template: PodTemplateSpec, reference: OwnerReference): Pod {
  const { labels, annotations } = template.metadata ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: '',
      generateName: `${owner.metadata.name}-`,
      ...(owner.metadata.namespace === undefined ? {} : { namespace: owner.metadata.namespace }),
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
      ownerReferences: [reference],
    },
    spec: template.spec,
  };
}

export class PodControl {
  readonly #client: Client;
  readonly #recorder: Recorder;

  constructor(client: Client, recorder: Recorder) {
    this.#client = client;
    this.#recorder = recorder;
  }

  /** A namespace that goes away is no failure: nothing more can be made in it. */
  create(owner: KubeObject, pod: Pod, done: RequestDone): void {
    this.#client.create(PODS, pod, (result) => {
      if (result.ok) {
        this.#recorder.event(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${result.object.metadata.name}`);
        done();
      } else if (isNamespaceTerminating(result.status)) {
        done();
      } else {
        this.#recorder.event(owner, 'Warning', 'FailedCreate', `Error creating: ${messageOf(result)}`);
        done(messageOf(result));
      }
    });
  }

  /** `gone` runs when the Pod could not be deleted: then no watch event will show its end. */
  delete(owner: KubeObject, pod: Pod, gone: () => void, done: RequestDone): void {
    const { namespace, name } = pod.metadata;
    this.#client.delete(PODS, namespace, name, {}, (result) => {
      if (result.ok) {
        this.#recorder.event(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
        done();
        return;
      }
      gone();
      if (result.status.reason === 'NotFound') {
        done();
        return;
      }
      this.#recorder.event(owner, 'Warning', 'FailedDelete', `Error deleting: ${messageOf(result)}`);
      done(messageOf(result));
    });
  }
}
