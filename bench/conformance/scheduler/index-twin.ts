/**
 * Two schedulers on one recorded cluster, one by the plain rules and one by the index, with the same stream for ties: every
 * decision must be the same, Node, number of feasible Nodes, sample, total and draws.
 */
import { RandomStream } from '../../../engine/index.ts';
import type { Pod } from '../../../models/objects/pod.ts';
import type { PodDecision } from '../../../models/scheduler/decision/decision.ts';
import { PodScheduler } from '../../../models/scheduler/decision/schedule-pod.ts';
import { podInfo } from '../../../models/scheduler/framework/pod-info.ts';
import { NodeIndex } from '../../../models/scheduler/index/node-index.ts';
import type { DecisionCluster } from './decision-cluster.ts';

export class IndexTwin {
  readonly #cluster: DecisionCluster;
  readonly #plain: PodScheduler;
  readonly #indexed: PodScheduler;
  readonly #index: NodeIndex;
  readonly #streams = [new RandomStream('twin', 0, 'ties'), new RandomStream('twin', 0, 'ties')] as const;
  /** Pods for which there was a Node, and how many of these the index placed. */
  scheduled = 0;
  byIndex = 0;

  constructor(cluster: DecisionCluster, tieBreak: 'random' | 'first' = 'random') {
    this.#cluster = cluster;
    this.#index = new NodeIndex(cluster.cache, cluster.listers);
    const { percentageOfNodesToScore } = cluster;
    this.#plain = new PodScheduler(cluster.cache, { percentageOfNodesToScore, tieBreak, stream: this.#streams[0] });
    this.#indexed = new PodScheduler(cluster.cache, {
      percentageOfNodesToScore,
      tieBreak,
      stream: this.#streams[1],
      index: this.#index,
    });
  }

  /** How the two differ on a Pod, or undefined. Nothing is placed. */
  compare(pod: Pod): string | undefined {
    const info = podInfo(pod, this.#cluster.cache.classes);
    const before = this.#index.answered;
    const decision = this.#plain.schedule(this.#cluster.profile, info);
    const plain = this.#outcome(this.#plain, decision, 0);
    const indexed = this.#outcome(this.#indexed, this.#indexed.schedule(this.#cluster.profile, info), 1);
    if (decision.result === 'scheduled') {
      this.scheduled++;
      this.byIndex += this.#index.answered - before;
    }
    return plain === indexed ? undefined : `plain ${plain}, index ${indexed}`;
  }

  #outcome(scheduler: PodScheduler, decision: PodDecision, stream: 0 | 1): string {
    const common = `${decision.result} evaluated ${decision.evaluated} next ${scheduler.nextStart} draws ${this.#streams[stream].draws}`;
    if (decision.result !== 'scheduled') return common;
    return `${common} on ${decision.node.name} of ${decision.feasible} with ${decision.total}`;
  }
}
