/** `kubectl describe`: gathers what belongs to each object (its Pods, ReplicaSets, slices, events) and shows it in full. */
import type { KubeEvent, Lease } from '../../objects/cluster-objects.ts';
import { compileLabelSelector, compileLabelSet } from '../../objects/label-selector.ts';
import type { KubeObject } from '../../objects/meta.ts';
import type { Node } from '../../objects/node.ts';
import type { Pod } from '../../objects/pod.ts';
import { alignTabs } from '../../objects/printers/text-table.ts';
import { ENDPOINT_SLICES, EVENTS, LEASES, PODS, REPLICA_SETS, type Resource } from '../../objects/resources.ts';
import type { EndpointSlice, Service } from '../../objects/service.ts';
import type { DaemonSet, Deployment, ReplicaSet, ReplicationController } from '../../objects/workloads.ts';
import type { FlagTable } from '../flags.ts';
import { inOrder, type Invocation, serverErrorText } from '../invocation.ts';
import { fetchTargets, targetsOrManifests } from '../resource-arguments.ts';
import { eventLines, isAbout } from './description.ts';
import { nodeLines } from './node-description.ts';
import { podLines } from './pod-description.ts';
import { daemonSetLines, deploymentLines, plainLines, replicaSetLines, serviceLines } from './workload-description.ts';

export const DESCRIBE_FLAGS: FlagTable = {
  selector: 'value',
  'all-namespaces': 'boolean',
  filename: 'value',
  'show-events': 'boolean',
};

const LEASE_NAMESPACE = 'kube-node-lease';
const SERVICE_NAME = 'kubernetes.io/service-name';

/** All objects of a namespace that a test lets through. */
function gather<T extends KubeObject>(
  invocation: Invocation,
  resource: Resource<T>,
  namespace: string | undefined,
  keep: (object: T) => boolean,
  use: (objects: readonly T[]) => void,
): void {
  invocation.client.list(resource, namespace === undefined ? {} : { namespace }, (result) => {
    if (!result.ok) invocation.problem(serverErrorText(result.status));
    invocation.guard(() => use(result.ok ? result.list.items.filter(keep) : []));
  });
}

function isControlledBy(owner: KubeObject): (object: KubeObject) => boolean {
  return ({ metadata }) =>
    metadata.ownerReferences?.some(({ controller, uid }) => controller === true && uid === owner.metadata.uid) ?? false;
}

function isAlive({ status }: Pod): boolean {
  return status?.phase !== 'Succeeded' && status?.phase !== 'Failed';
}

/** The Pods that a set's selector means and that are its own. */
function podsOf(set: ReplicaSet | ReplicationController | DaemonSet): (pod: Pod) => boolean {
  const { selector } = set.spec;
  const isReplicationController = set.kind === 'ReplicationController';
  const matches = isReplicationController
    ? compileLabelSet((selector ?? {}) as Record<string, string>)
    : compileLabelSelector(selector as ReplicaSet['spec']['selector']);
  const isOwn = isControlledBy(set);
  return (pod) => matches(pod.metadata.labels) && isOwn(pod);
}

function describeNode(invocation: Invocation, node: Node, use: (lines: string[]) => void): void {
  const { name } = node.metadata;
  const isHere = (pod: Pod): boolean => pod.spec.nodeName === name && isAlive(pod);
  gather(invocation, PODS, undefined, isHere, (pods) => {
    invocation.client.get(LEASES, LEASE_NAMESPACE, name, (result) => {
      const lease: Lease | undefined = result.ok ? result.object : undefined;
      use(nodeLines(node, pods, lease, invocation.input.nowSeconds()));
    });
  });
}

/** Hands over the lines of an object, without its events. */
function linesOf(invocation: Invocation, object: KubeObject, use: (lines: string[]) => void): void {
  const { namespace, name } = object.metadata;
  switch (object.kind) {
    case 'Pod':
      use(podLines(object as Pod, invocation.input.nowSeconds()));
      return;
    case 'Node':
      describeNode(invocation, object as Node, use);
      return;
    case 'Deployment':
      gather(invocation, REPLICA_SETS, namespace, isControlledBy(object), (sets) =>
        use(deploymentLines(object as Deployment, sets)),
      );
      return;
    case 'ReplicaSet':
    case 'ReplicationController': {
      const set = object as ReplicaSet | ReplicationController;
      gather(invocation, PODS, namespace, podsOf(set), (pods) => use(replicaSetLines(set, pods)));
      return;
    }
    case 'DaemonSet': {
      const set = object as DaemonSet;
      gather(invocation, PODS, namespace, podsOf(set), (pods) => use(daemonSetLines(set, pods)));
      return;
    }
    case 'Service': {
      const isOwn = ({ metadata }: EndpointSlice): boolean => metadata.labels?.[SERVICE_NAME] === name;
      gather(invocation, ENDPOINT_SLICES, namespace, isOwn, (slices) => use(serviceLines(object as Service, slices)));
      return;
    }
    default:
      use(plainLines(object));
  }
}

export function describe(invocation: Invocation): void {
  const targets = targetsOrManifests(invocation);
  const isNamed = targets.some(({ name }) => name !== undefined);
  fetchTargets(invocation, targets, (found) => {
    const objects = found.flatMap((part) => part.objects);
    if (objects.length === 0 && !isNamed) {
      invocation.warn(`No resources found in ${invocation.namespace} namespace.`);
    }
    let isFirst = true;
    inOrder(
      objects,
      (object, next) => {
        linesOf(invocation, object, (lines) => {
          const scope = object.metadata.namespace ?? 'default';
          const isOwn = (event: KubeEvent): boolean => isAbout(event, object);
          gather(invocation, EVENTS, scope, isOwn, (events) => {
            if (!isFirst) invocation.printText('\n\n');
            isFirst = false;
            const isShown = invocation.flags.value('show-events') !== 'false';
            const all = isShown ? [...lines, ...eventLines(events, invocation.input.nowSeconds())] : lines;
            invocation.printText(alignTabs(all));
            next();
          });
        });
      },
      () => invocation.finish(),
    );
  });
}
