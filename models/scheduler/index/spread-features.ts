/**
 * What PodTopologySpread counts for one class of incoming Pods, as features: matching Pods in each domain of a constraint.
 *
 * The plain rules are plugins/pod-topology-spread.ts (constraints that must hold) and pod-topology-spread-score.ts (those
 * that should).
 */
import type { Listers } from '../framework/listers.ts';
import { compileLabels, neededLabels, NO_LABELS } from '../framework/label-matcher.ts';
import type { NodeInfo } from '../cache/node-info.ts';
import type { PodClass } from '../framework/pod-class.ts';
import {
  HOSTNAME_LABEL,
  hasAllKeys,
  includesNode,
  type SpreadConstraint,
  type SpreadConstraints,
} from '../plugins/spread-constraints.ts';
import type { FeatureSpec } from './feature.ts';
import type { PodKinds } from './pod-kinds.ts';
import type { Topology } from './topology.ts';
import type { HardSpread, SoftSpread } from './topology-rules.ts';

export interface SpreadFeatures {
  readonly specs: readonly FeatureSpec[];
  /** `feature` counts from 0 in `specs`. */
  readonly hard: readonly HardSpread[];
  readonly soft: readonly SoftSpread[];
  /** Keys that a Node must have, by the constraints that must hold. */
  readonly hardConstraints: readonly SpreadConstraint[];
  /** Nodes that lack one of the keys are ignored in scoring; empty when none is required. */
  readonly softConstraints: readonly SpreadConstraint[];
  /** Whether taints of Nodes decide which Pods count. */
  readonly dependsOnTaints: boolean;
}

interface Surroundings {
  readonly nodes: readonly NodeInfo[];
  readonly kinds: PodKinds;
  topologyOf(key: string): Topology;
  /** Each Node a domain of its own, but for those without a hostname label. */
  hostTopology(): Topology;
  /** Found so far; forgotten when a Node changes its labels or taints. */
  readonly eligible: Map<string, EligibleNodes>;
}

/**
 * Undefined when a missing label and an empty one would have to be told apart, which buckets do not do.
 * @param points which extension points the plugin takes part in
 */
export function spreadFeatures(
  podClass: PodClass,
  constraintsOf: SpreadConstraints,
  points: { readonly filters: boolean; readonly scores: boolean },
  around: Surroundings,
): SpreadFeatures | undefined {
  const hard = points.filters ? constraintsOf.of(podClass, 'DoNotSchedule') : [];
  const soft = points.scores ? constraintsOf.of(podClass, 'ScheduleAnyway') : [];
  const requireAllKeys = (podClass.spec.topologySpreadConstraints?.length ?? 0) > 0 || !constraintsOf.isSystemDefaulted;
  const specs: FeatureSpec[] = [];
  const hardSpread = hard.map((constraint): HardSpread => {
    const topology = around.topologyOf(constraint.topologyKey);
    const eligible = eligibleNodes(podClass, constraint, hard, true, around);
    const feature = specs.push(spec('hard', constraint, topology, eligible, podClass, around.kinds)) - 1;
    return {
      feature,
      maxSkew: constraint.maxSkew,
      minDomains: constraint.minDomains,
      selfMatch: constraint.selector.matches(podClass.labels) ? 1 : 0,
    };
  });
  const softSpread: SoftSpread[] = [];
  for (const constraint of soft) {
    const perNode = constraint.topologyKey === HOSTNAME_LABEL;
    const topology = perNode ? around.hostTopology() : around.topologyOf(constraint.topologyKey);
    if (!perNode && !requireAllKeys && topology.hasMissing && topology.hasEmptyValue) return undefined;
    const eligible = perNode ? undefined : eligibleNodes(podClass, constraint, soft, requireAllKeys, around);
    const feature = specs.push(spec('soft', constraint, topology, eligible, podClass, around.kinds)) - 1;
    softSpread.push({ feature, maxSkew: constraint.maxSkew, perNode });
  }
  return {
    specs,
    hard: hardSpread,
    soft: softSpread,
    hardConstraints: hard,
    softConstraints: requireAllKeys ? soft : [],
    dependsOnTaints: [...hard, ...soft].some(({ honorsTaints }) => honorsTaints),
  };
}

