/**
 * Chooses the part of complete recordings that is kept in the repository, so that the tests of a fresh clone hold the scheduler to
 * recorded decisions. Which lines are taken depends on the recording alone:
 *
 *   node dist/bench/conformance/select-recordings.js ../shared/conformance/scheduler bench/conformance/recordings/scheduler
 *
 * Of recordings of single decisions every n-th cluster is kept with its cases, of sequences the beginning.
 */
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { readRecording } from './recording-file.ts';

/** Compressed bytes kept of any recording, and the share of what it has beyond that. */
const BASE_BYTES = 12_000;
const SHARE = 0.1;

const SELECTED = /^[a-k]-.*\.jsonl\.gz$/;

/** The header and every `step`-th cluster with its cases. */
function everyCluster(lines: readonly unknown[], step: number): unknown[] {
  let cluster = -1;
  return lines.filter((line, i) => {
    if (i === 0) return true;
    if (Object.hasOwn(line as object, 'cluster')) cluster++;
    return cluster % step === 0;
  });
}

/** The lines kept of a recording whose compressed size is `bytes`. */
export function selectLines(lines: readonly unknown[], bytes: number): readonly unknown[] {
  const wanted = BASE_BYTES + SHARE * bytes;
  if (bytes <= wanted) return lines;
  const isSequence = lines.some((line) => Object.hasOwn(line as object, 'op'));
  if (isSequence) return lines.slice(0, Math.round((lines.length * wanted) / bytes));
  return everyCluster(lines, Math.round(bytes / wanted));
}

/** Writes the selection of each recording in `from` to `to`; returns the bytes written. */
export function selectRecordings(from: string, to: string): number {
  mkdirSync(to, { recursive: true });
  let total = 0;
  for (const name of readdirSync(from)
    .filter((file) => SELECTED.test(file))
    .sort()) {
    const file = join(from, name);
    const lines = selectLines(readRecording(file), statSync(file).size);
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    const packed = gzipSync(text, { level: 9 });
    writeFileSync(join(to, name), packed);
    total += packed.length;
  }
  return total;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [from, to] = process.argv.slice(2);
  if (from === undefined || to === undefined)
    throw new Error('give the folder of recordings and the folder to write to');
  process.stdout.write(`${selectRecordings(from, to)} bytes\n`);
}
