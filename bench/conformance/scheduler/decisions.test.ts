/** Scheduling decisions agree with the recordings: the selection in the repository, and all of them where they are at hand. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readRecording } from '../recording-file.ts';
import type { Replayer, Verdict } from '../recording.ts';
import { selectLines } from '../select-recordings.ts';
import { decisionReplayer } from './decisions.ts';
import { sequenceReplayer } from './decisions-sequence.ts';

const SELECTION = fileURLToPath(new URL('../recordings/scheduler', import.meta.url));
const SHARED = process.env.CLOCKWORK_SHARED ?? fileURLToPath(new URL('../../../../shared', import.meta.url));
const COMPLETE = join(SHARED, 'conformance/scheduler');
const DECISIONS = /^[a-l]-.*\.jsonl\.gz$/;

function recordingsIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => DECISIONS.test(name))
    .sort()
    .map((name) => join(folder, name));
}

function replayerOf(lines: readonly unknown[]): Replayer {
  const replayer = [decisionReplayer, sequenceReplayer].find((candidate) => candidate.accepts('', lines[0]));
  if (replayer === undefined) throw new Error('no replayer accepts the recording');
  return replayer;
}

function replay(lines: readonly unknown[]): { readonly cases: number; readonly differing: readonly Verdict[] } {
  let cases = 0;
  const differing: Verdict[] = [];
  replayerOf(lines).replay(lines, (verdict) => {
    cases++;
    if (!verdict.agrees) differing.push(verdict);
  });
  return { cases, differing };
}

test('the selection has recordings of every kind', () => {
  const kinds = new Set(recordingsIn(SELECTION).map((file) => basename(file)[0]));
  expect([...kinds].join('')).toBe('abcdefghijkl');
});

test.each(recordingsIn(SELECTION).map((file) => basename(file)))('%s of the selection agrees', (name) => {
  const { cases, differing } = replay(readRecording(join(SELECTION, name)));
  expect(cases).toBeGreaterThan(5);
  expect(differing).toEqual([]);
});

const complete = recordingsIn(COMPLETE);

test.skipIf(complete.length === 0)('the complete recordings agree (needs ../shared)', () => {
  let cases = 0;
  for (const file of complete) {
    const outcome = replay(readRecording(file));
    expect(outcome.differing, basename(file)).toEqual([]);
    cases += outcome.cases;
  }
  expect(cases).toBeGreaterThan(16_000);
});

test('what the replayer records of itself agrees with itself', () => {
  const lines = readRecording(join(SELECTION, 'i-preemption.jsonl.gz'));
  const own: unknown[] = [];
  decisionReplayer.replay(
    lines,
    () => {},
    (line) => own.push(line),
  );
  expect(own).toHaveLength(lines.length);
  expect(replay(own).differing).toEqual([]);
});

interface Line {
  readonly cluster?: string;
  readonly total?: Record<string, number>;
}

test('a score that is off by one is a difference', () => {
  const lines = readRecording(join(SELECTION, 'a-resources.jsonl.gz')) as Line[];
  const changed = lines.map((line) => {
    const [name] = Object.keys(line.total ?? {});
    return name === undefined ? line : { ...line, total: { ...line.total, [name]: (line.total?.[name] ?? 0) + 1 } };
  });
  const scored = lines.filter((line) => line.total !== undefined).length;
  expect(scored).toBeGreaterThan(10);
  expect(replay(changed).differing).toHaveLength(scored);
});

test('a Pod that is left out makes a difference', () => {
  const lines = readRecording(join(SELECTION, 'e-interpod.jsonl.gz')) as Line[];
  const changed = lines.map((line) => (line.cluster === undefined ? line : { ...line, pods: [] }));
  expect(replay(changed).differing.length).toBeGreaterThan(10);
});

test('a selection keeps whole clusters, each with its cases', () => {
  const cluster = (i: number): unknown[] => [{ cluster: `c/${i}` }, { case: `c/${i}/0`, clusterRef: `c/${i}` }];
  const lines = [{ corpus: 'c' }, ...Array.from({ length: 40 }, (_, i) => cluster(i)).flat()];
  const kept = selectLines(lines, 120_000);
  expect(kept.slice(0, 5)).toEqual([{ corpus: 'c' }, ...cluster(0), ...cluster(5)]);
});

test('a small recording is kept whole', () => {
  const lines = [{ corpus: 'c' }, { cluster: 'c/0' }];
  expect(selectLines(lines, 900)).toBe(lines);
});
