/**
 * The images of one Node as scheduling sees them. Counts of Nodes per image are those of the moment when the Node itself last changed:
 * kube-scheduler copies them into its snapshot together with the Node, and does not copy Nodes that did not change.
 */
import { type ImageState, ImageStates } from './image-states.ts';

/** An image that is on the Node, as of the last time when the Node changed. */
export interface ImageSummary {
  /** The size that the first Node with an image of this name reported. */
  readonly size: number;
  /** Nodes that had it. */
  readonly nodes: number;
}

const NONE: readonly ImageState[] = [];

export class NodeImages {
  /** What the Node has; shown from the next refresh on. */
  current: readonly ImageState[] = NONE;
  /** On the list of those to be refreshed. */
  isStale = false;
  readonly #all: ImageStates;
  #shown: readonly ImageState[] = NONE;
  /** Nodes that had each of these. */
  #counts: number[] = [];
  /** Level of all images at the last refresh. */
  #level = 0;

  constructor(all: ImageStates) {
    this.#all = all;
  }

  /** How many names of images are shown. */
  get size(): number {
    return this.#shown.length;
  }

  get(name: string): ImageSummary | undefined {
    const state = this.#all.find(name);
    const at = state === undefined ? -1 : this.#shown.indexOf(state);
    return at < 0 ? undefined : { size: (state as ImageState).size, nodes: this.#counts[at] as number };
  }

  /** Shows what is there now; adds to `changed` the images of which something that matters is, or may be, other than before. */
  refresh(changed: ImageState[]): void {
    const { current } = this;
    this.isStale = false;
    if (current !== this.#shown) this.#exchange(changed);
    const counts = this.#counts;
    for (let i = 0; i < current.length; i++) counts[i] = (current[i] as ImageState).nodes;
    if (this.#level === this.#all.level) return;
    for (const state of current) if (state.level > this.#level && !changed.includes(state)) changed.push(state);
    this.#level = this.#all.level;
  }

  /** Shows another list of images: adds those that are on one of the two only. */
  #exchange(changed: ImageState[]): void {
    const { current } = this;
    const shown = this.#shown;
    let kept = 0;
    let next = 0;
    for (const state of current) {
      // Most lists are in one order.
      const at = shown[next] === state ? next : shown.indexOf(state);
      if (at < 0) changed.push(state);
      else {
        kept++;
        next = at + 1;
      }
    }
    if (kept < shown.length) for (const state of shown) if (!current.includes(state)) changed.push(state);
    this.#shown = current;
    this.#counts = current.map(({ nodes }) => nodes);
  }
}

/** Of Nodes that are not there. */
export const NO_IMAGES = new NodeImages(new ImageStates(() => false));
