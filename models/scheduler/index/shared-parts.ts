/**
 * What classes of one profile share: static groups, partitions and evaluations by the keys of their plans. A class that
 * differs from another in its name only costs a plan and a look into three maps.
 */
import type { ChangeLog } from './change-log.ts';
import type { ClassPlan } from './class-plan.ts';
import type { ImageInterest } from './image-interest.ts';
import { Evaluation } from './evaluation.ts';
import { type EachPodKind, Partition } from './partition.ts';
import { type AnyEvaluation, SampledEvaluation } from './sampled-evaluation.ts';
import { StaticGroups } from './static-groups.ts';
import type { GroupScores } from './topology-rules.ts';

export interface SharedStatics {
  readonly groups: GroupScores;
  readonly statics: StaticGroups;
}

export class SharedParts {
  #statics = new Map<string, SharedStatics>();
  #partitions = new Map<string, Partition>();
  #evaluations = new Map<string, AnyEvaluation>();

  staticsOf({ staticKey, staticRules }: ClassPlan, log: ChangeLog, interest: ImageInterest): SharedStatics {
    let shared = this.#statics.get(staticKey);
    if (shared === undefined) {
      shared = { groups: staticRules.groups, statics: new StaticGroups(staticRules, log) };
      this.#statics.set(staticKey, shared);
      interest.add(shared.statics);
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
  evaluationOf(
    { partitionKey, localKey, localScores }: ClassPlan,
    partition: Partition,
    isComplete: boolean,
  ): AnyEvaluation {
    const key = `${isComplete ? 'all' : 'sample'}${localKey}${partitionKey}`;
    let evaluation = this.#evaluations.get(key);
    if (evaluation === undefined) {
      const local = localScores(partition.statics);
      evaluation = isComplete ? new Evaluation(partition, local) : new SampledEvaluation(partition, local);
      this.#evaluations.set(key, evaluation);
    }
    return evaluation;
  }

  /** Forgets what is not among the evaluations that are in use. */
  keepOnly(used: ReadonlySet<AnyEvaluation>, interest: ImageInterest): void {
    const partitions = new Set([...used].map(({ partition }) => partition));
    const statics = new Set([...partitions].map((partition) => partition.statics));
    const kept = <T>(all: Map<string, T>, isUsed: (part: T) => boolean): Map<string, T> =>
      new Map([...all].filter(([, part]) => isUsed(part)));
    for (const shared of this.#statics.values()) if (!statics.has(shared.statics)) interest.remove(shared.statics);
    this.#evaluations = kept(this.#evaluations, (evaluation) => used.has(evaluation));
    this.#partitions = kept(this.#partitions, (partition) => partitions.has(partition));
    this.#statics = kept(this.#statics, (shared) => statics.has(shared.statics));
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
      sum(this.#evaluations.values()) +
      sum(this.#partitions.values()) +
      sum([...this.#statics.values()].map(({ statics }) => statics))
    );
  }
}
