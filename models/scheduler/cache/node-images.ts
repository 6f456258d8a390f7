/**
 * The images of one Node as scheduling sees them. Counts of Nodes per image are those of the moment when the Node itself last changed:
 * kube-scheduler copies them into its snapshot together with the Node, and does not copy Nodes that did not change.
 */
import type { ImageState, ImageStateMap } from './image-states.ts';

/** An image that is on the Node, as of the last time when the Node changed. */
export interface ImageSummary {
  /** The size that the first Node with an image of this name reported. */
  readonly size: number;
  /** Nodes that had it. */
  readonly nodes: number;
}

/** Level of an image that has just come. */
const NEVER_SHOWN = -1;

const NONE: readonly ImageState[] = [];

export class NodeImages {
  /** What the Node has; shown from the next refresh on. */
  current: readonly ImageState[] = NONE;
  /** Version of all images at the last refresh; -1 where the Node has changed since. */
  seenVersion = -1;
  /** On the list of those to be refreshed. */
  isStale = false;
  readonly #all: ImageStateMap;
  #shown: readonly ImageState[] = NONE;
  /** Nodes that had each of these, and its level. */
  #counts: number[] = [];
  #levels: number[] = [];

  constructor(all: ImageStateMap) {
    this.#all = all;
  }

  /** How many names of images are shown. */
  get size(): number {
    return this.#shown.length;
  }

  get(name: string): ImageSummary | undefined {
    const state = this.#all.get(name);
    const at = state === undefined ? -1 : this.#shown.indexOf(state);
    return at < 0 ? undefined : { size: (state as ImageState).size, nodes: this.#counts[at] as number };
  }

  /** Shows what is there now; adds to `changed` the images of which something that matters is, or may be, other than before. */
  refresh(version: number, changed: ImageState[]): void {
    const { current } = this;
    this.seenVersion = version;
    this.isStale = false;
    if (current !== this.#shown) this.#exchange(changed);
    const counts = this.#counts;
    const levels = this.#levels;
    for (let i = 0; i < current.length; i++) {
      const state = current[i] as ImageState;
      counts[i] = state.nodes;
      if (levels[i] === state.level) continue;
      levels[i] = state.level;
      changed.push(state);
    }
  }

  /** Shows another list of images: adds those that are on one of the two only. */
  #exchange(changed: ImageState[]): void {
    const { current } = this;
    const shown = this.#shown;
    const levels: number[] = [];
    let kept = 0;
    let next = 0;
    for (const state of current) {
      // Most lists are in one order.
      const at = shown[next] === state ? next : shown.indexOf(state);
      levels.push(at < 0 ? NEVER_SHOWN : (this.#levels[at] as number));
      if (at < 0) continue;
      kept++;
      next = at + 1;
    }
    if (kept < shown.length) for (const state of shown) if (!current.includes(state)) changed.push(state);
    this.#shown = current;
    this.#counts = levels.slice();
    this.#levels = levels;
  }
}

/** Of Nodes that are not there. */
export const NO_IMAGES = new NodeImages(new Map());
