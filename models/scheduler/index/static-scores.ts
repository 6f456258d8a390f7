/**
 * What Nodes score with Pods of a class by the Node object alone: images, as a rule. Kept beside the static groups, so that classes that
 * differ in their images share the groups and what is built on them.
 */
import { REFUSED, type StaticGroups } from './static-groups.ts';

/** Asks the plugins. */
export interface StaticScoreRules {
  /** The images that ImageLocality looks for, when no other plugin looks at images or scores Nodes; undefined when one does. */
  readonly images: readonly string[] | undefined;
  /** Sum of the weighted scores that depend on the Node object only. Not asked for Nodes that are refused. */
  staticScore(node: number): number;
}

export class StaticScores {
  /** Of each Node; null while all are 0. */
  ofNode: Int16Array | null = null;
  readonly #rules: StaticScoreRules;
  readonly groups: StaticGroups;

  /** @param areAllNil it is known that every Node scores 0 */
  constructor(rules: StaticScoreRules, groups: StaticGroups, areAllNil: boolean) {
    this.#rules = rules;
    this.groups = groups;
    groups.catchUp();
    if (!areAllNil) for (let node = 0; node < groups.groupOf.length; node++) this.score(node);
    groups.attach(this);
  }

  get images(): readonly string[] | undefined {
    return this.#rules.images;
  }

  /** Is not kept up to date any more. */
  detach(): void {
    this.groups.detach(this);
  }

  /** Scores a Node as it is now. Returns whether it has another score than before. */
  score(node: number): boolean {
    const score = this.groups.groupOf[node] === REFUSED ? 0 : this.#rules.staticScore(node);
    if (this.ofNode === null) {
      if (score === 0) return false;
      this.ofNode = new Int16Array(this.groups.groupOf.length);
    }
    if (this.ofNode[node] === score) return false;
    this.ofNode[node] = score;
    return true;
  }

  get bytes(): number {
    return this.ofNode?.byteLength ?? 0;
  }
}
