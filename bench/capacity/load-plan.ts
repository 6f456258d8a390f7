/** Reads a plan file and what it names, so that the question stands complete in one value. */
import { dirname } from 'node:path';
import type { z } from 'zod';
import type { Node } from '../../models/objects/node.ts';
import type { Pod } from '../../models/objects/pod.ts';
import { NODES } from '../../models/objects/resources.ts';
import { PodClasses } from '../../models/scheduler/framework/pod-class.ts';
import { BadInputError } from '../bad-input.ts';
import { builtInCatalogue } from '../catalogue/machine-types.ts';
import { inUserNames } from '../experiments/load.ts';
import { schedulerConfigurationOf, tieBreakOf } from '../experiments/policies.ts';
import { firstFinding } from '../experiments/schema-errors.ts';
import { digestOf, Inputs } from '../experiments/study-inputs.ts';
import { GPU_ANNOTATIONS, gpuRequestOf } from '../policies/gpu-sharing/gpu-objects.ts';
import { refuseOtherKinds } from '../workloads/document-kind.ts';
import { fieldText, parseDocuments, readText, type SourceDocument } from '../workloads/documents.ts';
import { type ManifestSet, manifestsOf } from '../workloads/manifests.ts';
import { typicalPods } from '../workloads/openb/fragmentation.ts';
import { checkPods, checkQuestion, checkZones } from './check-question.ts';
import type { FitPolicy } from './fit.ts';
import { type CompleteType, completeTypes } from './machine-type.ts';
import { type Plan, planSchema } from './plan-schema.ts';
import { snapshotPods } from './snapshot-pods.ts';
import { type DaemonTemplate, daemonsOfPods } from './settled-pods.ts';
import { refuseUnknown, surroundingsOf } from './surroundings.ts';
import { workloadPods } from './workload-pods.ts';

export interface LoadedPlan {
  /** As the person named it, for messages. */
  readonly file: string;
  /** Complete; the files it names are keys of `inputs`. */
  readonly plan: Plan;
  readonly inputs: Readonly<Record<string, string>>;
  /** 12 hexadecimal digits of a hash over plan and inputs. */
  readonly digest: string;
  readonly types: readonly CompleteType[];
  /** Nodes of the manifests. */
  readonly nodes: readonly Node[];
  readonly nodeNames: ReadonlySet<string>;
  /** Pods that have a Node. */
  readonly bound: readonly Pod[];
  /** Pods that are to be placed. */
  readonly pods: readonly Pod[];
  /** Pods of DaemonSets that a Node brings along. */
  readonly daemons: readonly DaemonTemplate[];
  readonly template: Pod | undefined;
  readonly policy: Omit<FitPolicy, 'run'>;
  /** What the reader must know: what was left out of the manifests, and what is not modelled. */
  readonly notes: readonly string[];
}

/** @throws BadInputError with file, line and field */
export function loadPlan(file: string): LoadedPlan {
  const [document, second] = parseDocuments(file, readText(file));
  if (document === undefined) throw new BadInputError('is empty; accepted is one plan', { file });
  if (second !== undefined) {
    throw new BadInputError('a second document begins here; accepted is one plan', { file, line: second.line });
  }
  refuseOtherKinds(document, 'plan');
  return planOfDocument(document, dirname(file));
}

/** A plan as a person writes it, without the defaults. */
export type PlanInput = z.input<typeof planSchema>;

/**
 * A plan from an object instead of a file.
 * @param folder from which the files that it names are read; the current one unless given
 * @throws BadInputError naming the field
 */
export function planOf(plan: PlanInput, folder = '.'): LoadedPlan {
  return planOfDocument({ file: 'plan', line: 1, value: plan, lineOf: () => undefined }, folder);
}

function planOfDocument(document: SourceDocument, folder: string): LoadedPlan {
  const written = checkedPlan(document);
  const inputs = new Inputs(folder);
  const plan = withInputs(written, inputs);
  try {
    return completePlan(plan, inputs, document);
  } catch (error) {
    // Manifests are read under the names that they have in a run folder.
    if (error instanceof BadInputError) throw new BadInputError(inUserNames(inputs, error.message));
    throw error;
  }
}

