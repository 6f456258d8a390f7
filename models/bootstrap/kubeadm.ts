/**
 * `kubeadm init` on the control plane Node, the flannel manifest after it, `kubeadm join` on the others, in virtual
 * time. Every object goes through the API server.
 * Source: cmd/kubeadm/app/cmd/{init,join}.go and the phases they name.
 */
import { secondsToMicros, type Simulation } from '../../engine/index.ts';
import type { Client } from '../client/client.ts';
import type { Kubelet } from '../kubelet/kubelet.ts';
import type { KubeletFleet } from '../kubelet/kubelet-fleet.ts';
import type { KubeObject } from '../objects/meta.ts';
import type { Node } from '../objects/node.ts';
import { apiVersionOf, NODES, type Resource, resourceOfKind } from '../objects/resources.ts';
import { dnsAddon, flannelAddon, proxyAddon } from './addons.ts';
import { kubeadmConfigMaps } from './initial-objects.ts';
import { CONTROL_PLANE_LABELS, CONTROL_PLANE_TAINT, KUBERNETES_VERSION, type PlannedNode } from './node-objects.ts';
import { CONTROL_PLANE_IMAGES, STATIC_PODS } from './static-manifests.ts';

/** Assumed: the control plane answers and the phases after it begin; then the user applies flannel's manifest. */
const MARK_CONTROL_PLANE_SECONDS = 4;
const ADDONS_SECONDS = 5;
const FLANNEL_SECONDS = 6;
/** Assumed: when the first worker joins, unless the specification says. */
export const JOIN_SECONDS = 10;

export interface KubeadmSurroundings {
  readonly sim: Simulation;
  readonly fleet: KubeletFleet;
  readonly kubeadm: Client;
  readonly kubectl: Client;
  readonly podCidr: string;
  readonly serviceCidr: string;
  readonly clusterDnsAddress: string;
  readonly schedulableControlPlane: boolean;
}

/** The resource constant of an object. @throws RangeError for a kind that no resource serves. */
export function resourceOf(object: KubeObject): Resource {
  const resource = resourceOfKind(object.apiVersion, object.kind);
  if (resource === undefined) {
    throw new RangeError(`${object.kind} of ${object.apiVersion} named '${object.metadata.name}' is not served`);
  }
  return resource;
}

/**
 * Creates objects one after the other, each when the one before it is there. One that exists is left as it is; one that
 * cannot be created ends the run with its message.
 */
export function createAll(client: Client, objects: readonly KubeObject[], index = 0): void {
  const object = objects[index];
  if (object === undefined) return;
  const resource = resourceOf(object);
  client.create(resource, object, (result) => {
    if (!result.ok && result.status.reason !== 'AlreadyExists') {
      const what = `${apiVersionOf(resource)} ${object.kind} ${object.metadata.name}`;
      throw new Error(`${client.userAgent} cannot create ${what}: ${result.status.message ?? ''}`);
    }
    createAll(client, objects, index + 1);
  });
}

/** The static Pods of a control plane machine; their images have been pulled before. */
export function runControlPlane(fleet: KubeletFleet, kubelet: Kubelet): void {
  for (const image of CONTROL_PLANE_IMAGES) kubelet.images.add(fleet.images.of(image));
  for (const manifest of STATIC_PODS) fleet.staticPods.run(kubelet, manifest);
}

/** Puts a machine into the cluster now: its kubelet starts and registers the Node. */
export function join(around: KubeadmSurroundings, planned: PlannedNode): void {
  const kubelet = around.fleet.add(planned.node, false);
  if (planned.controlPlane) {
    kubelet.running = true;
    runControlPlane(around.fleet, kubelet);
  }
  around.fleet.reporter.register(kubelet);
}

/** The phase mark-control-plane. */
function markControlPlane(around: KubeadmSurroundings, name: string): void {
  const change = (node: Node): Node => {
    const taints = node.spec?.taints ?? [];
    const tainted = around.schedulableControlPlane || taints.some(({ key }) => key === CONTROL_PLANE_TAINT.key);
    return {
      ...node,
      metadata: { ...node.metadata, labels: { ...node.metadata.labels, ...CONTROL_PLANE_LABELS } },
      spec: { ...node.spec, ...(tainted ? {} : { taints: [...taints, CONTROL_PLANE_TAINT] }) },
    };
  };
  around.kubeadm.patch(NODES, undefined, name, change);
}

/** Plans the whole bootstrap. The first control plane Node is initialized at time 0, the others join. */
export function bootstrapWithKubeadm(around: KubeadmSurroundings, nodes: readonly PlannedNode[]): void {
  const { sim, kubeadm, kubectl, podCidr, serviceCidr } = around;
  const first = nodes.find(({ controlPlane }) => controlPlane);
  if (first === undefined) {
    throw new RangeError('no node is a control plane node; bootstrap kubeadm needs a group with controlPlane: true');
  }
  join(around, first);
  sim.after(secondsToMicros(MARK_CONTROL_PLANE_SECONDS), () => {
    createAll(kubeadm, kubeadmConfigMaps(podCidr, serviceCidr, KUBERNETES_VERSION));
    markControlPlane(around, first.node.metadata.name);
  });
  sim.after(secondsToMicros(ADDONS_SECONDS), () => {
    createAll(kubeadm, [...dnsAddon(around.clusterDnsAddress), ...proxyAddon(podCidr)]);
  });
  sim.after(secondsToMicros(FLANNEL_SECONDS), () => createAll(kubectl, flannelAddon(podCidr)));
  const joinOne = (planned: PlannedNode): void => {
    join(around, planned);
    if (planned.controlPlane) {
      const mark = (name: string): void => markControlPlane(around, name);
      sim.after(secondsToMicros(MARK_CONTROL_PLANE_SECONDS), mark, planned.node.metadata.name);
    }
  };
  for (const planned of nodes) {
    if (planned !== first) sim.after(secondsToMicros(planned.joinAtSeconds ?? JOIN_SECONDS), joinOne, planned);
  }
}
