/**
 * ImageLocality: Nodes that have the Pod's images already are better, weighted by size and by how many Nodes have them, so
 * that not all Pods crowd on the one Node that has.
 * Source: pkg/scheduler/framework/plugins/imagelocality/image_locality.go.
 */
import type { ImageSummary, NodeImages } from '../cache/node-images.ts';
import type { Handle } from '../framework/handle.ts';
import type { ScorePlugin } from '../framework/plugin.ts';
import { MAX_NODE_SCORE } from './normalize.ts';

const MIB = 1024 * 1024;
/** Below this all together count as nothing. */
const MIN_THRESHOLD = 23 * MIB;
/** For each container: above this all together count as the most. */
const MAX_CONTAINER_THRESHOLD = 1000 * MIB;

/** What an image that is on the Node adds, by its size and the fraction of Nodes that have it. */
function scaledSize({ size, nodes }: ImageSummary, allNodes: number): number {
  return Math.trunc(size * (nodes / allNodes));
}

function scoreOfSum(sum: number, containers: number): number {
  const max = MAX_CONTAINER_THRESHOLD * containers;
  const within = Math.min(Math.max(sum, MIN_THRESHOLD), max);
  return Math.trunc((MAX_NODE_SCORE * (within - MIN_THRESHOLD)) / (max - MIN_THRESHOLD));
}

/** Score of a Node that has the one image of a Pod. */
export function scoreOfImage(image: ImageSummary, allNodes: number): number {
  return scoreOfSum(scaledSize(image, allNodes), 1);
}

function sumOf(images: readonly string[], onNode: NodeImages, allNodes: number): number {
  let sum = 0;
  for (const name of images) {
    const image = onNode.get(name);
    if (image !== undefined) sum += scaledSize(image, allNodes);
  }
  return sum;
}

export function imageLocality(handle: Handle): ScorePlugin {
  return {
    name: 'ImageLocality',
    dependsOn: { node: ['images'], podParts: ({ images }) => images },
    score(_state, { class: { images } }, node) {
      const sum = node.images.size === 0 ? 0 : sumOf(images, node.images, handle.snapshot.nodes.length);
      return scoreOfSum(sum, images.length);
    },
  };
}
