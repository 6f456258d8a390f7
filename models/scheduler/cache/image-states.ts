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
  /** Grows when size or number of Nodes change in a way that matters to somebody. */
  level: number;
  /** The list that it was last put on, so that a Node which names an image twice counts once. */
  listedIn: readonly ImageState[] | null;
}

/** By name. */
export type ImageStateMap = ReadonlyMap<string, ImageState>;

/** Whether it matters to somebody that an image is on another number of Nodes than before. */
export type SpreadMatters = (image: ImageState, nodesBefore: number) => boolean;

export class ImageStates {
  readonly #states = new Map<string, ImageState>();
  readonly #matters: SpreadMatters;
  /** Grows whenever an image comes to or leaves a Node. */
  version = 0;

  constructor(matters: SpreadMatters) {
    this.#matters = matters;
  }

  get all(): ImageStateMap {
    return this.#states;
  }

  /** Counts the images of a Node in place of those that it had before. Gives each once. */
  exchange(before: readonly ImageState[], node: Node): readonly ImageState[] {
    for (const state of before) state.listedIn = before;
    const after: ImageState[] = [];
    for (const { names, sizeBytes } of node.status?.images ?? []) {
      for (const name of names ?? []) this.#list(name, sizeBytes ?? 0, before, after);
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

  /** Puts an image on the list of a Node, with a size that counts where no other Node has it. */
  #list(name: string, size: number, before: readonly ImageState[], after: ImageState[]): void {
    let state = this.#states.get(name);
    if (state === undefined) {
      state = { name, size, nodes: 0, level: 0, listedIn: null };
      this.#states.set(name, state);
    } else if (state.listedIn === after) return;
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
    if (this.#matters(state, before)) state.level++;
  }

  #resize(state: ImageState, size: number): void {
    if (state.size === size) return;
    state.size = size;
    state.level++;
    this.version++;
  }
}
