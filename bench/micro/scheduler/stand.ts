/**
 * One scheduler on one cluster, without API and clock: the decisions of a workload, by the index or by the plain rules. Pods are
 * assumed where they are sent; the oldest leaves when the cluster has as many as it is kept at. Pods are made before, and decisions
 * folded into the digest after what is measured.
 */
import { Digest, RandomStream } from '../../../engine/index.ts';
import type { Pod } from '../../../models/objects/pod.ts';
import { SchedulerCache } from '../../../models/scheduler/cache/scheduler-cache.ts';
import { readSchedulerConfiguration } from '../../../models/scheduler/config/scheduler-configuration.ts';
import { PodScheduler } from '../../../models/scheduler/decision/schedule-pod.ts';
import { Listers } from '../../../models/scheduler/framework/listers.ts';
import { Nominator } from '../../../models/scheduler/framework/nominator.ts';
import { NodeIndex } from '../../../models/scheduler/index/node-index.ts';
import { buildProfile } from '../../../models/scheduler/profile/build-profile.ts';
import type { Profile } from '../../../models/scheduler/profile/profile.ts';
import { volumeObjects } from '../../../models/scheduler/volumes/volume-plugins.ts';
import { makeNode, makePod, makeTemplates, type PodTemplate, populationOf, type Workload } from './workloads.ts';

export interface StandOptions {
  readonly workload: Workload;
  readonly nodes: number;
  readonly sample: 'adaptive' | 'all';
  readonly classes: number;
  /** `random`: each Pod of a class drawn anew. `batch`: a hundred of each class in turn. */
  readonly order: 'random' | 'batch';
  readonly zones: number;
  readonly plain: boolean;
}

const BATCH = 100;
/** Bound beforehand, round robin, as in the measurement of the real scheduler. */
const BOUND_BEFOREHAND = 1000;

export class Stand {
  readonly #options: StandOptions;
  readonly #cache = new SchedulerCache();
  readonly #profile: Profile;
  readonly #scheduler: PodScheduler;
  readonly #index: NodeIndex | undefined;
  readonly #templates: readonly PodTemplate[];
  readonly #order = new RandomStream('bench', 0, 'order');
  readonly #live: Pod[] = [];
  readonly #population: number;
  readonly #digest = new Digest();
  /** Pods to be placed next, in order. */
  #next: Pod[] = [];
  /** Of each decision that is not folded yet, the position of the Node and the total; -1 alone where no Node took the Pod. */
  #decisions = new Int32Array(64);
  #decided = 0;
  #oldest = 0;
  #serial = 0;
  #unplaced = 0;

  constructor(options: StandOptions) {
    this.#options = options;
    const listers = new Listers();
    for (let index = 0; index < options.nodes; index++) this.#cache.addNode(makeNode(index, options.zones));
    const configuration = readSchedulerConfiguration({
      apiVersion: 'kubescheduler.config.k8s.io/v1',
      kind: 'KubeSchedulerConfiguration',
      percentageOfNodesToScore: options.sample === 'all' ? 100 : 0,
    });
    const stream = (name: string): RandomStream => new RandomStream('bench', 0, name);
    const parts = { cache: this.#cache, listers, nominator: new Nominator(), stream, volumes: volumeObjects(listers) };
    this.#profile = buildProfile(configuration.profiles[0] as (typeof configuration.profiles)[number], parts);
    this.#index = options.plain ? undefined : new NodeIndex(this.#cache, listers);
    this.#scheduler = new PodScheduler(this.#cache, {
      percentageOfNodesToScore: configuration.percentageOfNodesToScore,
      tieBreak: 'random',
      stream: stream('ties'),
      index: this.#index,
    });
    this.#templates = makeTemplates(options.workload, options.classes);
    this.#population = populationOf(options.workload, options.nodes);
    this.#bindBeforehand();
  }

  /** Hash of all decisions so far. */
  get digest(): string {
    return this.#digest.toString();
  }

  /** Pods that no Node took. */
  get unplaced(): number {
    return this.#unplaced;
  }

  /** Bytes that the index holds. */
  get indexBytes(): number {
    return this.#index?.bytes ?? 0;
  }

  decide(count: number): void {
    this.prepare(count);
    this.run();
    this.note();
  }

  /** Makes the next Pods. */
  prepare(count: number): void {
    const { classes, order } = this.#options;
    if (this.#decisions.length < 2 * count) this.#decisions = new Int32Array(2 * count);
    this.#next = Array.from({ length: count }, () => {
      const serial = this.#serial++;
      const index = order === 'random' ? this.#order.below(classes) : Math.floor(serial / BATCH) % classes;
      return makePod(this.#templates[index] as PodTemplate, serial);
    });
  }

  /** Decides where they go: the part that is measured. */
  run(): void {
    for (const pod of this.#next) this.#decideOne(pod);
  }

  /** Folds the decisions into the digest. */
  note(): void {
    for (let i = 0; i < this.#decided; i++) this.#digest.foldInteger(this.#decisions[i] as number);
    this.#decided = 0;
    this.#next = [];
  }

  /** Brings the cluster to the number of Pods that it is kept at, so that decisions are measured in a steady state. */
  fill(): void {
    while (this.#live.length - this.#oldest < this.#population && this.#unplaced === 0) this.decide(1);
  }

  #bindBeforehand(): void {
    const { nodes } = this.#options;
    for (let i = 0; i < Math.min(BOUND_BEFOREHAND, Math.floor(nodes / 5)); i++) {
      const pod = makePod(this.#templates[i % this.#templates.length] as PodTemplate, this.#serial++);
      this.#cache.assumePod(pod, `node-${String(i % nodes).padStart(6, '0')}`);
      this.#live.push(pod);
    }
  }

  #decideOne(pod: Pod): void {
    const decision = this.#scheduler.schedule(this.#profile, this.#cache.infoOf(pod));
    if (decision.result !== 'scheduled') {
      this.#unplaced++;
      this.#decisions[this.#decided++] = -1;
      return;
    }
    this.#decisions[this.#decided++] = decision.node.position;
    this.#decisions[this.#decided++] = decision.total ?? 0;
    this.#cache.expectPodOn(decision.node);
    this.#cache.assumePod(pod, decision.node.name);
    this.#live.push(pod);
    if (this.#live.length - this.#oldest > this.#population) this.#leave();
  }

  #leave(): void {
    this.#cache.removePod(this.#live[this.#oldest++] as Pod);
    if (this.#oldest < 100_000) return;
    this.#live.splice(0, this.#oldest);
    this.#oldest = 0;
  }
}
