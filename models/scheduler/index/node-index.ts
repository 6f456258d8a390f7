/**
 * The index over the Nodes of a scheduler: hears of every change in the cache, keeps an evaluation for each class of Pods
 * that was seen, and takes the Node that the plain path would take without looking at all Nodes.
 */
import type { RandomStream } from '../../../engine/index.ts';
import type { Node } from '../../objects/node.ts';
import type { NodeInfo } from '../cache/node-info.ts';
import type { CacheListener, SchedulerCache } from '../cache/scheduler-cache.ts';
import { termMatches } from '../framework/affinity-terms.ts';
import { NO_LABELS } from '../framework/label-matcher.ts';
import type { Listers } from '../framework/listers.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import { HOSTNAME_LABEL } from '../plugins/spread-constraints.ts';
import { ChangeLog, NODE_CHANGED } from './change-log.ts';
import { type Choice, Chooser } from './choose.ts';
import { PlanFailure } from './class-node-rules.ts';
import { type ClassPlan, type IndexedProfile, planClass, type PlanSurroundings } from './class-plan.ts';
import { Evaluation } from './evaluation.ts';
import { NodeTable } from './node-table.ts';
import { PodKinds } from './pod-kinds.ts';
import { SampledEvaluation } from './sampled-evaluation.ts';
import { semanticallyEqual } from './same-part.ts';
import { defaultInputs } from './spread-features.ts';
import { buildOwnTopology, buildTopology, type Topology } from './topology.ts';

/** A class under one profile. Without a plan the plain path decides. */
interface Entry {
  readonly plan: ClassPlan | undefined;
  evaluation: Evaluation | SampledEvaluation | undefined;
  /** Kinds with affinity terms that the plan knows of. */
  affinityKinds: number;
  namespacesVersion: number;
  ownersVersion: number;
  readonly defaultInputs: readonly unknown[];
  lastUsed: number;
}

export interface NodeIndexOptions {
  /** Classes of Pods whose evaluations are kept; the least recently used go. */
  readonly classesMax?: number;
}

/** About 110 MB at 5000 Nodes: an evaluation takes 12 to 21 bytes for each Node, and more with features. */
const CLASSES_MAX = 1024;

export class NodeIndex implements CacheListener, PlanSurroundings {
  readonly listers: Listers;
  readonly kinds = new PodKinds();
  table: NodeTable = new NodeTable([]);
  readonly #classesMax: number;
  #log = new ChangeLog(16);
  #topologies = new Map<string, Topology>();
  #hosts: Topology | undefined;
  #ranks: Int32Array | undefined;
  readonly #entries = new Map<IndexedProfile, (Entry | undefined)[]>();
  #entryCount = 0;
  #uses = 0;
  #answered = 0;
  readonly #chooser = new Chooser();

  constructor(cache: SchedulerCache, listers: Listers, options: NodeIndexOptions = {}) {
    this.listers = listers;
    this.#classesMax = options.classesMax ?? CLASSES_MAX;
    cache.addListener(this);
    this.orderChanged(cache.snapshot().nodes);
  }

  get nodes(): readonly NodeInfo[] {
    return this.table.nodes;
  }

