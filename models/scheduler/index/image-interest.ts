/**
 * Whose static scores look at which images, so that news of images on a Node reaches those alone that it concerns. While images are pulled
 * everywhere, the number of Nodes with each grows all the time, and hardly a score changes by it.
 */
import type { ImageState, ImageStates } from '../cache/image-states.ts';
import { scoreOfImage } from '../plugins/image-locality.ts';
import type { StaticScores } from './static-scores.ts';

export class ImageInterest {
  readonly #states: ImageStates;
  readonly #byImage = new Map<string, Set<StaticScores>>();
  /** Scores to which other plugins than ImageLocality contribute by what they see of images. */
  readonly #inAll = new Set<StaticScores>();

  /** @param states of all images, to be told when somebody begins to look at some */
  constructor(states: ImageStates) {
    this.#states = states;
  }

  add(scores: StaticScores): void {
    if (scores.images === undefined) {
      this.#inAll.add(scores);
      this.#states.noteInterestInAll();
      return;
    }
    for (const image of scores.images) {
      this.#of(image).add(scores);
      this.#states.noteInterest(image);
    }
  }

  remove(scores: StaticScores): void {
    this.#inAll.delete(scores);
    for (const image of scores.images ?? []) {
      const interested = this.#byImage.get(image);
      interested?.delete(scores);
      if (interested?.size === 0) this.#byImage.delete(image);
    }
  }

  /** Whether no Node has any of these images. */
  areNowhere(images: readonly string[]): boolean {
    return !images.some((image) => this.#states.find(image) !== undefined);
  }

  /** Whether a Node that has the image may have another score than before, now that the image is on another number of Nodes. */
  spread(image: ImageState, nodesBefore: number, allNodes: number): boolean {
    if (this.#inAll.size > 0) return true;
    const interested = this.#byImage.get(image.name);
    if (interested === undefined) return false;
    for (const { images } of interested) if (images?.length !== 1) return true;
    const { size, nodes } = image;
    return scoreOfImage({ size, nodes }, allNodes) !== scoreOfImage({ size, nodes: nodesBefore }, allNodes);
  }

  /** Scores the Node again where these images count. Returns whether evaluations have to look at it again. */
  changed(node: number, images: readonly ImageState[]): boolean {
    let hasChanged = this.#inAll.size > 0;
    for (const { name } of images) {
      const interested = this.#byImage.get(name);
      if (interested === undefined) continue;
      for (const scores of interested) if (scores.score(node)) hasChanged = true;
    }
    return hasChanged;
  }

  #of(image: string): Set<StaticScores> {
    let interested = this.#byImage.get(image);
    if (interested === undefined) {
      interested = new Set();
      this.#byImage.set(image, interested);
    }
    return interested;
  }
}
