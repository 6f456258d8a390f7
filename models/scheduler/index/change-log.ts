/**
 * What has happened to the Nodes since an evaluation was last used: one ring of small entries that every evaluation
 * reads from a cursor of its own. A reader that has fallen behind by more than the ring holds starts afresh.
 */

/** `podKind` of an entry that says that the Node itself changed (labels, taints, allocatable), not its Pods. */
export const NODE_CHANGED = -1;
/** Only what is known of the images on the Node has changed. */
export const IMAGES_CHANGED = -2;

export class ChangeLog {
  readonly #mask: number;
  readonly #node: Int32Array;
  readonly #podKind: Int32Array;
  readonly #delta: Int8Array;
  /** Entries written so far; a cursor is a value of this. */
  end = 0;
  /** Index of the newest entry that a Node itself has changed, or -1. */
  lastNodeChange = -1;
  /** Index of the newest entry about images, or -1. */
  lastImagesChange = -1;

  /** @param capacity entries held, rounded up to a power of two */
  constructor(capacity: number) {
    let size = 16;
    while (size < capacity) size *= 2;
    this.#mask = size - 1;
    this.#node = new Int32Array(size);
    this.#podKind = new Int32Array(size);
    this.#delta = new Int8Array(size);
  }

  get capacity(): number {
    return this.#mask + 1;
  }

  /** A Pod of that kind came to (+1) or left (-1) the Node, or, with one of the above, the Node is not what it was. */
  append(node: number, podKind: number, delta: number): void {
    if (podKind === NODE_CHANGED) this.lastNodeChange = this.end;
    else if (podKind === IMAGES_CHANGED) this.lastImagesChange = this.end;
    const at = this.end++ & this.#mask;
    this.#node[at] = node;
    this.#podKind[at] = podKind;
    this.#delta[at] = delta;
  }

  /** Whether everything after the cursor is still held. */
  holds(cursor: number): boolean {
    return this.end - cursor <= this.#mask + 1;
  }

  nodeAt(index: number): number {
    return this.#node[index & this.#mask] as number;
  }

  podKindAt(index: number): number {
    return this.#podKind[index & this.#mask] as number;
  }

  deltaAt(index: number): number {
    return this.#delta[index & this.#mask] as number;
  }
}
