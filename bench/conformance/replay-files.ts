/**
 * Replays recordings against the models and counts what agrees: the work behind `clockwork conformance FILE …`.
 */
import { basename } from 'node:path';
import { BadInputError } from '../bad-input.ts';
import { readRecording, writeRecording } from './recording-file.ts';
import type { Replayer, Verdict } from './recording.ts';
import { REPLAYERS } from './replayers.ts';

export interface ReplayOptions {
  /** Folder that receives the simulator's own answers in the recordings' format. */
  readonly recordFolder?: string | undefined;
  /** Differences shown for a file; 5 unless given. */
  readonly shownDifferences?: number | undefined;
  /** Receives one line of text at a time, without its newline. */
  readonly print: (line: string) => void;
  readonly replayers?: readonly Replayer[] | undefined;
}

/** What came out of one file. */
export interface FileOutcome {
  readonly file: string;
  readonly cases: number;
  /** Includes the excused ones. */
  readonly agree: number;
  readonly differ: number;
  /** Name of each documented refusal to how often it was used, in order of first use. */
  readonly excused: ReadonlyMap<string, number>;
  readonly firstDifferences: readonly Verdict[];
}

const SHOWN_DIFFERENCES = 5;
const SHOWN_CHARACTERS = 600;

function shortened(text: string): string {
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}… (${text.length} characters)`;
}

/** Cuts away what two texts have in common far before their first difference, so that the difference is in sight. */
function aligned(expected: string, found: string): [string, string] {
  let same = 0;
  while (same < expected.length && same < found.length && expected[same] === found[same]) same++;
  const from = same > SHOWN_CHARACTERS / 2 ? same - SHOWN_CHARACTERS / 4 : 0;
  const cut = (text: string): string => shortened(from === 0 ? text : `…${text.slice(from)}`);
  return [cut(expected), cut(found)];
}

/** @throws BadInputError when the file cannot be read or no replayer knows it. */
export function replayFile(file: string, options: ReplayOptions): FileOutcome {
  const lines = readRecording(file);
  const name = basename(file);
  const candidates = options.replayers ?? REPLAYERS;
  const replayer = candidates.find((candidate) => candidate.accepts(name, lines[0]));
  if (replayer === undefined) {
    const known = candidates.map((candidate) => candidate.name).join(', ');
    throw new BadInputError(`neither its name nor its first line is that of a known recording; known are: ${known}`, {
      file,
    });
  }
  const limit = options.shownDifferences ?? SHOWN_DIFFERENCES;
  const excused = new Map<string, number>();
  const firstDifferences: Verdict[] = [];
  let cases = 0;
  let differ = 0;
  const report = (verdict: Verdict): void => {
    cases++;
    if (verdict.excuse !== undefined) excused.set(verdict.excuse, (excused.get(verdict.excuse) ?? 0) + 1);
    else if (!verdict.agrees) {
      differ++;
      if (firstDifferences.length < limit) firstDifferences.push(verdict);
    }
  };
  const recorded: unknown[] = [];
  const record = options.recordFolder === undefined ? undefined : (line: unknown): number => recorded.push(line);
  replayer.replay(lines, report, record);
  if (options.recordFolder !== undefined) writeRecording(options.recordFolder, file, recorded);
  return { file, cases, agree: cases - differ, differ, excused, firstDifferences };
}

function printOutcome(outcome: FileOutcome, print: (line: string) => void): void {
  const { file, cases, agree, differ, excused } = outcome;
  const total = [...excused.values()].reduce((sum, count) => sum + count, 0);
  const names = [...excused].map(([name, count]) => `${name} x${count}`).join(', ');
  print(
    `${file}: ${cases} cases, ${agree} agree, ${differ} differ${total === 0 ? '' : `, ${total} excused: ${names}`}`,
  );
  for (const verdict of outcome.firstDifferences) {
    const [expected, found] = aligned(verdict.expected ?? '', verdict.found ?? '');
    print(`  case ${verdict.id}`);
    print(`    expected ${expected}`);
    print(`    found    ${found}`);
  }
}

/**
 * Replays each file and prints what came out of it.
 * @returns whether every case of every file agrees.
 * @throws BadInputError at the first file that cannot be read or is unknown.
 */
export function replayFiles(files: readonly string[], options: ReplayOptions): boolean {
  let allAgree = true;
  for (const file of files) {
    const outcome = replayFile(file, options);
    printOutcome(outcome, options.print);
    if (outcome.differ > 0) allAgree = false;
  }
  return allAgree;
}
