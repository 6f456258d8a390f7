/**
 * What classes of one profile share: static groups and scores, partitions and evaluations by the keys of their plans. A class that
 * differs from another in its name only costs a plan and a look into four maps.
 */
import type { ChangeLog } from './change-log.ts';
import type { ClassPlan } from './class-plan.ts';
import type { ImageInterest } from './image-interest.ts';
import { Evaluation } from './evaluation.ts';
import { type EachPodKind, Partition } from './partition.ts';
import { type AnyEvaluation, SampledEvaluation } from './sampled-evaluation.ts';
import { StaticGroups } from './static-groups.ts';
import { StaticScores } from './static-scores.ts';
import type { GroupScores } from './topology-rules.ts';

export interface SharedGroups {
  readonly scores: GroupScores;
  readonly groups: StaticGroups;
}

interface SharedEvaluation {
  readonly evaluation: AnyEvaluation;
  readonly scores: StaticScores;
}

export class SharedParts {
  #groups = new Map<string, SharedGroups>();
  #scores = new Map<string, StaticScores>();
  /** Those of them that were asked for since it was last looked what is in use. */
  readonly #recentScores = new Set<StaticScores>();
  #partitions = new Map<string, Partition>();
  #evaluations = new Map<string, SharedEvaluation>();

  groupsOf({ groupsKey, staticRules }: ClassPlan, log: ChangeLog): SharedGroups {
    let shared = this.#groups.get(groupsKey);
    if (shared === undefined) {
      shared = { scores: staticRules.groups, groups: new StaticGroups(staticRules, log) };
      this.#groups.set(groupsKey, shared);
    }
    return shared;
  }

  partitionOf({ partitionKey, specs }: ClassPlan, statics: StaticGroups, each: EachPodKind, log: ChangeLog): Partition {
    let partition = this.#partitions.get(partitionKey);
    if (partition === undefined) {
      partition = new Partition(statics, specs, each, log);
      this.#partitions.set(partitionKey, partition);
    }
    return partition;
  }

  /** @param isComplete over all Nodes, instead of over a sample */
  evaluationOf(plan: ClassPlan, partition: Partition, isComplete: boolean, interest: ImageInterest): AnyEvaluation {
    const { partitionKey, scoresKey, localKey } = plan;
    const key = `${isComplete ? 'all' : 'sample'}${localKey}${scoresKey}${partitionKey}`;
    const known = this.#evaluations.get(key);
    if (known !== undefined) return known.evaluation;
    const scores = this.#scoresOf(plan, partition.statics, interest);
    const local = plan.localScores(partition.statics, scores);
    const evaluation = isComplete ? new Evaluation(partition, local) : new SampledEvaluation(partition, local);
    this.#evaluations.set(key, { evaluation, scores });
    return evaluation;
  }

  #scoresOf({ scoresKey, staticRules }: ClassPlan, groups: StaticGroups, interest: ImageInterest): StaticScores {
    let scores = this.#scores.get(scoresKey);
    if (scores === undefined) {
      const { images } = staticRules;
      scores = new StaticScores(staticRules, groups, images !== undefined && interest.areNowhere(images));
      this.#scores.set(scoresKey, scores);
      interest.add(scores);
    }
    this.#recentScores.add(scores);
    return scores;
  }

  /** Forgets what is not among the evaluations that are in use. */
  keepOnly(used: ReadonlySet<AnyEvaluation>, interest: ImageInterest): void {
    const kept = <T>(all: Map<string, T>, isUsed: (part: T) => boolean): Map<string, T> =>
      new Map([...all].filter(([, part]) => isUsed(part)));
    this.#evaluations = kept(this.#evaluations, ({ evaluation }) => used.has(evaluation));
    const left = [...this.#evaluations.values()];
    const partitions = new Set(left.map(({ evaluation }) => evaluation.partition));
    const scores = new Set(left.map((shared) => shared.scores));
    const groups = new Set([...partitions].map((partition) => partition.statics));
    this.#partitions = kept(this.#partitions, (partition) => partitions.has(partition));
    // The next class with the same images comes soon: all Nodes need not be scored for it again, as long as their groups stay.
    for (const each of this.#recentScores) if (groups.has(each.groups)) scores.add(each);
    this.#recentScores.clear();
    for (const each of this.#scores.values()) {
      if (scores.has(each)) continue;
      each.detach();
      interest.remove(each);
    }
    this.#scores = kept(this.#scores, (each) => scores.has(each));
    this.#groups = kept(this.#groups, (shared) => groups.has(shared.groups));
  }

  /** How many evaluations there are. */
  get evaluations(): number {
    return this.#evaluations.size;
  }

  /** Bytes held, for the memory figures. */
  get bytes(): number {
    const sum = (parts: Iterable<{ readonly bytes: number }>): number =>
      [...parts].reduce((bytes, part) => bytes + part.bytes, 0);
    return (
      sum([...this.#evaluations.values()].map(({ evaluation }) => evaluation)) +
      sum(this.#partitions.values()) +
      sum(this.#scores.values()) +
      sum([...this.#groups.values()].map(({ groups }) => groups))
    );
  }
}
