/** A value of an experiment as one cell of a table or a word of a message. */
export function formatCell(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
