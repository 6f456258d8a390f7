/**
 * Which images are on how many Nodes. The size kept for a name is the one that the first Node reported, whatever others say.
 *
 * Source: pkg/scheduler/backend/cache/cache.go addNodeImageStates, removeNodeImageStates.
 */
import type { Node } from '../../objects/node.ts';

/** One name of an image that some Node has. */
export interface ImageState {
  readonly name: string;
  size: number;
  /** How many Nodes have it now. */
  nodes: number;
  /** Level of all images (`ImageStates.level`) when size or number of Nodes last changed in a way that matters to somebody. */
  level: number;
  /** The list that it was last put on, so that a Node which names an image twice counts once. */
  listedIn: readonly ImageState[] | null;
}

/** Whether it matters to somebody that an image is on another number of Nodes than before. */
export type SpreadMatters = (image: ImageState, nodesBefore: number) => boolean;

export class ImageStates {
  readonly #states = new Map<string, ImageState>();
  readonly #matters: SpreadMatters;
  /** Grows whenever an image comes to or leaves a Node. */
  version = 0;
  /** Grows whenever something changes that matters to somebody. */
  level = 0;

  constructor(matters: SpreadMatters) {
    this.#matters = matters;
  }

  find(name: string): ImageState | undefined {
    return this.#states.get(name);
  }

  /** Somebody begins to look at the image: all that a Node shows anew of it matters. */
  noteInterest(name: string): void {
    const state = this.#states.get(name);
    if (state !== undefined) state.level = ++this.level;
  }

  /** The same for all images. */
  noteInterestInAll(): void {
    this.level++;
    for (const state of this.#states.values()) state.level = this.level;
  }

  /** Counts the images of a Node in place of those that it had before. Gives each once. */
  exchange(before: readonly ImageState[], node: Node): readonly ImageState[] {
    for (const state of before) state.listedIn = before;
    const after: ImageState[] = [];
    let next = 0;
    for (const { names, sizeBytes } of node.status?.images ?? []) {
      for (const name of names ?? []) {
        // Most lists are in one order, with few images that are new.
        let state = before[next];
        if (state?.name === name) next++;
        else state = this.#stateOf(name, sizeBytes ?? 0);
        this.#list(state, sizeBytes ?? 0, before, after);
      }
    }
    for (const state of before) if (state.listedIn === before) this.#leave(state);
    if (before.length > 0 || after.length > 0) this.version++;
    return after;
  }

  /** Takes back what was counted for a Node. */
  remove(states: readonly ImageState[]): void {
    for (const state of states) this.#leave(state);
    if (states.length > 0) this.version++;
  }

  /** An update of a Node with the same images: where no other Node has the image, its size counts again. */
  renew(node: Node): void {
    for (const { names, sizeBytes } of node.status?.images ?? []) {
      for (const name of names ?? []) {
        const state = this.#states.get(name);
        if (state?.nodes === 1) this.#resize(state, sizeBytes ?? 0);
      }
    }
  }

  #stateOf(name: string, size: number): ImageState {
    let state = this.#states.get(name);
    if (state === undefined) {
      state = { name, size, nodes: 0, level: 0, listedIn: null };
      this.#states.set(name, state);
    }
    return state;
  }

  /** Puts an image on the list of a Node, with a size that counts where no other Node has it. */
  #list(state: ImageState, size: number, before: readonly ImageState[], after: ImageState[]): void {
    if (state.listedIn === after) return;
    if (state.listedIn !== before) this.#setNodes(state, state.nodes + 1);
    else if (state.nodes === 1) this.#resize(state, size);
    state.listedIn = after;
    after.push(state);
  }

  #leave(state: ImageState): void {
    this.#setNodes(state, state.nodes - 1);
    if (state.nodes === 0) this.#states.delete(state.name);
  }

  #setNodes(state: ImageState, nodes: number): void {
    const before = state.nodes;
    state.nodes = nodes;
    if (this.#matters(state, before)) state.level = ++this.level;
  }

  #resize(state: ImageState, size: number): void {
    if (state.size === size) return;
    state.size = size;
    state.level = ++this.level;
    this.version++;
  }
}
