/**
 * What Nodes are to Pods by labels, taints and the like alone: for each Node the static group. Asked of the plugins once for a Node and
 * again when the Node changes; classes that these plugins cannot tell apart share it.
 */
import { BlankBuckets } from './blank-buckets.ts';
import { type ChangeLog, IMAGES_CHANGED, NODE_CHANGED } from './change-log.ts';
import type { StaticScores } from './static-scores.ts';

/** Static group of Nodes that refuse the Pod. Others count from 1. */
export const REFUSED = 0;

/** Asks the plugins. */
export interface StaticRules {
  readonly size: number;
  /** Whether the images on a Node may have a say in its group. */
  readonly groupsByImages: boolean;
  /** Static group of a Node (an index that `GroupScores` knows), or REFUSED. */
  groupOf(node: number): number;
}

export class StaticGroups {
  readonly groupOf: Int32Array;
  readonly blanks = new BlankBuckets();
  readonly #rules: StaticRules;
  readonly #log: ChangeLog;
  /** Scores of the Nodes of these groups, kept up to date with them. */
  readonly #scores = new Set<StaticScores>();
  #looksAtImages: boolean;
  #cursor = 0;

  constructor(rules: StaticRules, log: ChangeLog) {
    this.#rules = rules;
    this.#log = log;
    this.#looksAtImages = rules.groupsByImages;
    this.groupOf = new Int32Array(rules.size);
    this.#judgeAll();
  }

  attach(scores: StaticScores): void {
    this.#scores.add(scores);
    if (scores.images === undefined) this.#looksAtImages = true;
  }

  detach(scores: StaticScores): void {
    this.#scores.delete(scores);
  }

  /** Judges again the Nodes that the log says have changed. */
  catchUp(): void {
    const { end, lastNodeChange, lastImagesChange } = this.#log;
    if (lastNodeChange >= this.#cursor || (this.#looksAtImages && lastImagesChange >= this.#cursor)) {
      if (!this.#log.holds(this.#cursor)) {
        this.#judgeAll();
        return;
      }
      for (let index = this.#cursor; index < end; index++) {
        const what = this.#log.podKindAt(index);
        if (what === NODE_CHANGED || (what === IMAGES_CHANGED && this.#looksAtImages))
          this.#judge(this.#log.nodeAt(index));
      }
    }
    this.#cursor = end;
  }

  get bytes(): number {
    return this.groupOf.byteLength + this.blanks.bytes;
  }

  #judgeAll(): void {
    for (let node = 0; node < this.#rules.size; node++) this.#judge(node);
    this.#cursor = this.#log.end;
  }

  #judge(node: number): void {
    const group = this.#rules.groupOf(node);
    if (group !== this.groupOf[node]) {
      this.groupOf[node] = group;
      this.blanks.forget();
    }
    for (const scores of this.#scores) scores.score(node);
  }
}
