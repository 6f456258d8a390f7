/**
 * The index over the Nodes of a scheduler: hears of every change in the cache, keeps an evaluation for each class of Pods
 * that was seen, and takes the Node that the plain path would take without looking at all Nodes.
 */
import type { RandomStream } from '../../../engine/index.ts';
import type { Node } from '../../objects/node.ts';
import type { ImageState } from '../cache/image-states.ts';
import { NO_POSITION, type NodeInfo } from '../cache/node-info.ts';
import type { CacheListener, SchedulerCache } from '../cache/scheduler-cache.ts';
import type { CycleState } from '../framework/cycle-state.ts';
import type { Listers } from '../framework/listers.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import { HOSTNAME_LABEL } from '../plugins/spread-constraints.ts';
import { PlanFailure } from './ask-plugin.ts';
import { PLAIN } from './asked-anew.ts';
import { ImageInterest } from './image-interest.ts';
import { ChangeLog, IMAGES_CHANGED, NODE_CHANGED } from './change-log.ts';
import { type Choice, Chooser } from './choose.ts';
import { AnewChooser } from './choose-anew.ts';
import { ClassEntries, type EntrySurroundings } from './class-entries.ts';
import type { IndexedProfile } from './indexed-profile.ts';
import { NodeTable } from './node-table.ts';
import { PodKinds } from './pod-kinds.ts';
import { semanticallyEqual } from './same-part.ts';
import type { EligibleNodes } from './spread-features.ts';
import { buildOwnTopology, buildTopology, type Topology } from './topology.ts';

export interface NodeIndexOptions {
  /** Classes of Pods whose plans are kept; the least recently used go. */
  readonly classesMax?: number;
}

const CLASSES_MAX = 1024;
/** With fewer kinds of Pods it is not looked how many of them are there no more. */
const KINDS_KEPT = 256;

export class NodeIndex implements CacheListener, EntrySurroundings {
  readonly listers: Listers;
  kinds = new PodKinds();
  readonly eligible = new Map<string, EligibleNodes>();
  table: NodeTable = new NodeTable([]);
  log = new ChangeLog(16);
  readonly imageInterest: ImageInterest;
  #topologies = new Map<string, Topology>();
  #hosts: Topology | undefined;
  #ranks: Int32Array | undefined;
  readonly #entries: ClassEntries;
  #answered = 0;
  #kindsMax = KINDS_KEPT;
  readonly #chooser = new Chooser();
  readonly #anewChooser = new AnewChooser();

  constructor(cache: SchedulerCache, listers: Listers, options: NodeIndexOptions = {}) {
    this.listers = listers;
    this.imageInterest = new ImageInterest(cache.images);
    this.#entries = new ClassEntries(this, options.classesMax ?? CLASSES_MAX);
    cache.addListener(this);
    this.orderChanged(cache.snapshot().nodes);
  }

  get nodes(): readonly NodeInfo[] {
    return this.table.nodes;
  }