function checkedPlan(document: SourceDocument): Plan {
  const result = planSchema.safeParse(document.value, { reportInput: false });
  if (result.success) {
    checkQuestion(result.data, document);
    return result.data;
  }
  const { finding, more } = firstFinding(result.error.issues, document.value);
  throw new BadInputError(more === 0 ? finding.message : `${finding.message} (and ${more} more)`, {
    file: document.file,
    line: document.lineOf(finding.path),
    field: fieldText(finding.path),
  });
}

/** Gathers the files that a plan names, relative to its folder, and names them anew. */
function withInputs(plan: Plan, inputs: Inputs): Plan {
  const { nodes, pods, template, policy } = plan;
  const asksCatalogue = nodes.catalogue !== undefined || nodes.types?.some(({ type }) => type !== undefined) === true;
  return {
    ...plan,
    nodes: {
      ...nodes,
      ...(nodes.manifests && { manifests: inputs.take(nodes.manifests) }),
      ...(asksCatalogue && { catalogue: inputs.takeFile(nodes.catalogue ?? builtInCatalogue()) }),
    },
    ...(pods && { pods: inputs.take(pods) }),
    ...(template !== undefined && { template: inputs.takeFile(template) }),
    policy: {
      ...policy,
      ...(typeof policy.scheduler === 'string' && { scheduler: inputs.takeFile(policy.scheduler) }),
    },
  };
}

function completePlan(plan: Plan, { texts }: Inputs, document: SourceDocument): LoadedPlan {
  const { nodes, pods, template, policy, seed } = plan;
  // A file that is named for its Nodes and for its Pods, such as a snapshot, is read once.
  const set = manifestsIn([...new Set([...(nodes.manifests ?? []), ...(pods ?? [])])], texts);
  refuseUnknown(set);
  const workload = workloadPods(set);
  const types = completeTypes(plan, texts, document);
  const given = nodesOf(set);
  checkZones(plan, given, document);
  const snapshot = snapshotPods(workload.pods);
  const pod = template === undefined ? undefined : onePod(template, texts);
  const all = [...snapshot.bound, ...snapshot.pods];
  checkPods(plan, all.length, document);
  return {
    file: document.file,
    plan,
    inputs: texts,
    digest: digestOf(plan, texts),
    types,
    nodes: given,
    nodeNames: new Set(given.map(({ metadata }) => metadata.name)),
    bound: snapshot.bound,
    pods: snapshot.pods,
    daemons: [...workload.daemons, ...daemonsOfPods(snapshot.bound, workload.daemons)],
    template: pod,
    policy: {
      configuration: schedulerConfigurationOf(policy, texts),
      tieBreak: tieBreakOf(policy),
      seed: String(seed),
      surroundings: surroundingsOf(set, workload),
      typicalGpuPods: typicalOf(pod === undefined ? all : [...all, pod]),
    },
    notes: [...notModelled(set), ...snapshot.notes],
  };
}

function manifestsIn(files: readonly string[], texts: Readonly<Record<string, string>>): ManifestSet {
  return manifestsOf(files.flatMap((name) => parseDocuments(name, texts[name] ?? '')));
}

function nodesOf(set: ManifestSet): Node[] {
  return set.manifests.filter(({ resource }) => resource === NODES).map(({ object }) => object as Node);
}

function notModelled({ notModelled: found }: ManifestSet): string[] {
  return found.map(
    ({ what, count, first }) => `not modelled, so without effect: ${what} (${count} ×, first at ${first})`,
  );
}

function onePod(file: string, texts: Readonly<Record<string, string>>): Pod {
  const { pods } = workloadPods(manifestsIn([file], texts));
  if (pods.length !== 1) throw new BadInputError(`found ${pods.length} Pods; accepted is one`, { file });
  return pods[0] as Pod;
}

/** Shapes of the Pods that ask for GPUs by annotation; none when no Pod does. */
function typicalOf(pods: readonly Pod[]): FitPolicy['typicalGpuPods'] {
  const classes = new PodClasses();
  classes.readAnnotations(GPU_ANNOTATIONS);
  const requests = pods.map((pod) => ({ name: pod.metadata.name, memoryMib: 0, ...gpuRequestOf(classes.of(pod)) }));
  return requests.every(({ gpus }) => gpus === 0) ? [] : typicalPods(requests);
}
