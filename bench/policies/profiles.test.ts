/** The documented profiles: read from their files, and each does what it says on a cluster that shows the difference. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { SmallCluster, testNode, testPod } from '../../models/scheduler/testing/small-cluster.ts';

const FOLDER = fileURLToPath(new URL('./profiles', import.meta.url));

/** Nodes that get the Pods of a small, equal workload. */
function nodesUsed(file: string): Set<string | undefined> {
  const cluster = new SmallCluster({ configuration: parse(readFileSync(`${FOLDER}/${file}`, 'utf8')) });
  for (let i = 0; i < 4; i++) cluster.cache.addNode(testNode(`n${i}`));
  return new Set(Array.from({ length: 4 }, (_, i) => cluster.place(testPod(`p${i}`, { cpu: '1', memory: '2Gi' }))));
}

test.each([
  ['default.yaml', 4],
  ['most-allocated.yaml', 1],
  ['requested-to-capacity-ratio.yaml', 1],
])('under %s four Pods go to %d Nodes', (file, nodes) => {
  const used = nodesUsed(file);
  expect(used.has(undefined)).toBe(false);
  expect(used.size).toBe(nodes);
});

test('every profile in the folder is tried', () => {
  expect(readdirSync(FOLDER).sort()).toEqual([
    'default.yaml',
    'most-allocated.yaml',
    'requested-to-capacity-ratio.yaml',
  ]);
});
