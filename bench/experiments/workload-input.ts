/**
 * The objects of a study, read from its inputs: what is in the cluster from the start, and what comes when. Objects that
 * a live cluster has written (they have a uid) and Pods that have a Node already are there from the start; everything else
 * is created through the API at its time.
 */
import type { Micros } from '../../engine/index.ts';
import type { KubeObject } from '../../models/objects/meta.ts';
import type { Node } from '../../models/objects/node.ts';
import type { Pod } from '../../models/objects/pod.ts';
import { DEPLOYMENTS, NAMESPACES, NODES, PODS, type Resource } from '../../models/objects/resources.ts';
import { gpuNodeObject } from '../policies/gpu-sharing/gpu-objects.ts';
import { BadInputError } from '../bad-input.ts';
import { parseDocuments, type SourceDocument } from '../workloads/documents.ts';
import { INITIAL_NAMESPACES, type Manifest, type ManifestSet, manifestsOf } from '../workloads/manifests.ts';
import type { TypicalPod } from '../workloads/openb/fragmentation.ts';
import { type GpuNode, parseNodes } from '../workloads/openb/trace.ts';
import { parseDuration } from './duration.ts';
import type { Study } from './load.ts';
import { type CompleteNodeGroup, nodeGroupsOf, nodePrices, notesOfPrices } from './node-groups.ts';
import { traceWorkload } from './trace-workload.ts';
import type { Experiment, WorkloadArrivals } from './schema.ts';

/** Objects that one client creates, one after the other, from a given time. */
export interface Batch {
  readonly atMicros: Micros;
  readonly objects: readonly { readonly resource: Resource; readonly object: KubeObject }[];
}

export interface WorkloadInput {
  readonly nodes: readonly Node[];
  readonly nodeGroups: readonly CompleteNodeGroup[];
  /** Of a Node for an hour, by its name; those without a price are not in it. */
  readonly prices: ReadonlyMap<string, number>;
  /** In the store from the start. */
  readonly existing: readonly KubeObject[];
  readonly batches: readonly Batch[];
  readonly arrivals: readonly WorkloadArrivals[];
  /** Shapes by which fragmentation of GPUs is measured; none without a GPU trace. */
  readonly typicalGpuPods: readonly TypicalPod[];
  /** What reading had to say to the user. */
  readonly notes: readonly string[];
}

const read = new WeakMap<Study, WorkloadInput>();

/** Reads the inputs of a study; once for each study, for the cases of factors see `workloadOf`. @throws BadInputError */
export function workloadInput(study: Study): WorkloadInput {
  let input = read.get(study);
  if (input === undefined) {
    input = workloadOf(study.experiment, study.inputs);
    read.set(study, input);
  }
  return input;
}

/** @param inputs texts by the names that the experiment uses */
export function workloadOf(experiment: Experiment, inputs: Study['inputs']): WorkloadInput {
  const entries = [
    ...experiment.cluster.nodes.map((entry) => ({ ...entry, at: '0s' })),
    ...experiment.workload.map((entry) => ({ ...entry, at: 'at' in entry ? (entry.at ?? '0s') : '0s' })),
  ];
  const set = manifestsOf(entries.flatMap((entry) => ('manifests' in entry ? documentsOf(entry, inputs) : [])));
  const timeOfFile = new Map<string, Micros>();
  for (const entry of entries) {
    if (!('manifests' in entry)) continue;
    for (const name of [entry.manifests].flat()) timeOfFile.set(name, parseDuration(entry.at) as Micros);
  }
  const { nodes, existing, batches } = sorted(set, timeOfFile);
  nodes.push(...traceNodes(experiment, inputs).map((node) => gpuNodeObject(node)));
  const namespaces = missingNamespaces(experiment, set);
  const traces = traceWorkload(experiment, inputs);
  const nodeGroups = nodeGroupsOf(experiment, inputs);
  if (nodes.length + nodeGroups.length === 0) throw new BadInputError(`found no Node in ${filesText(experiment)}`);
  const prices = nodePrices(experiment, inputs, nodeGroups, set.manifests);
  return {
    nodes,
    nodeGroups,
    prices,
    existing: [...namespaceObjects(namespaces), ...existing],
    batches: [...batches, ...deploymentBatches(experiment), ...traces.batches],
    arrivals: experiment.workload.filter((entry): entry is WorkloadArrivals => 'arrivals' in entry),
    typicalGpuPods: traces.typicalGpuPods,
    notes: [...notesOf(set, namespaces), ...traces.notes, ...notesOfPrices(prices, nodeGroups, nodes)],
  };
}

