/**
 * The Pod that a DaemonSet wants on a Node, and whether it wants one there.
 * Source: pkg/controller/daemon/util/daemonset_util.go, daemon_controller.go (NodeShouldRunDaemonPod).
 */
import type { Labels } from '../../objects/meta.ts';
import type { Node, NodeSelectorRequirement, Taint } from '../../objects/node.ts';
import { requiredNodeAffinity } from '../../objects/node-selector.ts';
import type { Affinity, Pod, PodSpec, PodTemplateSpec, Toleration } from '../../objects/pod.ts';
import type { DaemonSet } from '../../objects/workloads.ts';

export const REVISION_HASH_LABEL = 'controller-revision-hash';
const TEMPLATE_GENERATION_LABEL = 'pod-template-generation';
export const TEMPLATE_GENERATION_ANNOTATION = 'deprecated.daemonset.template.generation';

const PREFIX = 'node.kubernetes.io/';
const ADDED: readonly Toleration[] = [
  { key: `${PREFIX}not-ready`, operator: 'Exists', effect: 'NoExecute' },
  { key: `${PREFIX}unreachable`, operator: 'Exists', effect: 'NoExecute' },
  { key: `${PREFIX}disk-pressure`, operator: 'Exists', effect: 'NoSchedule' },
  { key: `${PREFIX}memory-pressure`, operator: 'Exists', effect: 'NoSchedule' },
  { key: `${PREFIX}pid-pressure`, operator: 'Exists', effect: 'NoSchedule' },
  { key: `${PREFIX}unschedulable`, operator: 'Exists', effect: 'NoSchedule' },
];
const HOST_NETWORK_ADDED: Toleration = {
  key: `${PREFIX}network-unavailable`,
  operator: 'Exists',
  effect: 'NoSchedule',
};

/** The tolerations of every Pod of the set. */
export function daemonTolerations(spec: PodSpec): readonly Toleration[] {
  const tolerations = [...(spec.tolerations ?? [])];
  for (const toleration of spec.hostNetwork === true ? [...ADDED, HOST_NETWORK_ADDED] : ADDED) {
    const at = tolerations.findIndex(
      (t) => t.key === toleration.key && t.effect === toleration.effect && t.operator === toleration.operator,
    );
    if (at < 0) tolerations.push(toleration);
    else tolerations[at] = toleration;
  }
  return tolerations;
}

/** The template with what every daemon Pod gets: tolerations, and labels that tell its revision. */
export function daemonTemplate(daemonSet: DaemonSet, hash: string): PodTemplateSpec {
  const { template } = daemonSet.spec;
  const generation = daemonSet.metadata.annotations?.[TEMPLATE_GENERATION_ANNOTATION];
  const labels: Labels = {
    ...template.metadata?.labels,
    ...(generation === undefined ? {} : { [TEMPLATE_GENERATION_LABEL]: generation }),
    [REVISION_HASH_LABEL]: hash,
  };
  return {
    ...template,
    metadata: { ...template.metadata, labels },
    spec: { ...template.spec, tolerations: daemonTolerations(template.spec) },
  };
}

/** The spec tied to one Node by its name; Node terms of the template are replaced, as they have been judged already. */
export function boundToNode(spec: PodSpec, nodeName: string): PodSpec {
  const matchFields: NodeSelectorRequirement[] = [{ key: 'metadata.name', operator: 'In', values: [nodeName] }];
  const affinity: Affinity = {
    ...spec.affinity,
    nodeAffinity: {
      ...spec.affinity?.nodeAffinity,
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields }] },
    },
  };
  return { ...spec, affinity };
}

/** The Node that a daemon Pod is on or meant for. */
export function targetNode(pod: Pod): string | undefined {
  if ((pod.spec.nodeName ?? '') !== '') return pod.spec.nodeName;
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  for (const term of required?.nodeSelectorTerms ?? []) {
    for (const field of term.matchFields ?? []) {
      if (field.key === 'metadata.name' && field.operator === 'In' && field.values?.length === 1)
        return field.values[0];
    }
  }
  return undefined;
}

/** The toleration covers the taint. */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect !== undefined && toleration.effect !== taint.effect) return false;
  if (toleration.key !== undefined && toleration.key !== '' && toleration.key !== taint.key) return false;
  if (toleration.operator === 'Exists') return true;
  return (toleration.key ?? '') !== '' && (toleration.value ?? '') === (taint.value ?? '');
}

/** A taint of one of these effects that no toleration covers. */
export function hasUntolerated(
  taints: readonly Taint[],
  tolerations: readonly Toleration[],
  effects: readonly Taint['effect'][],
): boolean {
  return taints.some((taint) => effects.includes(taint.effect) && !tolerations.some((t) => tolerates(t, taint)));
}

export interface Eligibility {
  /** A Pod should be made here. */
  readonly shouldRun: boolean;
  /** A Pod that is here may stay. */
  readonly mayStay: boolean;
}

const NO: Eligibility = { shouldRun: false, mayStay: false };
const STAY: Eligibility = { shouldRun: false, mayStay: true };
const YES: Eligibility = { shouldRun: true, mayStay: true };

/** `tolerations` are those of `daemonTolerations`. */
export function eligibility(spec: PodSpec, tolerations: readonly Toleration[], node: Node): Eligibility {
  const wanted = spec.nodeName ?? '';
  if ((wanted !== '' && wanted !== node.metadata.name) || !requiredNodeAffinity(spec)(node).matches) return NO;
  const taints = node.spec?.taints ?? [];
  if (!hasUntolerated(taints, tolerations, ['NoExecute', 'NoSchedule'])) return YES;
  return hasUntolerated(taints, tolerations, ['NoExecute']) ? NO : STAY;
}
