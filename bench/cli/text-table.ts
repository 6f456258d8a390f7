/** Lines of a table for the terminal: columns as wide as their widest cell, numbers to the right. */

/** `right` tells which columns are aligned to the right. */
export function textTable(rows: readonly (readonly string[])[], right: readonly boolean[]): string[] {
  const widths = right.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    right
      .map((isRight, column) => {
        const cell = row[column] ?? '';
        const width = widths[column] as number;
        return isRight ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
}