  /**
   * Decides as the plain path would, or returns undefined when it has to decide. Pods that are nominated to Nodes are not
   * known here. The result is overwritten by the next call.
   */
  choose(
    profile: IndexedProfile,
    pod: PodInfo,
    wanted: number,
    start: number,
    stream: RandomStream | null,
  ): Choice | undefined {
    try {
      const entry = this.#entryOf(profile, pod, wanted);
      const { plan, evaluation } = entry;
      if (plan === undefined || evaluation === undefined) return undefined;
      const rankOf = stream === null ? this.#namesInOrder() : null;
      const choice = this.#chooser.choose(evaluation, plan.topologyRules, wanted, start, stream, rankOf);
      choice.total *= plan.scale;
      // Where feasible Nodes are so rare that a walk meets them all, a table is worth being kept.
      if (evaluation.table === null && choice.evaluated === this.nodes.length) {
        entry.evaluation = new Evaluation(plan.nodeRules, this.#log);
      }
      this.#answered++;
      return choice;
    } catch (error) {
      if (!(error instanceof PlanFailure)) throw error;
      this.#giveUp(profile, pod);
      return undefined;
    }
  }

  /** A plugin failed or gave a score out of range: the plain path meets the same and says which plugin, Pod and Node. */
  #giveUp(profile: IndexedProfile, pod: PodInfo): void {
    const entries = this.#entries.get(profile);
    if (entries === undefined) return;
    const known = entries[pod.class.id];
    entries[pod.class.id] = { ...(known ?? this.#emptyEntry(pod)), plan: undefined, evaluation: undefined };
  }

  /** Rank of each Node by name. */
  #namesInOrder(): Int32Array {
    if (this.#ranks === undefined) {
      const order = this.nodes.map((_, position) => position);
      order.sort((a, b) => ((this.nodes[a] as NodeInfo).name < (this.nodes[b] as NodeInfo).name ? -1 : 1));
      this.#ranks = new Int32Array(order.length);
      for (let rank = 0; rank < order.length; rank++) this.#ranks[order[rank] as number] = rank;
    }
    return this.#ranks;
  }

  /** Decisions taken so far; where nothing is feasible the plain path decides once more. */
  get answered(): number {
    return this.#answered;
  }

  /** Bytes that evaluations hold, for the memory figures. */
  get bytes(): number {
    const evaluations = new Set<Evaluation | SampledEvaluation>();
    for (const entries of this.#entries.values())
      for (const entry of entries) if (entry?.evaluation) evaluations.add(entry.evaluation);
    return [...evaluations].reduce((sum, evaluation) => sum + evaluation.bytes, 0);
  }

  topologyOf(key: string): Topology {
    let topology = this.#topologies.get(key);
    if (topology === undefined) {
      topology = buildTopology(key, this.nodes.length, (position) => valueOf(this.nodes[position] as NodeInfo, key));
      this.#topologies.set(key, topology);
    }
    return topology;
  }

  hostTopology(): Topology {
    this.#hosts ??= buildOwnTopology(
      HOSTNAME_LABEL,
      this.nodes.length,
      (position) => valueOf(this.nodes[position] as NodeInfo, HOSTNAME_LABEL) !== undefined,
    );
    return this.#hosts;
  }

  orderChanged(nodes: readonly NodeInfo[]): void {
    this.table = new NodeTable(nodes);
    this.#log = new ChangeLog(4 * nodes.length);
    this.#ranks = undefined;
    for (const info of nodes) for (const pod of info.podsWithAffinity) this.kinds.of(pod);
    this.kinds.forgetPlaces();
    this.#forgetTopologies();
  }

  podAdded(info: NodeInfo, pod: PodInfo): void {
    this.#podChanged(info, pod, 1);
  }

  podRemoved(info: NodeInfo, pod: PodInfo): void {
    this.#podChanged(info, pod, -1);
  }

  imagesRefreshed(info: NodeInfo): void {
    if (!this.#isPlaced(info)) return;
    this.table.touch(info.position);
    this.#log.append(info.position, NODE_CHANGED, 0);
  }

  nodeUpdated(info: NodeInfo, before: Node): void {
    if (!this.#isPlaced(info)) return;
    const { node } = info;
    if (!semanticallyEqual(before.metadata.labels, node.metadata.labels)) this.#relabelled(info, before);
    if (!semanticallyEqual(before.spec?.taints, node.spec?.taints)) this.#forgetWhere((plan) => plan.dependsOnTaints);
    this.table.refreshNode(info.position);
    this.#log.append(info.position, NODE_CHANGED, 0);
  }

  /** Between a change of the Nodes and the next snapshot positions are those of before; then all is built anew. */
  #isPlaced(info: NodeInfo): boolean {
    return info.position >= 0 && this.nodes[info.position] === info;
  }

  #podChanged(info: NodeInfo, pod: PodInfo, delta: 1 | -1): void {
    if (!this.#isPlaced(info)) return;
    const kind = this.kinds.of(pod);
    if (this.kinds.arePlaced) this.kinds.count(kind, info.position, delta);
    this.table.refreshPods(info.position);
    this.#log.append(info.position, kind.id, delta);
  }

  /** A Node that moves to another domain takes its Pods along: what counts by that key starts afresh. */
  #relabelled({ node }: NodeInfo, before: Node): void {
    const keys = [...this.#topologies.keys(), HOSTNAME_LABEL].filter(
      (key) => before.metadata.labels?.[key] !== node.metadata.labels?.[key],
    );
    for (const key of keys) this.#topologies.delete(key);
    if (keys.includes(HOSTNAME_LABEL)) this.#hosts = undefined;
    // Which Nodes count for a constraint may depend on any label, by the Pod's own node affinity.
    this.#forgetWhere((plan) => plan.topologyKeys.size > 0);
  }

  #forgetTopologies(): void {
    this.#topologies = new Map();
    this.#hosts = undefined;
    this.#forgetWhere(() => true);
  }

