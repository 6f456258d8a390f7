/**
 * ImageLocality: Nodes that have the Pod's images already are better, weighted by size and by how many Nodes have them, so
 * that not all Pods crowd on the one Node that has.
 * Source: pkg/scheduler/framework/plugins/imagelocality/image_locality.go.
 */
import type { ImageSummary } from '../cache/node-info.ts';
import type { Handle } from '../framework/handle.ts';
import type { ScorePlugin } from '../framework/plugin.ts';
import { MAX_NODE_SCORE } from './normalize.ts';

const MIB = 1024 * 1024;
/** Below this all together count as nothing. */
const MIN_THRESHOLD = 23 * MIB;
/** For each container: above this all together count as the most. */
const MAX_CONTAINER_THRESHOLD = 1000 * MIB;

function sumOf(images: readonly string[], onNode: ReadonlyMap<string, ImageSummary>, allNodes: number): number {
  let sum = 0;
  for (const name of images) {
    const image = onNode.get(name);
    if (image !== undefined) sum += Math.trunc(image.size * (image.nodes / allNodes));
  }
  return sum;
}

export function imageLocality(handle: Handle): ScorePlugin {
  return {
    name: 'ImageLocality',
    dependsOn: { node: ['images'], podParts: ({ images }) => images },
    score(_state, { class: { images } }, node) {
      const max = MAX_CONTAINER_THRESHOLD * images.length;
      const sum = node.images.size === 0 ? 0 : sumOf(images, node.images, handle.snapshot.nodes.length);
      const within = Math.min(Math.max(sum, MIN_THRESHOLD), max);
      return Math.trunc((MAX_NODE_SCORE * (within - MIN_THRESHOLD)) / (max - MIN_THRESHOLD));
    },
  };
}