/** @throws BadInputError when the files, or all files of a folder, hold nothing */
function documentsOf({ manifests }: { manifests: string | string[] }, inputs: Study['inputs']): SourceDocument[] {
  const files = [manifests].flat();
  const documents = files.flatMap((name) => parseDocuments(name, inputs[name] ?? ''));
  if (documents.length > 0) return documents;
  throw new BadInputError('holds no object; accepted are Kubernetes manifests', { file: files.join(', ') });
}

/** The files of cluster.nodes, for messages. */
function filesText({ cluster }: Experiment): string {
  return cluster.nodes.flatMap((entry) => ('manifests' in entry ? entry.manifests : [])).join(', ');
}

/** Nodes of the experiment's openb node lists. @throws BadInputError */
export function traceNodes(experiment: Experiment, inputs: Study['inputs']): GpuNode[] {
  return experiment.cluster.nodes.flatMap((entry) => {
    if (!('openb' in entry)) return [];
    const { openb, every = 1 } = entry;
    return parseNodes(inputs[openb] ?? '', openb).filter((_, i) => i % every === 0);
  });
}

function isThereAlready({ resource, object }: Manifest): boolean {
  return object.metadata.uid !== undefined || (resource === PODS && (object as Pod).spec.nodeName !== undefined);
}

function sorted(
  set: ManifestSet,
  timeOfFile: ReadonlyMap<string, Micros>,
): { nodes: Node[]; existing: KubeObject[]; batches: Batch[] } {
  const nodes: Node[] = [];
  const existing: KubeObject[] = [];
  const byTime = new Map<Micros, { resource: Resource; object: KubeObject }[]>();
  for (const manifest of set.manifests) {
    const { resource, object, place } = manifest;
    const atMicros = timeOfFile.get(place.document.file) as Micros;
    if (resource === NODES && atMicros === 0) nodes.push(object as Node);
    else if (atMicros === 0 && (resource === NAMESPACES || isThereAlready(manifest))) existing.push(object);
    else {
      const batch = byTime.get(atMicros);
      if (batch === undefined) byTime.set(atMicros, [{ resource, object }]);
      else batch.push({ resource, object });
    }
  }
  return { nodes, existing, batches: [...byTime].map(([atMicros, objects]) => ({ atMicros, objects })) };
}

function namespaceObjects(names: readonly string[]): KubeObject[] {
  return names.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
}

function deploymentBatches(experiment: Experiment): Batch[] {
  return experiment.workload.flatMap((entry): Batch[] => {
    if (!('deployment' in entry)) return [];
    const { name, namespace, replicas, template } = entry.deployment;
    const labels = { app: name, ...template.metadata?.labels };
    const metadata = { ...template.metadata, labels };
    const object = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace, labels: { app: name } },
      spec: { replicas, selector: { matchLabels: { app: labels.app } }, template: { metadata, spec: template.spec } },
    };
    return [{ atMicros: parseDuration(entry.at ?? '0s') as Micros, objects: [{ resource: DEPLOYMENTS, object }] }];
  });
}

/** Namespaces that manifests, Deployments or arrivals use and nothing defines, sorted. */
function missingNamespaces(experiment: Experiment, set: ManifestSet): string[] {
  const missing = new Set(set.createdNamespaces);
  const defined = set.manifests
    .filter(({ resource }) => resource === NAMESPACES)
    .map(({ object }) => object.metadata.name);
  for (const entry of experiment.workload) {
    const namespace =
      'deployment' in entry ? entry.deployment.namespace : 'arrivals' in entry ? entry.arrivals.namespace : 'default';
    if (!INITIAL_NAMESPACES.includes(namespace) && !defined.includes(namespace)) missing.add(namespace);
  }
  return [...missing].sort();
}

function notesOf(set: ManifestSet, created: readonly string[]): string[] {
  const namespaces =
    created.length === 0
      ? []
      : [
          `created ${created.length === 1 ? 'namespace' : 'namespaces'} ${created.join(', ')}, which manifests use and none defines`,
        ];
  const unmodelled = set.notModelled.map(
    ({ what, count, first }) => `not modelled, so without effect: ${what} (${count} ×, first at ${first})`,
  );
  return [...namespaces, ...unmodelled];
}
