/**
 * `clockwork conformance FILE … [--record DIR]` as a function: replays recorded cases and returns the exit code.
 */
import { BadInputError } from '../bad-input.ts';
import { replayFiles } from './replay-files.ts';

export interface ConformanceOptions {
  /** Folder that receives the simulator's own answers in the recordings' format. */
  readonly record?: string | undefined;
  /** Differences shown for a file; 5 unless given. */
  readonly differences?: number | undefined;
  readonly print?: ((line: string) => void) | undefined;
}

/** @returns 0 when all cases agree, 1 when some differ. @throws BadInputError (exit code 2) for files that are not recordings. */
export async function conformanceCommand(files: readonly string[], options: ConformanceOptions = {}): Promise<number> {
  if (files.length === 0) throw new BadInputError('no file is named; at least one recording is needed');
  const print = options.print ?? ((line: string): void => void process.stdout.write(`${line}\n`));
  const allAgree = replayFiles(files, {
    recordFolder: options.record,
    shownDifferences: options.differences,
    print,
  });
  return Promise.resolve(allAgree ? 0 : 1);
}
