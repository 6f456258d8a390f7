/**
 * What is particular to a kind when it is created or changed: initial status, fields that only the server sets, which
 * part of an object a request may touch. Source: pkg/registry (the strategy.go files).
 */
import type { RandomStream } from '../../engine/index.ts';
import type { ApiResult } from '../client/client.ts';
import type { Namespace } from '../objects/cluster-objects.ts';
import type { Condition, KubeObject, ObjectMeta } from '../objects/meta.ts';
import type { Pod } from '../objects/pod.ts';
import { podOf } from '../objects/pod-copies.ts';
import { NAMESPACES, PODS, type Resource, SERVICES } from '../objects/resources.ts';
import type { Service, ServicePort } from '../objects/service.ts';
import { addressToNumber, type NumberRange, numberToAddress } from './service-addresses.ts';
import { invalid } from './status-errors.ts';

export interface StrategyContext {
  readonly addresses: NumberRange;
  readonly nodePorts: NumberRange;
  /** Which free address or port is taken. */
  readonly allocation: RandomStream;
  /** QoS class of a Pod. */
  qosClassOf(pod: Pod): NonNullable<NonNullable<Pod['status']>['qosClass']>;
  nowTimestamp(): string;
}

type WithParts = KubeObject & { readonly spec?: unknown; readonly status?: unknown };

/** Kinds whose main endpoint ignores status, and whose /status endpoint ignores everything else. */
const SPLIT_KINDS: ReadonlySet<string> = new Set([
  'Pod',
  'Node',
  'Namespace',
  'Service',
  'Deployment',
  'ReplicaSet',
  'ReplicationController',
  'DaemonSet',
  'StatefulSet',
  'Job',
  'PodDisruptionBudget',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'VolumeAttachment',
]);

/** Whether a resource has a status of its own, at /status. */
export function isSplit(resource: Resource): boolean {
  return SPLIT_KINDS.has(resource.kind);
}

/** @param keepStatus for seeding: the object is taken as it once was */
export function prepareCreation(
  context: StrategyContext,
  resource: Resource,
  object: KubeObject,
  keepStatus = false,
): ApiResult<KubeObject> {
  switch (resource.kind) {
    case PODS.kind:
      return { ok: true, object: preparePod(context, object as Pod, keepStatus) };
    case NAMESPACES.kind:
      return { ok: true, object: prepareNamespace(object as Namespace) };
    case SERVICES.kind:
      return prepareService(context, object as Service);
    case 'Node':
      return { ok: true, object };
    default:
      return { ok: true, object: keepStatus || !SPLIT_KINDS.has(resource.kind) ? object : withoutStatus(object) };
  }
}

/** Puts together what a request may change with what it may not. */
export function prepareUpdate(
  resource: Resource,
  old: WithParts,
  given: WithParts,
  part: 'main' | 'status' | 'scale' | 'finalize',
): WithParts {
  const metadata = fixedMetadata(old.metadata, given.metadata);
  if (!SPLIT_KINDS.has(resource.kind)) return metadata === given.metadata ? given : { ...given, metadata };
  if (part === 'status') {
    return given.status === old.status && metadata === old.metadata ? old : { ...old, metadata, status: given.status };
  }
  return { ...given, metadata, ...(old.status === undefined ? {} : { status: old.status }) };
}

