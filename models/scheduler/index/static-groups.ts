/**
 * What Nodes are to Pods by labels, taints, images and the like alone: for each Node the static group, and the scores that need no
 * Pods. Asked of the plugins once for a Node and again when the Node changes; classes that these plugins cannot tell apart share it.
 */
import { type ChangeLog, IMAGES_CHANGED, NODE_CHANGED } from './change-log.ts';

/** Static group of Nodes that refuse the Pod. Others count from 1. */
export const REFUSED = 0;

/** Asks the plugins. */
export interface StaticRules {
  readonly size: number;
  /** The images that ImageLocality looks for, when no other plugin looks at images; undefined when one does. */
  readonly images: readonly string[] | undefined;
  /** Static group of a Node (an index that `GroupScores` knows), or REFUSED. */
  groupOf(node: number): number;
  /** Sum of the weighted scores that depend on the Node object only. Not asked for Nodes that are refused. */
  staticScore(node: number): number;
}

export class StaticGroups {
  readonly groupOf: Int32Array;
  /** Static score of each Node; null while all are 0. */
  scores: Int16Array | null = null;
  readonly #rules: StaticRules;
  readonly #log: ChangeLog;
  #cursor = 0;

  constructor(rules: StaticRules, log: ChangeLog) {
    this.#rules = rules;
    this.#log = log;
    this.groupOf = new Int32Array(rules.size);
    this.#judgeAll();
  }

  /** Judges again the Nodes that the log says have changed. */
  catchUp(): void {
    const { end, lastNodeChange, lastImagesChange } = this.#log;
    const looksAtAllImages = this.images === undefined;
    if (lastNodeChange >= this.#cursor || (looksAtAllImages && lastImagesChange >= this.#cursor)) {
      if (!this.#log.holds(this.#cursor)) {
        this.#judgeAll();
        return;
      }
      for (let index = this.#cursor; index < end; index++) {
        const what = this.#log.podKindAt(index);
        if (what === NODE_CHANGED || (what === IMAGES_CHANGED && looksAtAllImages))
          this.#judge(this.#log.nodeAt(index));
      }
    }
    this.#cursor = end;
  }

  /** Images that count have changed: scores the Node again at once. Returns whether it has another score now. */
  scoreImages(node: number): boolean {
    if (this.groupOf[node] === REFUSED) return false;
    const before = this.scores === null ? 0 : this.scores[node];
    this.#score(node);
    return this.scores !== null && this.scores[node] !== before;
  }

  get images(): readonly string[] | undefined {
    return this.#rules.images;
  }

  get bytes(): number {
    return this.groupOf.byteLength + (this.scores?.byteLength ?? 0);
  }

  #judgeAll(): void {
    for (let node = 0; node < this.#rules.size; node++) this.#judge(node);
    this.#cursor = this.#log.end;
  }

  #judge(node: number): void {
    this.groupOf[node] = this.#rules.groupOf(node);
    this.#score(node);
  }

  #score(node: number): void {
    const score = this.groupOf[node] === REFUSED ? 0 : this.#rules.staticScore(node);
    if (this.scores === null) {
      if (score === 0) return;
      this.scores = new Int16Array(this.#rules.size);
    }
    this.scores[node] = score;
  }
}
