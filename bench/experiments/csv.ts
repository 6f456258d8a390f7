/** CSV text of the run folder: RFC 4180 quoting, `\n` line ends, empty cells for what is not there. */
import { csvFormatRows } from 'd3-dsv';
import type { Cell } from '../../results/index.ts';

/** Lines with their line ends; the empty text for no rows. */
export function csvLines(rows: readonly (readonly Cell[])[]): string {
  if (rows.length === 0) return '';
  return `${csvFormatRows(rows.map((row) => row.map((cell) => (cell === null ? '' : String(cell)))))}\n`;
}
