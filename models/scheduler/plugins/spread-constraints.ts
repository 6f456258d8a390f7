/**
 * The constraints that PodTopologySpread applies to a Pod: its own, or else the configured defaults with a selector derived
 * from the Services and the controller of the Pod.
 *
 * Source: pkg/scheduler/framework/plugins/podtopologyspread/{common,plugin}.go, plugins/helper/spread.go.
 */
import type { Labels } from '../../objects/meta.ts';
import type { Node } from '../../objects/node.ts';
import type { TopologySpreadConstraint } from '../../objects/pod.ts';
import type { PodTopologySpreadArgs } from '../config/plugin-args.ts';
import {
  compileLabelSelector,
  compileLabels,
  type LabelMatcher,
  matchesBoth,
  NO_LABELS,
} from '../framework/label-matcher.ts';
import type { Listers } from '../framework/listers.ts';
import type { PodClass } from '../framework/pod-class.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import { findUntoleratedTaint } from '../framework/taints.ts';

export const HOSTNAME_LABEL = 'kubernetes.io/hostname';
export const ZONE_LABEL = 'topology.kubernetes.io/zone';

export type Action = TopologySpreadConstraint['whenUnsatisfiable'];

export interface SpreadConstraint {
  readonly maxSkew: number;
  readonly topologyKey: string;
  readonly minDomains: number;
  readonly selector: LabelMatcher;
  readonly honorsAffinity: boolean;
  readonly honorsTaints: boolean;
}

/** Defaults of `defaultingType: System`. */
export const SYSTEM_DEFAULTS: readonly TopologySpreadConstraint[] = [
  { topologyKey: HOSTNAME_LABEL, whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 3 },
  { topologyKey: ZONE_LABEL, whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 5 },
];

/** The values of `matchLabelKeys` that the Pod has are merged into the selector here, by the scheduler of v1.34. */
function selectorOf(constraint: TopologySpreadConstraint, labels: Labels): LabelMatcher {
  const selector = compileLabelSelector(constraint.labelSelector);
  const keys = (constraint.matchLabelKeys ?? []).filter((key) => Object.hasOwn(labels, key));
  if (keys.length === 0) return selector;
  const own = compileLabels(Object.fromEntries(keys.map((key) => [key, labels[key] as string])));
  // An absent selector matches nothing and has no requirements to merge, so that only the keys remain.
  return constraint.labelSelector ? matchesBoth(own, selector) : own;
}

function compile(constraint: TopologySpreadConstraint, labels: Labels, selector?: LabelMatcher): SpreadConstraint {
  return {
    maxSkew: constraint.maxSkew,
    topologyKey: constraint.topologyKey,
    minDomains: constraint.minDomains ?? 1,
    selector: selector ?? selectorOf(constraint, labels),
    honorsAffinity: (constraint.nodeAffinityPolicy ?? 'Honor') === 'Honor',
    honorsTaints: constraint.nodeTaintsPolicy === 'Honor',
  };
}

/** The requirements of the Pod's controller: a selector, or labels to be merged with those of the Services. */
function controllerSelector({ controller, namespace }: PodClass, listers: Listers): LabelMatcher | Labels | undefined {
  if (controller === undefined) return undefined;
  const { apiVersion, kind, name } = controller;
  if (apiVersion === 'v1' && kind === 'ReplicationController') {
    return listers.replicationControllers.get(namespace, name)?.spec.selector;
  }
  if (apiVersion !== 'apps/v1' || (kind !== 'ReplicaSet' && kind !== 'StatefulSet')) return undefined;
  const owner = (kind === 'ReplicaSet' ? listers.replicaSets : listers.statefulSets).get(namespace, name);
  return owner?.spec.selector ? compileLabelSelector(owner.spec.selector) : undefined;
}

function isMatcher(selector: LabelMatcher | Labels): selector is LabelMatcher {
  return typeof selector.matches === 'function';
}

/** What the Services that select the Pod and its controller select, all together; empty when there is nothing. */
export function defaultSelector(podClass: PodClass, listers: Listers): LabelMatcher {
  let labels: Labels = NO_LABELS;
  for (const { spec } of listers.services.list(podClass.namespace)) {
    if (spec.selector === undefined || spec.selector === null) continue;
    if (compileLabels(spec.selector).matches(podClass.labels)) labels = { ...labels, ...spec.selector };
  }
  const own = controllerSelector(podClass, listers);
  if (own === undefined) return compileLabels(labels);
  return isMatcher(own) ? matchesBoth(compileLabels(labels), own) : compileLabels({ ...labels, ...own });
}

const NONE: readonly SpreadConstraint[] = [];

/** The constraints of Pods, by what is to be done when they cannot be satisfied. A Pod's own are compiled once for its class. */
export class SpreadConstraints {
  readonly #defaults: readonly TopologySpreadConstraint[];
  readonly #listers: Listers;
  readonly #own = new WeakMap<PodClass, Readonly<Record<Action, readonly SpreadConstraint[]>>>();
  readonly isSystemDefaulted: boolean;

  constructor(args: PodTopologySpreadArgs, listers: Listers) {
    this.isSystemDefaulted = args.defaultingType === 'System';
    this.#defaults = this.isSystemDefaulted ? SYSTEM_DEFAULTS : args.defaultConstraints;
    this.#listers = listers;
  }

  of(podClass: PodClass, action: Action): readonly SpreadConstraint[] {
    if ((podClass.spec.topologySpreadConstraints?.length ?? 0) > 0) return this.#ownOf(podClass)[action];
    const defaults = this.#defaults.filter(({ whenUnsatisfiable }) => whenUnsatisfiable === action);
    if (defaults.length === 0) return NONE;
    const selector = defaultSelector(podClass, this.#listers);
    if (selector.isEmpty) return NONE;
    return defaults.map((constraint) => compile(constraint, podClass.labels, selector));
  }

  #ownOf(podClass: PodClass): Readonly<Record<Action, readonly SpreadConstraint[]>> {
    let own = this.#own.get(podClass);
    if (own === undefined) {
      const all = podClass.spec.topologySpreadConstraints ?? [];
      const compiled = (action: Action): SpreadConstraint[] =>
        all
          .filter(({ whenUnsatisfiable }) => whenUnsatisfiable === action)
          .map((constraint) => compile(constraint, podClass.labels));
      own = { DoNotSchedule: compiled('DoNotSchedule'), ScheduleAnyway: compiled('ScheduleAnyway') };
      this.#own.set(podClass, own);
    }
    return own;
  }
}

export function hasAllKeys(labels: Labels, constraints: readonly SpreadConstraint[]): boolean {
  for (const { topologyKey } of constraints) if (!Object.hasOwn(labels, topologyKey)) return false;
  return true;
}

/** Whether Pods on that Node count for the constraint. */
export function includesNode(constraint: SpreadConstraint, { requiredNodes, spec }: PodClass, node: Node): boolean {
  if (constraint.honorsAffinity && requiredNodes !== undefined && !requiredNodes.matches(node)) return false;
  return !constraint.honorsTaints || findUntoleratedTaint(node.spec?.taints, spec.tolerations) === undefined;
}

/** Pods of the namespace that the selector matches, without terminating ones. An empty selector counts none. */
export function countMatching(pods: readonly PodInfo[], selector: LabelMatcher, namespace: string): number {
  if (selector.isEmpty) return 0;
  let count = 0;
  for (const { pod, class: other } of pods) {
    if (other.namespace !== namespace || pod.metadata.deletionTimestamp) continue;
    if (selector.matches(other.labels)) count++;
  }
  return count;
}
