/** Reads a plan file and what it names. */
import { dirname, isAbsolute, join } from 'node:path';
import type { z } from 'zod';
import type { Node } from '../../models/objects/node.ts';
import type { Pod } from '../../models/objects/pod.ts';
import { NODES, PODS } from '../../models/objects/resources.ts';
import { PodClasses } from '../../models/scheduler/framework/pod-class.ts';
import { BadInputError } from '../bad-input.ts';
import { schedulerConfigurationOf, tieBreakOf } from '../experiments/policies.ts';
import { firstFinding } from '../experiments/schema-errors.ts';
import { GPU_ANNOTATIONS, gpuRequestOf } from '../policies/gpu-sharing/gpu-objects.ts';
import { fieldText, parseDocuments, readText, type SourceDocument } from '../workloads/documents.ts';
import { readManifests } from '../workloads/manifests.ts';
import { typicalPods } from '../workloads/openb/fragmentation.ts';
import type { FitPolicy } from './fit.ts';
import { type Plan, planSchema } from './plan-schema.ts';

export interface LoadedPlan {
  readonly plan: Plan;
  /** Nodes of the manifests. */
  readonly nodes: readonly Node[];
  /** Pods that have a Node. */
  readonly bound: readonly Pod[];
  /** Pods that are to be placed. */
  readonly pods: readonly Pod[];
  readonly template: Pod | undefined;
  readonly policy: Omit<FitPolicy, 'run'>;
}

/** @throws BadInputError with file, line and field */
export function loadPlan(file: string): LoadedPlan {
  const [document, second] = parseDocuments(file, readText(file));
  if (document === undefined || second !== undefined) {
    throw new BadInputError('accepted is one plan', { file, line: second?.line });
  }
  return completePlan(document, dirname(file));
}

/** A plan as a person writes it, without the defaults. */
export type PlanInput = z.input<typeof planSchema>;

/**
 * A plan from an object instead of a file.
 * @param folder from which the files that it names are read; the current one unless given
 * @throws BadInputError naming the field
 */
export function planOf(plan: PlanInput, folder = '.'): LoadedPlan {
  return completePlan({ file: 'plan', line: 1, value: plan, lineOf: () => undefined }, folder);
}

function completePlan(document: SourceDocument, folder: string): LoadedPlan {
  const plan = parsePlan(document);
  const place = (path: string): string => (isAbsolute(path) ? path : join(folder, path));
  const { nodes, pods, template, policy, seed } = plan;
  const set = readManifests([...(nodes.manifests ?? []), ...(pods ?? [])].map(place));
  const ofKind = <T>(resource: typeof NODES | typeof PODS): T[] =>
    set.manifests.filter((manifest) => manifest.resource === resource).map(({ object }) => object as T);
  const all = ofKind<Pod>(PODS).filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed');
  const other = set.manifests.find(
    ({ resource, object }) => resource !== NODES && resource !== PODS && object.kind !== 'Namespace',
  );
  if (other !== undefined) {
    throw new BadInputError(`kind ${other.object.kind} is not modelled in a plan; accepted are Node and Pod`, {
      file: other.place.document.file,
      line: other.place.document.line,
    });
  }
  const inputs = typeof policy.scheduler === 'string' ? { [policy.scheduler]: readText(place(policy.scheduler)) } : {};
  const pod = template === undefined ? undefined : onePod(place(template));
  return {
    plan,
    nodes: ofKind<Node>(NODES),
    bound: all.filter(({ spec }) => (spec.nodeName ?? '') !== ''),
    pods: all.filter(({ spec }) => (spec.nodeName ?? '') === ''),
    template: pod,
    policy: {
      configuration: schedulerConfigurationOf(policy, inputs),
      tieBreak: tieBreakOf(policy),
      seed: String(seed),
      typicalGpuPods: typicalOf(pod === undefined ? all : [...all, pod]),
    },
  };
}

function parsePlan(document: SourceDocument): Plan {
  const { file } = document;
  const result = planSchema.safeParse(document.value, { reportInput: false });
  if (result.success) {
    checkQuestion(result.data, file);
    return result.data;
  }
  const { finding } = firstFinding(result.error.issues, document.value);
  throw new BadInputError(finding.message, {
    file,
    line: document.lineOf(finding.path),
    field: fieldText(finding.path),
  });
}

/** What each question needs. */
function checkQuestion({ find, nodes, pods, template, objectives }: Plan, file: string): void {
  const refuse = (field: string, message: string): never => {
    throw new BadInputError(message, { file, field });
  };
  const { types, manifests } = nodes;
  if ((types === undefined) === (manifests === undefined)) refuse('nodes', 'accepted is one of types and manifests');
  if (find === 'nodes' && types !== undefined && types.length > 1)
    refuse('nodes.types', 'find nodes has one type; for several: find cheapest');
  if (find === 'cheapest' && types === undefined) refuse('nodes', 'find cheapest needs types');
  if ((find === 'nodes' || find === 'cheapest') && pods === undefined)
    refuse('pods', `find ${find} needs Pods to place`);
  if ((find === 'replicas' || find === 'removable') && manifests === undefined)
    refuse('nodes', `find ${find} needs manifests: the snapshot`);
  if ((find === 'replicas') !== (template !== undefined))
    refuse('template', 'accepted with find replicas, and needed there');
  if ((find === 'replicas' || find === 'removable') && objectives.startup !== undefined) {
    refuse('objectives.startup', `not modelled with find ${find}`);
  }
}

function onePod(file: string): Pod {
  const { manifests } = readManifests([file]);
  const pods = manifests.filter(({ resource }) => resource === PODS);
  if (pods.length !== 1) throw new BadInputError(`found ${pods.length} Pods; accepted is one`, { file });
  return pods[0]?.object as Pod;
}

/** Shapes of the Pods that ask for GPUs by annotation; none when no Pod does. */
function typicalOf(pods: readonly Pod[]): FitPolicy['typicalGpuPods'] {
  const classes = new PodClasses();
  classes.readAnnotations(GPU_ANNOTATIONS);
  const requests = pods.map((pod) => ({ name: pod.metadata.name, memoryMib: 0, ...gpuRequestOf(classes.of(pod)) }));
  return requests.every(({ gpus }) => gpus === 0) ? [] : typicalPods(requests);
}