function spec(
  purpose: 'hard' | 'soft',
  constraint: SpreadConstraint,
  topology: Topology,
  eligible: EligibleNodes | undefined,
  podClass: PodClass,
  kinds: PodKinds,
): FeatureSpec {
  const { selector } = constraint;
  return {
    key: JSON.stringify([purpose, topology.key, podClass.namespace, selector.source, eligible?.key]),
    topology,
    eligible: eligible?.nodes ?? null,
    needsDomains: purpose === 'soft' && constraint.topologyKey !== HOSTNAME_LABEL,
    needsMinimum: purpose === 'hard',
    isSum: false,
    needed: neededLabels(selector.source),
    contribution: (podKind) => {
      const { class: other, isTerminating } = kinds.at(podKind);
      const counts =
        !selector.isEmpty && !isTerminating && other.namespace === podClass.namespace && selector.matches(other.labels);
      return counts ? 1 : 0;
    },
  };
}

/** Nodes whose Pods count, and what that follows from. */
export interface EligibleNodes {
  readonly key: string;
  readonly nodes: Uint8Array;
}

function eligibleNodes(
  podClass: PodClass,
  constraint: SpreadConstraint,
  all: readonly SpreadConstraint[],
  requireAllKeys: boolean,
  { nodes, eligible }: Surroundings,
): EligibleNodes {
  const { spec: podSpec } = podClass;
  const key = JSON.stringify([
    requireAllKeys && all.map(({ topologyKey }) => topologyKey),
    constraint.honorsAffinity && [
      podSpec.nodeSelector,
      podSpec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution,
    ],
    constraint.honorsTaints && (podSpec.tolerations ?? []),
  ]);
  const known = eligible.get(key);
  if (known !== undefined) return known;
  const found = { key, nodes: new Uint8Array(nodes.length) };
  nodes.forEach(({ node }, position) => {
    const hasKeys = !requireAllKeys || hasAllKeys(node.metadata.labels ?? NO_LABELS, all);
    if (hasKeys && includesNode(constraint, podClass, node)) found.nodes[position] = 1;
  });
  eligible.set(key, found);
  return found;
}

/**
 * What the default constraints of a class are derived from: while these are the same objects, so are the constraints.
 * See defaultSelector in plugins/spread-constraints.ts.
 */
export interface DefaultInputs {
  /** Selectors of the Services that select the class, as of this version of all Services. */
  readonly services: readonly unknown[];
  readonly servicesVersion: number;
  /** Selector of the owner. */
  readonly owner: unknown;
}

const NO_INPUTS: DefaultInputs = { services: [], servicesVersion: -1, owner: undefined };

export function sameInputs(a: DefaultInputs, b: DefaultInputs): boolean {
  if (a.owner !== b.owner || a.services.length !== b.services.length) return false;
  return a.services.every((selector, i) => selector === b.services[i]);
}

/** @param known as of before; Services are looked through again only when one has changed since */
export function defaultInputs(podClass: PodClass, listers: Listers, known: DefaultInputs = NO_INPUTS): DefaultInputs {
  if ((podClass.spec.topologySpreadConstraints?.length ?? 0) > 0) return NO_INPUTS;
  const { version } = listers.services;
  const services = known.servicesVersion === version ? known.services : servicesOf(podClass, listers);
  return { services, servicesVersion: version, owner: ownerSelector(podClass, listers) };
}

function servicesOf({ namespace, labels }: PodClass, { services }: Listers): unknown[] {
  const selectors: unknown[] = [];
  for (const { spec: service } of services.list(namespace)) {
    if (service.selector && compileLabels(service.selector).matches(labels)) selectors.push(service.selector);
  }
  return selectors;
}

function ownerSelector({ controller, namespace }: PodClass, listers: Listers): unknown {
  if (controller === undefined) return undefined;
  const { kind, name } = controller;
  if (kind === 'ReplicationController') return listers.replicationControllers.get(namespace, name)?.spec.selector;
  if (kind === 'ReplicaSet') return listers.replicaSets.get(namespace, name)?.spec.selector;
  if (kind === 'StatefulSet') return listers.statefulSets.get(namespace, name)?.spec.selector;
  return undefined;
}
