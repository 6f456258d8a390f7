/**
 * Which images are on which Nodes. The size kept for a name is the one that the first Node reported, whatever others say.
 *
 * Source: pkg/scheduler/backend/cache/cache.go addNodeImageStates, removeNodeImageStates.
 */
import type { Node } from '../../objects/node.ts';
import type { ImageSummary } from './node-info.ts';

interface ImageState {
  readonly size: number;
  readonly nodes: Set<string>;
}

export class ImageStates {
  readonly #states = new Map<string, ImageState>();
  /** By size and then by number of Nodes: each Node keeps one for every name of every image that it has. */
  readonly #summaries = new Map<number, (ImageSummary | undefined)[]>();
  /** Grows whenever an image comes to or leaves a Node. */
  version = 0;

  add(node: Node): void {
    for (const { names, sizeBytes } of node.status?.images ?? []) {
      for (const name of names ?? []) {
        const state = this.#states.get(name);
        if (state === undefined) this.#states.set(name, { size: sizeBytes ?? 0, nodes: new Set([node.metadata.name]) });
        else state.nodes.add(node.metadata.name);
        this.version++;
      }
    }
  }

  remove(node: Node): void {
    for (const { names } of node.status?.images ?? []) {
      for (const name of names ?? []) {
        const state = this.#states.get(name);
        if (state === undefined) continue;
        state.nodes.delete(node.metadata.name);
        if (state.nodes.size === 0) this.#states.delete(name);
        this.version++;
      }
    }
  }

  /** An update of a Node with the same images: where no other Node has the image, its size counts again. */
  renew(node: Node): void {
    for (const { names, sizeBytes } of node.status?.images ?? []) {
      for (const name of names ?? []) {
        const state = this.#states.get(name);
        if (state === undefined || state.nodes.size !== 1 || state.size === (sizeBytes ?? 0)) continue;
        this.#states.set(name, { size: sizeBytes ?? 0, nodes: state.nodes });
        this.version++;
      }
    }
  }

  /** The images of a Node as they are now. */
  summaryOf(node: Node): ReadonlyMap<string, ImageSummary> {
    const summary = new Map<string, ImageSummary>();
    for (const { names } of node.status?.images ?? []) {
      for (const name of names ?? []) {
        const state = this.#states.get(name);
        if (state !== undefined) summary.set(name, this.#summary(state));
      }
    }
    return summary;
  }

  #summary({ size, nodes: { size: nodes } }: ImageState): ImageSummary {
    let bySize = this.#summaries.get(size);
    if (bySize === undefined) {
      bySize = [];
      this.#summaries.set(size, bySize);
    }
    while (bySize.length <= nodes) bySize.push(undefined);
    let summary = bySize[nodes];
    if (summary === undefined) {
      summary = { size, nodes };
      bySize[nodes] = summary;
    }
    return summary;
  }
}