  #forgetWhere(condition: (plan: ClassPlan) => boolean): void {
    for (const entries of this.#entries.values()) {
      entries.forEach((entry, id) => {
        if (entry === undefined || (entry.plan !== undefined && !condition(entry.plan))) return;
        entries[id] = undefined;
        this.#entryCount--;
      });
    }
  }

  #entryOf(profile: IndexedProfile, pod: PodInfo, wanted: number): Entry {
    let entries = this.#entries.get(profile);
    if (entries === undefined) {
      entries = [];
      this.#entries.set(profile, entries);
    }
    const known = entries[pod.class.id];
    if (known !== undefined && this.#isCurrent(known, pod)) {
      known.lastUsed = ++this.#uses;
      return known;
    }
    if (known === undefined && ++this.#entryCount > this.#classesMax) this.#dropOldest();
    const entry = this.#makeEntry(profile, pod, wanted >= this.nodes.length);
    entries[pod.class.id] = entry;
    return entry;
  }

  #makeEntry(profile: IndexedProfile, pod: PodInfo, looksAtAll: boolean): Entry {
    const plan = planClass(pod, profile, this);
    if ((plan?.nodeRules.features.length ?? 0) > 0) this.kinds.place(this.nodes);
    const entry = { ...this.#emptyEntry(pod), plan };
    if (plan === undefined) return entry;
    const { nodeRules } = plan;
    const evaluation = looksAtAll
      ? new Evaluation(nodeRules, this.#log)
      : new SampledEvaluation(nodeRules, this.#log, this.table.versions);
    return { ...entry, evaluation };
  }

  #emptyEntry(pod: PodInfo): Entry {
    return {
      plan: undefined,
      evaluation: undefined,
      affinityKinds: this.kinds.withAffinity.length,
      namespacesVersion: this.listers.namespaces.version,
      ownersVersion: this.#ownersVersion(),
      defaultInputs: defaultInputs(pod.class, this.listers),
      lastUsed: ++this.#uses,
    };
  }

  /** Whether nothing that the plan was made from has changed. */
  #isCurrent(entry: Entry, pod: PodInfo): boolean {
    if (entry.namespacesVersion !== this.listers.namespaces.version) {
      // Names and labels of namespaces matter to affinity terms only.
      if (pod.class.affinity.any || this.kinds.withAffinity.length > 0) return false;
      entry.namespacesVersion = this.listers.namespaces.version;
    }
    const owners = this.#ownersVersion();
    if (entry.ownersVersion !== owners) {
      const inputs = defaultInputs(pod.class, this.listers);
      if (inputs.length !== entry.defaultInputs.length || inputs.some((input, i) => input !== entry.defaultInputs[i]))
        return false;
      entry.ownersVersion = owners;
    }
    const { withAffinity } = this.kinds;
    for (; entry.affinityKinds < withAffinity.length; entry.affinityKinds++) {
      if (this.#concerns(withAffinity[entry.affinityKinds]?.class.affinity, pod)) return false;
    }
    return true;
  }

  /** Whether a term of another class means Pods of this one. */
  #concerns(affinity: PodInfo['class']['affinity'] | undefined, pod: PodInfo): boolean {
    if (affinity === undefined) return false;
    const { namespace, labels } = pod.class;
    const namespaceLabels = this.listers.namespaces.get('', namespace)?.metadata.labels ?? NO_LABELS;
    const { requiredAffinity, requiredAntiAffinity, preferredAffinity, preferredAntiAffinity } = affinity;
    for (const terms of [requiredAffinity, requiredAntiAffinity, preferredAffinity, preferredAntiAffinity]) {
      for (const term of terms) if (termMatches(term, namespace, labels, namespaceLabels)) return true;
    }
    return false;
  }

  #ownersVersion(): number {
    const { services, replicationControllers, replicaSets, statefulSets } = this.listers;
    return services.version + replicationControllers.version + replicaSets.version + statefulSets.version;
  }

  /** Makes room for new classes: the half that was not used for longest goes. */
  #dropOldest(): void {
    const uses = [...this.#entries.values()].flatMap((entries) =>
      entries.flatMap((entry) => (entry === undefined ? [] : [entry.lastUsed])),
    );
    const border = uses.sort((a, b) => a - b)[Math.floor(uses.length / 2)] as number;
    for (const entries of this.#entries.values()) {
      entries.forEach((entry, id) => {
        if (entry === undefined || entry.lastUsed >= border) return;
        entries[id] = undefined;
        this.#entryCount--;
      });
    }
  }
}

function valueOf({ node }: NodeInfo, key: string): string | undefined {
  const labels = node.metadata.labels;
  return labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined;
}
