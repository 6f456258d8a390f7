/**
 * The Pods that manifests mean. Objects with a uid are those of a cluster, whose Pods stand beside them; without one they are still to be
 * created, as the API server and the controllers would: with defaults and priorities, and a Deployment's replicas as so many Pods.
 */
import { admitCreation, type AdmissionLookup } from '../../models/apiserver/admission.ts';
import { daemonTolerations } from '../../models/controllers/daemonset/daemon-pod.ts';
import { applyDefaults } from '../../models/objects/index.ts';
import type { PriorityClass } from '../../models/objects/cluster-objects.ts';
import type { KubeObject, LabelSelector, ObjectMeta } from '../../models/objects/meta.ts';
import type { Pod, PodTemplateSpec } from '../../models/objects/pod.ts';
import {
  DAEMON_SETS,
  DEPLOYMENTS,
  PODS,
  PRIORITY_CLASSES,
  REPLICA_SETS,
  REPLICATION_CONTROLLERS,
  type Resource,
} from '../../models/objects/resources.ts';
import type { DaemonSet } from '../../models/objects/workloads.ts';
import { BadInputError } from '../bad-input.ts';
import { type Manifest, manifestError, type ManifestSet } from '../workloads/manifests.ts';
import type { DaemonTemplate } from './settled-pods.ts';

export interface WorkloadPods {
  readonly pods: readonly Pod[];
  readonly daemons: readonly DaemonTemplate[];
  /** Owners of Pods that were made here, for the scheduler to look up. */
  readonly owners: {
    readonly replicaSets: readonly KubeObject[];
    readonly replicationControllers: readonly KubeObject[];
  };
}

const REPLICATED: readonly Resource[] = [DEPLOYMENTS, REPLICA_SETS, REPLICATION_CONTROLLERS];

/** Accounts and tolerations for NoExecute taints do not concern where a Pod fits. */
const ADMISSION = { serviceAccount: false, taintNodesByCondition: false, defaultTolerationSeconds: false };

/** @throws BadInputError for what the API server would refuse, and for two Pods of one name */
export function workloadPods(set: ManifestSet): WorkloadPods {
  const lookup = priorities(set);
  const pods: Pod[] = [];
  const daemons: DaemonTemplate[] = [];
  const owners = { replicaSets: [] as KubeObject[], replicationControllers: [] as KubeObject[] };
  const names = new Set<string>();
  const add = (manifest: Manifest, made: readonly Pod[]): void => {
    for (const pod of made) {
      const name = `${pod.metadata.namespace}/${pod.metadata.name}`;
      if (names.has(name)) throw problem(manifest, `a second Pod would be called ${name}`);
      names.add(name);
      pods.push(pod);
    }
  };
  for (const manifest of set.manifests) {
    const { resource, object } = manifest;
    const isOfCluster = object.metadata.uid !== undefined;
    if (resource === PODS) add(manifest, [isOfCluster ? (object as Pod) : admitted(manifest, object as Pod, lookup)]);
    else if (resource === DAEMON_SETS) daemons.push(daemonTemplate(manifest, isOfCluster, lookup));
    else if (REPLICATED.includes(resource) && !isOfCluster) {
      const { owner, made } = replicasOf(manifest, lookup);
      add(manifest, made);
      (owner.kind === 'ReplicaSet' ? owners.replicaSets : owners.replicationControllers).push(owner);
    }
  }
  return { pods, daemons, owners };
}

function problem({ place }: Manifest, message: string): BadInputError {
  return manifestError(place, ['metadata', 'name'], message);
}

/** What admission looks up: priority classes by name. */
function priorities(set: ManifestSet): AdmissionLookup {
  const classes = set.manifests
    .filter(({ resource }) => resource === PRIORITY_CLASSES)
    .map(({ object }) => object as PriorityClass);
  return {
    get: <T extends KubeObject>(resource: Resource<T>, _: string | undefined, name: string): T | undefined =>
      (resource as Resource) === PRIORITY_CLASSES
        ? (classes.find(({ metadata }) => metadata.name === name) as unknown as T | undefined)
        : undefined,
    defaultPriorityClass: () => classes.find(({ globalDefault }) => globalDefault === true),
  };
}

/** The Pod as the API server would store it. */
function admitted(manifest: Manifest, pod: Pod, lookup: AdmissionLookup): Pod {
  const found = admitCreation(lookup, ADMISSION, PODS, applyDefaults(PODS, pod));
  if (!found.ok) throw problem(manifest, found.status.message ?? 'the API server would refuse it');
  return found.object;
}

interface Replicated extends KubeObject {
  readonly spec: { readonly replicas?: number; readonly selector?: unknown; readonly template: PodTemplateSpec };
}

/** As many Pods as replicas, and what owns them: a Deployment's ReplicaSet of the same name. */
function replicasOf(manifest: Manifest, lookup: AdmissionLookup): { owner: KubeObject; made: Pod[] } {
  const { resource } = manifest;
  const { metadata, spec } = applyDefaults(resource, manifest.object) as Replicated;
  const isController = resource === REPLICATION_CONTROLLERS;
  const owner = {
    apiVersion: isController ? 'v1' : 'apps/v1',
    kind: isController ? 'ReplicationController' : 'ReplicaSet',
    metadata: {
      name: metadata.name,
      ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
      uid: `plan/${metadata.name}`,
    },
    spec: { selector: spec.selector as LabelSelector },
  };
  const made = Array.from({ length: spec.replicas ?? 1 }, (_, i) =>
    admitted(manifest, podOfTemplate(spec.template, owner, `${metadata.name}-${i}`), lookup),
  );
  return { owner, made };
}

function podOfTemplate(template: PodTemplateSpec, owner: KubeObject, name: string): Pod {
  const { apiVersion, kind, metadata } = owner;
  const reference = { apiVersion, kind, name: metadata.name, uid: metadata.uid ?? '', controller: true };
  const { creationTimestamp: _, ...given } = template.metadata ?? {};
  const own: ObjectMeta = {
    ...given,
    name,
    ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
    ownerReferences: [reference],
  };
  return { apiVersion: 'v1', kind: 'Pod', metadata: own, spec: template.spec };
}

function daemonTemplate(manifest: Manifest, isOfCluster: boolean, lookup: AdmissionLookup): DaemonTemplate {
  const daemonSet = applyDefaults(DAEMON_SETS, manifest.object as DaemonSet);
  const { template } = daemonSet.spec;
  const spec = { ...template.spec, tolerations: daemonTolerations(template.spec) };
  const owner = { ...daemonSet, metadata: { ...daemonSet.metadata, uid: daemonSet.metadata.uid ?? 'plan' } };
  const pod = podOfTemplate(
    { ...template, spec },
    { ...owner, kind: 'DaemonSet', apiVersion: 'apps/v1' },
    daemonSet.metadata.name,
  );
  return { pod: admitted(manifest, pod, lookup), everywhere: !isOfCluster };
}
