/**
 * CSV as every file of a run folder has it: RFC 4180 quoting, `\n` after every line, columns always named by the caller, an
 * empty cell for what is not there. Equal cells give equal bytes on every machine and version of Node.
 */
import { csvFormatRows } from 'd3-dsv';
import type { Cell } from '../record/table.ts';

/**
 * The text of a cell. Numbers have the shortest text that reads back as the same number (ECMAScript's own rule), -0 is 0, and
 * a number that is not finite is empty: a file says what was measured and nothing else.
 */
export function cellText(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'string') return cell;
  if (!Number.isFinite(cell)) return '';
  return String(cell === 0 ? 0 : cell);
}

/** Lines without a head, for files that are written piece by piece; the empty text for no rows. */
export function csvLines(rows: readonly (readonly Cell[])[]): string {
  if (rows.length === 0) return '';
  return `${csvFormatRows(rows.map((row) => row.map(cellText)))}\n`;
}

/**
 * A whole file: the names of the columns, then the rows.
 * @throws RangeError for a name given twice or a row that has not one cell for each column
 */
export function csvText(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const twice = columns.find((name, i) => columns.indexOf(name) !== i);
  if (twice !== undefined) throw new RangeError(`column '${twice}' is given twice`);
  rows.forEach((row, i) => {
    if (row.length !== columns.length) {
      throw new RangeError(
        `row ${i} has ${row.length} cells; there are ${columns.length} columns: ${columns.join(', ')}`,
      );
    }
  });
  return csvLines([columns, ...rows]);
}
