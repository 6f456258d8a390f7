/** Rows of amounts that follow Pods one by one, against rows made of the Nodes as they are. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SchedulerCache } from '../cache/scheduler-cache.ts';
import { bound, testNode, testPod } from '../testing/small-cluster.ts';
import { NodeTable } from './node-table.ts';

const NODES = 3;
/** The last ones are beyond what the rows hold exactly. */
const REQUESTS: readonly Record<string, string>[] = [
  {},
  { cpu: '100m', memory: '1Gi' },
  { cpu: '3', 'ephemeral-storage': '5Gi' },
  { memory: '12Ti' },
  { memory: '9007199254740993' },
];

const step = fc.record({ pod: fc.integer({ min: 0, max: 14 }), node: fc.integer({ min: 0, max: NODES - 1 }) });

test('a row to which Pods were added one by one is the row of the Node with these Pods', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const cache = new SchedulerCache();
      for (let i = 0; i < NODES; i++) cache.addNode(testNode(`n${i}`, { cpu: '64', memory: '30Ti' }));
      const { nodes } = cache.snapshot();
      const table = new NodeTable(nodes);
      cache.addListener({
        podAdded: (info, pod) => table.count(info.position, pod, 1),
        podRemoved: (info, pod) => table.count(info.position, pod, -1),
      });
      for (const { pod, node } of steps) {
        const made = bound(testPod(`p${pod}`, REQUESTS[pod % REQUESTS.length] ?? {}), `n${node}`);
        if (nodes.some((info) => info.pods.some((other) => other.pod.metadata.name === made.metadata.name)))
          cache.removePod(made);
        else cache.addPod(made);
      }
      const anew = new NodeTable(nodes);
      const rowsOf = ({ rows, isIrregular }: NodeTable): unknown[] =>
        nodes.map((_, i) => (isIrregular[i] === 1 ? 'irregular' : [...rows.subarray(i * 8, i * 8 + 8)]));
      expect(rowsOf(table)).toEqual(rowsOf(anew));
    }),
    { numRuns: 200 },
  );
});
