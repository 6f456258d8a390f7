/** The replayer of queue recordings, on the selection in the repository and on the complete recording where it is at hand. */
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { Verdict } from '../recording.ts';
import { queueReplayer } from './queue-replay.ts';

const SELECTION = new URL('../recordings/scheduler/q-queue.jsonl.gz', import.meta.url);
const SHARED = process.env['CLOCKWORK_SHARED'] ?? new URL('../../../../shared', import.meta.url).pathname;
const COMPLETE = `${SHARED}/conformance/scheduler/q-queue.jsonl.gz`;

function read(file: string | URL): unknown[] {
  const text = gunzipSync(readFileSync(file)).toString();
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

function replay(lines: readonly unknown[]): Verdict[] {
  const verdicts: Verdict[] = [];
  queueReplayer.replay(lines, (verdict) => verdicts.push(verdict));
  return verdicts;
}

test('the selection of recorded queue operations agrees', () => {
  const verdicts = replay(read(SELECTION));
  expect(verdicts.length).toBeGreaterThan(1000);
  expect(verdicts.filter((verdict) => !verdict.agrees).slice(0, 3)).toEqual([]);
});

test.skipIf(!existsSync(COMPLETE))('all recorded queue operations agree (needs ../shared)', () => {
  const verdicts = replay(read(COMPLETE));
  expect(verdicts.length).toBe(7050);
  expect(verdicts.filter((verdict) => !verdict.agrees).slice(0, 3)).toEqual([]);
});

test('a changed expiry in a recording is reported as a difference', () => {
  const lines = read(SELECTION) as { state?: { backoff?: Record<string, number> } }[];
  const line = lines.find((candidate) => candidate.state?.backoff !== undefined);
  for (const key of Object.keys(line?.state?.backoff ?? {})) (line?.state?.backoff ?? {})[key] = 1;
  expect(replay(lines).filter((verdict) => !verdict.agrees).length).toBe(1);
});

test('the recorder writes the lines that it was given when all agree', () => {
  const lines = read(SELECTION).slice(0, 200);
  const recorded: unknown[] = [];
  queueReplayer.replay(
    lines,
    () => {},
    (line) => recorded.push(line),
  );
  expect(recorded).toEqual(lines);
});
