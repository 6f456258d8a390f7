/** Kubelet and kube-proxy agree with every recorded call, where the recordings are at hand. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Verdict } from '../recording.ts';
import { nodeReplayers } from './index.ts';

const shared = process.env.CLOCKWORK_SHARED ?? resolve(import.meta.dirname, '../../../../shared');
const folder = resolve(shared, 'conformance/primitives');

describe.skipIf(!existsSync(folder))('recorded calls (skipped without ../shared/conformance/primitives)', () => {
  it.each([
    ['kubeletpod', []],
    ['probes', []],
    ['proxyendpoints', []],
  ] as [string, string[]][])('%s agrees, but for operations not modelled: %j', (base, notModelled) => {
    const text = gunzipSync(readFileSync(resolve(folder, `${base}.jsonl.gz`))).toString('utf8');
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { in: { op?: string } });
    const replayer = nodeReplayers.find((candidate) => candidate.accepts(`${base}.jsonl.gz`, lines[0]));
    const verdicts: Verdict[] = [];
    replayer?.replay(lines, (verdict) => verdicts.push(verdict));
    const differing = verdicts.filter((v) => !v.agrees && !notModelled.includes(lines[Number(v.id) - 1]?.in.op ?? ''));
    expect(verdicts.length).toBe(lines.length);
    expect(verdicts.length).toBeGreaterThan(300);
    expect(differing).toEqual([]);
  });
});