/** uid, creation and deletion belong to the server. */
function fixedMetadata(old: ObjectMeta, given: ObjectMeta): ObjectMeta {
  if (given === old) return old;
  const same =
    given.uid === old.uid &&
    given.creationTimestamp === old.creationTimestamp &&
    given.deletionTimestamp === old.deletionTimestamp &&
    given.deletionGracePeriodSeconds === old.deletionGracePeriodSeconds &&
    given.generation === old.generation &&
    given.resourceVersion === old.resourceVersion;
  if (same) return given;
  const { uid, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds, generation, resourceVersion } = old;
  const { deletionTimestamp: _time, deletionGracePeriodSeconds: _grace, ...rest } = given;
  return {
    ...rest,
    ...(uid === undefined ? {} : { uid }),
    ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
    ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
    ...(deletionGracePeriodSeconds === undefined ? {} : { deletionGracePeriodSeconds }),
    ...(generation === undefined ? {} : { generation }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  };
}

function withoutStatus(object: WithParts): KubeObject {
  if (object.status === undefined) return object;
  const { status: _status, ...rest } = object;
  return rest;
}

/** The first status of Pods by QoS class: shared, because all Pods of a class begin alike. */
const PENDING = {
  Guaranteed: { phase: 'Pending', qosClass: 'Guaranteed' },
  Burstable: { phase: 'Pending', qosClass: 'Burstable' },
  BestEffort: { phase: 'Pending', qosClass: 'BestEffort' },
} as const;

/** By specification, which Pods of one template share. */
const qosClasses = new WeakMap<Pod['spec'], keyof typeof PENDING>();

function qosClassOf(context: StrategyContext, pod: Pod): keyof typeof PENDING {
  let qosClass = qosClasses.get(pod.spec);
  if (qosClass === undefined) {
    qosClass = context.qosClassOf(pod);
    qosClasses.set(pod.spec, qosClass);
  }
  return qosClass;
}

/** Source: pkg/registry/core/pod/strategy.go (PrepareForCreate, applySchedulingGatedCondition). */
function preparePod(context: StrategyContext, pod: Pod, keepStatus: boolean): Pod {
  const qosClass = qosClassOf(context, pod);
  if (keepStatus && pod.status !== undefined) return { ...pod, status: { qosClass, ...pod.status } };
  if ((pod.spec.schedulingGates?.length ?? 0) === 0) {
    return podOf(pod, pod.metadata, pod.spec, PENDING[qosClass]);
  }
  const gated: Condition = {
    type: 'PodScheduled',
    status: 'False',
    reason: 'SchedulingGated',
    message: 'Scheduling is blocked due to non-empty scheduling gates',
  };
  return { ...pod, status: { ...PENDING[qosClass], conditions: [gated] } };
}

function prepareNamespace(namespace: Namespace): Namespace {
  const { labels } = namespace.metadata;
  return {
    ...namespace,
    metadata: { ...namespace.metadata, labels: { ...labels, 'kubernetes.io/metadata.name': namespace.metadata.name } },
    spec: { finalizers: ['kubernetes'] },
    status: namespace.status ?? { phase: 'Active' },
  };
}

/** Gives a Service its address and its node ports. Source: pkg/registry/core/service/storage/alloc.go. */
function prepareService(context: StrategyContext, service: Service): ApiResult<Service> {
  const { spec } = service;
  const type = spec.type ?? 'ClusterIP';
  let next = spec;
  if (type !== 'ExternalName' && spec.clusterIP !== 'None') {
    const clusterIP = allocateAddress(context, spec.clusterIP);
    if (clusterIP === undefined) return refuseAddress(service);
    next = { ...next, clusterIP, clusterIPs: [clusterIP] };
  } else if (spec.clusterIP === 'None') next = { ...next, clusterIPs: ['None'] };
  if (type === 'NodePort' || type === 'LoadBalancer') {
    next = { ...next, ports: (next.ports ?? []).map((port) => withNodePort(context, port)) };
  }
  return { ok: true, object: { ...service, spec: next, status: service.status ?? { loadBalancer: {} } } };
}

function allocateAddress(context: StrategyContext, asked: string | undefined): string | undefined {
  if (asked !== undefined && asked !== '') return context.addresses.claim(addressToNumber(asked)) ? asked : undefined;
  const value = context.addresses.next(context.allocation);
  return value === undefined ? undefined : numberToAddress(value);
}

function refuseAddress(service: Service): ApiResult<Service> {
  const { clusterIP } = service.spec;
  const why =
    clusterIP === undefined
      ? 'failed to allocate IP: range is full'
      : 'failed to allocate IP: provided IP is already allocated or not in the valid range';
  return invalid('Service', '', service.metadata.name, [
    {
      reason: 'FieldValueInvalid',
      field: 'spec.clusterIPs',
      message: `Invalid value: ${JSON.stringify(clusterIP === undefined ? [] : [clusterIP])}: ${why}`,
    },
  ]);
}

function withNodePort(context: StrategyContext, port: ServicePort): ServicePort {
  if (port.nodePort !== undefined && port.nodePort !== 0) {
    context.nodePorts.claim(port.nodePort);
    return port;
  }
  const nodePort = context.nodePorts.next(context.allocation);
  return nodePort === undefined ? port : { ...port, nodePort };
}

/** Gives back what only the server hands out. */
export function releaseOnDelete(context: StrategyContext, resource: Resource, object: KubeObject): void {
  if (resource.kind !== SERVICES.kind) return;
  const { spec } = object as Service;
  if (spec.clusterIP !== undefined && spec.clusterIP !== 'None')
    context.addresses.release(addressToNumber(spec.clusterIP));
  for (const port of spec.ports ?? []) if (port.nodePort !== undefined) context.nodePorts.release(port.nodePort);
}
