/**
 * Reads and writes the files of recordings: JSON lines, plain (`.jsonl`) or gzip (`.jsonl.gz`).
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { BadInputError } from '../bad-input.ts';

const NEWLINE = 10;

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new BadInputError(code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`, { file });
  }
}

function unpack(file: string, bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes);
  } catch (error) {
    throw new BadInputError(`it is not a complete gzip file: ${(error as Error).message}`, { file });
  }
}

/**
 * All lines of a recording, parsed. Empty lines are skipped. The text is cut as bytes, since a large recording does not fit a string.
 * @throws BadInputError with file and line.
 */
export function readRecording(file: string): unknown[] {
  if (!/\.jsonl(\.gz)?$/.test(file)) {
    throw new BadInputError('a recording is a .jsonl or .jsonl.gz file', { file });
  }
  let bytes = readBytes(file);
  if (file.endsWith('.gz')) bytes = unpack(file, bytes);
  const lines: unknown[] = [];
  for (let start = 0, line = 1; start < bytes.length; line++) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline;
    const text = bytes.toString('utf8', start, end).trim();
    start = end + 1;
    if (text === '') continue;
    try {
      lines.push(JSON.parse(text));
    } catch (error) {
      throw new BadInputError(`it is not JSON: ${(error as Error).message}`, { file, line });
    }
  }
  if (lines.length === 0) throw new BadInputError('it has no lines; a recording has at least one', { file });
  return lines;
}

/** Writes the simulator's own lines beside nothing of the recording's: as plain `.jsonl` in `folder`, under the same base name. */
export function writeRecording(folder: string, file: string, lines: readonly unknown[]): void {
  mkdirSync(folder, { recursive: true });
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  writeFileSync(join(folder, basename(file).replace(/\.gz$/, '')), text);
}
