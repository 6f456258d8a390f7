/**
 * The fields by which objects can be selected.
 * Source: pkg/registry/core/{pod,node,event}/strategy.go (ToSelectableFields), apiserver/pkg/registry/generic/matcher.go.
 */
import type { KubeEvent } from '../objects/cluster-objects.ts';
import type { KubeObject } from '../objects/meta.ts';
import type { Node } from '../objects/node.ts';
import type { Pod } from '../objects/pod.ts';

export type FieldReader = (object: KubeObject) => string;

const pod =
  (read: (pod: Pod) => string | undefined): FieldReader =>
  (object) =>
    read(object as Pod) ?? '';
const event =
  (read: (event: KubeEvent) => string | undefined): FieldReader =>
  (object) =>
    read(object as KubeEvent) ?? '';

const COMMON: Readonly<Record<string, FieldReader>> = {
  'metadata.name': (object) => object.metadata.name,
  'metadata.namespace': (object) => object.metadata.namespace ?? '',
};

const BY_KIND: Readonly<Record<string, Readonly<Record<string, FieldReader>>>> = {
  Pod: {
    'spec.nodeName': pod((p) => p.spec.nodeName),
    'spec.restartPolicy': pod((p) => p.spec.restartPolicy),
    'spec.schedulerName': pod((p) => p.spec.schedulerName),
    'spec.serviceAccountName': pod((p) => p.spec.serviceAccountName),
    'spec.hostNetwork': pod((p) => String(p.spec.hostNetwork ?? false)),
    'status.phase': pod((p) => p.status?.phase),
    'status.podIP': pod((p) => p.status?.podIP),
    'status.nominatedNodeName': pod((p) => p.status?.nominatedNodeName),
  },
  Node: { 'spec.unschedulable': (object) => String((object as Node).spec?.unschedulable ?? false) },
  Event: {
    'involvedObject.kind': event((e) => e.involvedObject.kind),
    'involvedObject.namespace': event((e) => e.involvedObject.namespace),
    'involvedObject.name': event((e) => e.involvedObject.name),
    'involvedObject.uid': event((e) => e.involvedObject.uid),
    reason: event((e) => e.reason),
    type: event((e) => e.type),
    source: event((e) => e.source?.component),
  },
  Namespace: {
    'status.phase': (object) => (object as KubeObject & { status?: { phase?: string } }).status?.phase ?? '',
  },
};

/** What reads a field of a kind; undefined when its objects cannot be selected by it. */
export function fieldReader(kind: string, field: string): FieldReader | undefined {
  return BY_KIND[kind]?.[field] ?? COMMON[field];
}

/** The value of a field, "" when it is absent; undefined when objects of that kind cannot be selected by it. */
export function fieldOf(object: KubeObject, field: string): string | undefined {
  return fieldReader(object.kind, field)?.(object);
}
