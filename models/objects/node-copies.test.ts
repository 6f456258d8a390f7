/** Copies of Nodes: what spreads would give, field by field and in the same order. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Condition } from './meta.ts';
import type { Node, NodeStatus } from './node.ts';
import { reportedNode } from './node-copies.ts';

const READY: Condition = { type: 'Ready', status: 'True' };
const USUAL: NodeStatus = {
  capacity: { cpu: '1' },
  allocatable: { cpu: '1' },
  addresses: [],
  nodeInfo: {},
  conditions: [],
};

const status: fc.Arbitrary<NodeStatus | undefined> = fc.oneof(
  fc.constantFrom(undefined, USUAL, { ...USUAL, images: [] }, { ...USUAL, volumesInUse: ['v'] }),
  fc
    .shuffledSubarray(Object.keys({ ...USUAL, images: [] }))
    .map((keys) => Object.fromEntries(keys.map((key) => [key, []]))),
);

test('a reported Node is the Node with its status spread', () => {
  fc.assert(
    fc.property(status, fc.boolean(), fc.constantFrom([], [{ sizeBytes: 1 }]), (given, hasSpec, images) => {
      const node = {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name: 'n' },
        ...(hasSpec ? { spec: {} } : {}),
        ...(given === undefined ? {} : { status: given }),
      } as Node;
      const spread = { ...node, status: { ...given, conditions: [READY], ...(images.length > 0 ? { images } : {}) } };
      expect(JSON.stringify(reportedNode(node, [READY], images))).toBe(JSON.stringify(spread));
    }),
  );
});