  /**
   * Decides as the plain path would, or returns undefined when it has to decide. Pods that are nominated to Nodes are not
   * known here. The result is overwritten by the next call.
   * @param state for what plugins that are asked anew remember
   */
  choose(
    profile: IndexedProfile,
    pod: PodInfo,
    wanted: number,
    start: number,
    stream: RandomStream | null,
    state: CycleState,
  ): Choice | undefined {
    if (this.kinds.length > this.#kindsMax) this.#renewKinds();
    try {
      const entry = this.#entries.of(profile, pod, wanted >= this.nodes.length);
      const { plan, decider } = entry;
      if (plan === undefined || decider === undefined) return undefined;
      const { evaluation, rules } = decider;
      const rankOf = stream === null ? this.#namesInOrder() : null;
      const { askedAnew, scale } = plan;
      let choice: Choice;
      if (askedAnew === undefined) {
        choice = this.#chooser.choose(evaluation, rules, wanted, start, stream, rankOf);
        choice.total *= scale;
      } else {
        const attempt = { pod, state, nodes: this.nodes, wanted, start };
        const found = this.#anewChooser.choose(evaluation, rules, scale, askedAnew, attempt, stream, rankOf);
        if (found === PLAIN) return undefined;
        choice = found;
      }
      // Where feasible Nodes are so rare that a walk meets them all, the counts of all Nodes are worth being kept.
      if (!evaluation.isComplete && choice.evaluated === this.nodes.length)
        this.#entries.completeEvaluation(profile, entry);
      this.#answered++;
      return choice;
    } catch (error) {
      if (!(error instanceof PlanFailure)) throw error;
      this.#entries.giveUp(profile, pod);
      return undefined;
    }
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
    return this.#entries.bytes;
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
    this.log = new ChangeLog(4 * nodes.length);
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

  imageSpread(image: ImageState, nodesBefore: number): boolean {
    return this.imageInterest.spread(image, nodesBefore, this.nodes.length);
  }

  imagesRefreshed(info: NodeInfo, changed: readonly ImageState[]): void {
    if (info.position === NO_POSITION) return;
    try {
      if (this.imageInterest.changed(info.position, changed)) this.log.append(info.position, IMAGES_CHANGED, 0);
    } catch (error) {
      if (!(error instanceof PlanFailure)) throw error;
      // Each class meets the failure when it is planned anew.
      this.#entries.forgetWhere(() => true);
    }
  }

  nodeUpdated(info: NodeInfo, before: Node): void {
    if (info.position === NO_POSITION) return;
    const { node } = info;
    const isRelabelled = !semanticallyEqual(before.metadata.labels, node.metadata.labels);
    const isRetainted = !semanticallyEqual(before.spec?.taints, node.spec?.taints);
    if (isRelabelled) this.#relabelled(info, before);
    if (isRetainted) this.#retainted();
    const isResized = before.status?.allocatable !== node.status?.allocatable;
    if (isResized) this.table.refresh(info.position);
    if (isRelabelled || isRetainted || isResized || !hasSameRest(before, node))
      this.log.append(info.position, NODE_CHANGED, 0);
  }

  /** Forgets the kinds of Pods that are there no more (every Job makes one), and with them all that was counted by kind. */
  #renewKinds(): void {
    this.#entries.forgetWhere(() => true);
    this.kinds = new PodKinds();
    this.log = new ChangeLog(4 * this.nodes.length);
    for (const info of this.nodes) for (const pod of info.pods) this.kinds.of(pod);
    this.#kindsMax = Math.max(KINDS_KEPT, 2 * this.kinds.length);
  }

  #podChanged(info: NodeInfo, pod: PodInfo, delta: 1 | -1): void {
    if (info.position === NO_POSITION) return;
    const kind = this.kinds.of(pod);
    this.table.count(info.position, pod, delta);
    this.log.append(info.position, kind.id, delta);
  }

  /** A Node that moves to another domain takes its Pods along: what counts by that key starts afresh. */
  #relabelled({ node }: NodeInfo, before: Node): void {
    const keys = [...this.#topologies.keys(), HOSTNAME_LABEL].filter(
      (key) => before.metadata.labels?.[key] !== node.metadata.labels?.[key],
    );
    for (const key of keys) this.#topologies.delete(key);
    if (keys.includes(HOSTNAME_LABEL)) this.#hosts = undefined;
    this.eligible.clear();
    // Which Nodes count for a constraint may depend on any label, by the Pod's own node affinity.
    this.#entries.forgetWhere((plan) => plan.topologyKeys.size > 0);
  }

  #retainted(): void {
    this.eligible.clear();
    this.#entries.forgetWhere((plan) => plan.dependsOnTaints);
  }

  #forgetTopologies(): void {
    this.#topologies = new Map();
    this.#hosts = undefined;
    this.eligible.clear();
    this.#entries.forgetWhere(() => true);
  }
}

/** Whether two versions of a Node are alike in what else plugins may depend on (`NodePart`); images are announced apart. */
function hasSameRest(before: Node, after: Node): boolean {
  return (
    before.spec?.unschedulable === after.spec?.unschedulable &&
    semanticallyEqual(before.metadata.annotations, after.metadata.annotations)
  );
}

function valueOf({ node }: NodeInfo, key: string): string | undefined {
  const labels = node.metadata.labels;
  return labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined;
}
