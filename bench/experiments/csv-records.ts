/**
 * Reads a table of the run folder record by record, so that a file of millions of rows needs no more memory than a piece of
 * it. Pieces are cut between records: at a line end outside quotes.
 */
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { csvParseRows } from 'd3-dsv';
import { BadInputError } from '../bad-input.ts';

const PIECE_BYTES = 1 << 22;

/** Gives a cell of a record by the name of its column; '' when the file has no such column. */
export type CellOf = (record: readonly string[], column: string) => string;

/**
 * Calls `each` for every record after the head. Does nothing when there is no file.
 * @throws BadInputError when a column of `needed` is missing
 */
export function eachRecord(
  path: string,
  needed: readonly string[],
  each: (record: readonly string[], cell: CellOf, columns: readonly string[]) => void,
): void {
  if (!existsSync(path)) return;
  let columns: readonly string[] | undefined;
  const places = new Map<string, number>();
  const cell: CellOf = (record, column) => record[places.get(column) ?? -1] ?? '';
  for (const text of pieces(path)) {
    for (const record of csvParseRows(text)) {
      if (columns === undefined) {
        columns = record;
        for (const [index, name] of record.entries()) places.set(name, index);
        const missing = needed.find((name) => !places.has(name));
        if (missing !== undefined) throw new BadInputError(`has no column '${missing}'`, { file: path });
      } else each(record, cell, columns);
    }
  }
}

/** Texts of whole records, in order. */
function* pieces(path: string): Generator<string> {
  const file = openSync(path, 'r');
  try {
    const decoder = new StringDecoder('utf8');
    const bytes = Buffer.allocUnsafe(PIECE_BYTES);
    let rest = '';
    for (let length = readSync(file, bytes); length > 0; length = readSync(file, bytes)) {
      const text = rest + decoder.write(bytes.subarray(0, length));
      const end = lastRecordEnd(text);
      if (end > 0) yield text.slice(0, end);
      rest = text.slice(end);
    }
    rest += decoder.end();
    if (rest !== '') yield rest;
  } finally {
    closeSync(file);
  }
}

/** Position after the last line end that is not inside quotes; 0 when there is none. */
function lastRecordEnd(text: string): number {
  if (!text.includes('"')) return text.lastIndexOf('\n') + 1;
  let quotes = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) quotes++;
  // Going backwards, a line end is outside quotes when as many quotes stand before it as make pairs.
  for (let at = text.length - 1; at >= 0; at--) {
    const code = text.charCodeAt(at);
    if (code === 34) quotes--;
    else if (code === 10 && quotes % 2 === 0) return at + 1;
  }
  return 0;
}
