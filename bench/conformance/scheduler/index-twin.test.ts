/**
 * The recorded clusters, sequences and churn passed through the index: it must take the Node that the plain rules take. The plain
 * rules themselves are held to the recordings elsewhere. Needs ../shared for all files; the selection in the repository otherwise.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Node } from '../../../models/objects/node.ts';
import type { Pod } from '../../../models/objects/pod.ts';
import { readRecording } from '../recording-file.ts';
import { type ClusterLine, DecisionCluster, type DecisionHeader } from './decision-cluster.ts';
import { IndexTwin } from './index-twin.ts';

const shared = join(process.env.CLOCKWORK_SHARED ?? '../shared', 'conformance/scheduler');
const own = join(import.meta.dirname, '../recordings/scheduler');
const folder = existsSync(shared) ? shared : own;
const files = readdirSync(folder).filter((name) => /^[a-k]-.*\.jsonl\.gz$/.test(name));

interface Line {
  readonly op?: string;
  readonly t?: number;
  readonly name?: string;
  readonly node?: Node | string;
  readonly pod?: Pod;
  readonly cluster?: string;
  readonly victims?: readonly string[];
}

function compareCases(lines: readonly unknown[]): { differences: string[]; twins: IndexTwin[] } {
  const [header, ...rest] = lines as [DecisionHeader, ...(Line & ClusterLine)[]];
  const differences: string[] = [];
  const twins: IndexTwin[] = [];
  for (const line of rest) {
    if (line.nodes !== undefined) twins.push(new IndexTwin(new DecisionCluster(header, line)));
    else {
      const difference = twins.at(-1)?.compare(line.pod as Pod);
      if (difference !== undefined) differences.push(difference);
    }
  }
  return { differences, twins };
}

/** Places each Pod where the recording did, so that the state goes through what was recorded. */
function compareSequence(lines: readonly unknown[]): { differences: string[]; twins: IndexTwin[] } {
  const [header, line, ...steps] = lines as [DecisionHeader, ClusterLine, ...Line[]];
  const cluster = new DecisionCluster(header, line);
  const twin = new IndexTwin(cluster);
  const differences: string[] = [];
  const placed = new Map<string, Pod>();
  let last: Pod | undefined;
  const remove = (name: string): void => {
    cluster.cache.removePod(placed.get(name) as Pod);
    placed.delete(name);
  };
  for (const step of steps) {
    if (step.op === 'addNode') cluster.cache.addNode(step.node as Node);
    if (step.op === 'delete') remove(step.name as string);
    if (step.op !== 'schedule' && step.op !== 'retry') continue;
    const template = step.op === 'retry' ? (last as Pod) : (line.templates?.[step.t as number] as Pod);
    const pod = { ...template, metadata: { ...template.metadata, name: step.name as string } };
    last = pod;
    const difference = twin.compare(pod);
    if (difference !== undefined) differences.push(`${step.name}: ${difference}`);
    for (const victim of step.victims ?? []) remove(victim);
    if (typeof step.node !== 'string') continue;
    const bound = { ...pod, spec: { ...pod.spec, nodeName: step.node } };
    placed.set(pod.metadata.name, bound);
    cluster.cache.addPod(bound);
  }
  return { differences, twins: [twin] };
}

describe('the index against the plain rules on recorded clusters', () => {
  test.each(files)('%s: every decision is the same', (file) => {
    const lines = readRecording(join(folder, file));
    const { differences, twins } = /^[jk]-/.test(file) ? compareSequence(lines) : compareCases(lines);
    expect(differences).toEqual([]);
    const scheduled = twins.reduce((sum, twin) => sum + twin.scheduled, 0);
    const answered = twins.reduce((sum, twin) => sum + twin.byIndex, 0);
    // The rest are Pods that name their Nodes or meet nominated Pods.
    expect(answered).toBeGreaterThan(scheduled * 0.5);
  });
});
