/**
 * GPU-sharing Nodes and Pods as Kubernetes objects. Devices and shares are named as in Alibaba's open-simulator and the
 * manifests of the k8s-sims comparison: a Node offers devices as extended resources and shows their model as a label, a Pod
 * asks for them by annotations, which only a plugin reads.
 */
import type { ResourceList } from '../../../models/objects/meta.ts';
import type { Node } from '../../../models/objects/node.ts';
import type { Pod } from '../../../models/objects/pod.ts';
import type { PodClass } from '../../../models/scheduler/framework/pod-class.ts';
import type { GpuNode, GpuPod } from '../../workloads/openb/trace.ts';
import { type GpuRequest, WHOLE_DEVICE_MILLI } from './gpu-node.ts';

/** Number of devices: allocatable of a Node, annotation of a Pod. */
export const GPU_COUNT = 'alibabacloud.com/gpu-count';
/** Milli-GPU: of all devices in a Node's allocatable, of each device in a Pod's annotation. */
export const GPU_MILLI = 'alibabacloud.com/gpu-milli';
/** Label of a Node; annotation of a Pod: the models it may run on, joined by "|". */
export const GPU_CARD_MODEL = 'alibabacloud.com/gpu-card-model';
/** Annotation of a Pod that is placed: its devices by number, joined by "-". */
export const GPU_INDEX = 'alibabacloud.com/gpu-index';

/** Pods that a Node of the trace takes at most, as in the study. */
const PODS_MAX = '1001';

/** @param name another name than in the trace; ties between Nodes go by name */
export function gpuNodeObject(node: GpuNode, name: string = node.name): Node {
  const { cpuMilli, memoryMib, gpus, model } = node;
  const devices: ResourceList =
    gpus === 0 ? {} : { [GPU_COUNT]: `${gpus}`, [GPU_MILLI]: `${gpus * WHOLE_DEVICE_MILLI}` };
  const capacity = { cpu: `${cpuMilli}m`, memory: `${memoryMib}Mi`, pods: PODS_MAX, ...devices };
  const labels = { 'kubernetes.io/hostname': name, ...(model === '' ? {} : { [GPU_CARD_MODEL]: model }) };
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, status: { capacity, allocatable: capacity } };
}

/** Annotations by which a Pod asks for devices; none for a Pod without GPUs. */
export function gpuAnnotations({ gpus, gpuMilli, gpuSpec }: GpuPod): Readonly<Record<string, string>> {
  if (gpus === 0) return {};
  const model: Record<string, string> = gpuSpec === '' ? {} : { [GPU_CARD_MODEL]: gpuSpec };
  return { [GPU_COUNT]: `${gpus}`, [GPU_MILLI]: `${gpuMilli}`, ...model };
}

export function gpuPodObject(pod: GpuPod, namespace = 'default'): Pod {
  const resources = { cpu: `${pod.cpuMilli}m`, memory: `${pod.memoryMib}Mi` };
  const annotations = gpuAnnotations(pod);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: pod.name, namespace, ...(pod.gpus === 0 ? {} : { annotations }) },
    spec: { containers: [{ name: 'main', image: 'main', resources: { requests: resources, limits: resources } }] },
  };
}

/** What Pods of a class ask for; the plugin that calls it declares `GPU_ANNOTATIONS`. @throws RangeError */
export function gpuRequestOf({ annotations, boundRequests }: PodClass): GpuRequest {
  return gpuRequest(annotations, Number(boundRequests.milliCpu));
}

/** What a Pod with these annotations asks for. @throws RangeError */
export function gpuRequest(annotations: Readonly<Record<string, string>>, cpuMilli: number): GpuRequest {
  const gpus = wholeNumber(annotations[GPU_COUNT], GPU_COUNT, 0);
  if (gpus === 0) return { cpuMilli, gpus, gpuMilli: 0, gpuSpec: '' };
  const gpuMilli = Math.min(wholeNumber(annotations[GPU_MILLI], GPU_MILLI, WHOLE_DEVICE_MILLI), WHOLE_DEVICE_MILLI);
  if (gpus > 1 && gpuMilli < WHOLE_DEVICE_MILLI) {
    throw new RangeError(`${GPU_MILLI} is ${gpuMilli} with ${gpus} devices; a share is accepted of one device only`);
  }
  return { cpuMilli, gpus, gpuMilli, gpuSpec: annotations[GPU_CARD_MODEL] ?? '' };
}

export const GPU_ANNOTATIONS: readonly string[] = [GPU_COUNT, GPU_MILLI, GPU_CARD_MODEL];

function wholeNumber(text: string | undefined, name: string, unlessGiven: number): number {
  if (text === undefined) return unlessGiven;
  const value = Number(text);
  if (text === '' || !Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`annotation ${name} is "${text}"; accepted are whole numbers from 0`);
  }
  return value;
}

/** Devices that a Pod's annotation names; undefined when it has none. */
export function annotatedDevices({ metadata: { annotations } }: Pod): readonly number[] | undefined {
  const text = annotations?.[GPU_INDEX];
  return text === undefined ? undefined : text === '' ? [] : text.split('-').map(Number);
}
