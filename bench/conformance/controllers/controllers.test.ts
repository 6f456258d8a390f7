/** The controllers' decisions agree with every recorded call, where the recordings are at hand. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Verdict } from '../recording.ts';
import { controllerReplayers } from './index.ts';

const shared = process.env.CLOCKWORK_SHARED ?? resolve(import.meta.dirname, '../../../../shared');
const folder = resolve(shared, 'conformance/primitives');

function replay(base: string): { verdicts: Verdict[]; inputs: { op?: string }[] } {
  const text = gunzipSync(readFileSync(resolve(folder, `${base}.jsonl.gz`))).toString('utf8');
  const lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { in: { op?: string } });
  const replayer = controllerReplayers.find((candidate) => candidate.accepts(`${base}.jsonl.gz`, lines[0]));
  const verdicts: Verdict[] = [];
  replayer?.replay(lines, (verdict) => verdicts.push(verdict));
  return { verdicts, inputs: lines.map((line) => line.in) };
}

describe.skipIf(!existsSync(folder))('recorded calls (skipped without ../shared/conformance/primitives)', () => {
  it.each([
    ['podsort', []],
    ['endpointslice', []],
    ['backoff', []],
    ['statefulset', []],
    ['nodezones', []],
    ['pdb', []],
    ['deployment', []],
    ['endpointhints', ['addHints']],
  ] as [string, string[]][])('%s agrees, but for operations not modelled: %j', (base, notModelled) => {
    const { verdicts, inputs } = replay(base);
    const differing = verdicts.filter((v) => !v.agrees && !notModelled.includes(inputs[Number(v.id) - 1]?.op ?? ''));
    expect(verdicts.length).toBe(inputs.length);
    expect(verdicts.length).toBeGreaterThan(100);
    expect(differing).toEqual([]);
  });
});
