/** The conformance command: what it prints, what it returns and what it refuses. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { BadInputError } from '../bad-input.ts';
import { conformanceCommand } from './command.ts';
import type { Replayer } from './recording.ts';
import { replayFile, replayFiles } from './replay-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'conformance-'));

/** Cases `{in, out}` agree when in doubled is out; 13 is excused. */
const doubling: Replayer = {
  name: 'doubling',
  accepts: (fileName) => fileName.startsWith('double'),
  replay(lines, report, record) {
    lines.forEach((line, i) => {
      const call = line as { in: number; out: number };
      const found = call.in * 2;
      record?.({ in: call.in, out: found });
      const verdict = { id: String(i + 1), agrees: found === call.out };
      if (verdict.agrees) report(verdict);
      else if (call.in === 13) report({ ...verdict, excuse: 'unlucky' });
      else report({ ...verdict, expected: String(call.out), found: String(found) });
    });
  },
};

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(text) : text);
  return path;
}

function run(path: string, recordFolder?: string): { agrees: boolean; printed: string[] } {
  const printed: string[] = [];
  const print = (line: string): number => printed.push(line);
  const agrees = replayFiles([path], { print, recordFolder, replayers: [doubling] });
  return { agrees, printed };
}

test('a file whose cases agree is one line', () => {
  const path = file('double.jsonl.gz', '{"in":1,"out":2}\n\n{"in":2,"out":4}\n');
  expect(run(path)).toEqual({ agrees: true, printed: [`${path}: 2 cases, 2 agree, 0 differ`] });
});

test('the first differences are shown with what was expected and what was found', () => {
  const path = file('double-wrong.jsonl', '{"in":1,"out":3}\n'.repeat(7));
  const { agrees, printed } = run(path);
  expect(agrees).toBe(false);
  expect(printed.slice(0, 4)).toEqual([
    `${path}: 7 cases, 0 agree, 7 differ`,
    '  case 1',
    '    expected 3',
    '    found    2',
  ]);
  expect(printed).toHaveLength(16);
});

test('an excused difference counts as agreement and is listed by name', () => {
  const path = file('double-excused.jsonl', '{"in":13,"out":0}\n{"in":1,"out":2}\n');
  expect(run(path)).toEqual({
    agrees: true,
    printed: [`${path}: 2 cases, 2 agree, 0 differ, 1 excused: unlucky x1`],
  });
});

test('the own answers are written in the format of the recording', () => {
  const path = file('double-record.jsonl.gz', '{"in":4,"out":9}\n');
  run(path, join(folder, 'own'));
  expect(readFileSync(join(folder, 'own', 'double-record.jsonl'), 'utf8')).toBe('{"in":4,"out":8}\n');
});

test.each([
  ['missing.jsonl', undefined, /missing\.jsonl: there is no such file/],
  ['double.txt', '{}', /double\.txt: a recording is a \.jsonl or \.jsonl\.gz file/],
  ['double-broken.jsonl', '{"in":1,"out":2}\n{"in":', /double-broken\.jsonl:2: it is not JSON/],
  ['double-empty.jsonl', '\n', /double-empty\.jsonl: it has no lines/],
  ['strange.jsonl', '{}', /strange\.jsonl: neither its name .* known are: doubling/],
])('%s is refused with its name and line', (name, text, message) => {
  const path = text === undefined ? join(folder, name) : file(name, text);
  const replay = (): unknown => replayFile(path, { print: () => {}, replayers: [doubling] });
  expect(replay).toThrow(BadInputError);
  expect(replay).toThrow(message);
});

test('a gzip file that was cut is refused', () => {
  const path = join(folder, 'double-cut.jsonl.gz');
  writeFileSync(path, gzipSync('{"in":1,"out":2}\n'.repeat(100)).subarray(0, 30));
  expect(() => replayFile(path, { print: () => {}, replayers: [doubling] })).toThrow(/not a complete gzip file/);
});

test('naming no file is bad input', async () => {
  await expect(conformanceCommand([])).rejects.toThrow(BadInputError);
});
