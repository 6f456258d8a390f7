/** Text of HTML and SVG. All text that comes from outside passes through `escapeText`. */

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as content or as the value of a quoted attribute. */
export function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (found) => ENTITIES[found] as string);
}

/** A coordinate: one decimal is finer than any screen, and short. */
export function coordinate(value: number): string {
  const rounded = Math.round(value * 10) / 10;
  return String(rounded === 0 ? 0 : rounded);
}

export interface TableColumn {
  readonly title: string;
  readonly numeric?: boolean;
  /** Class of the column's cells. */
  readonly class?: string;
}

/** A cell: text that is escaped here, or markup that its maker escaped. `sort` is a number to sort by. */
export type TableCell = string | { readonly html: string; readonly sort?: number | undefined };

/**
 * A table in a region of its own that can be scrolled by keyboard; the first cell of each row is its head. On a phone the cells
 * of a stacked table stand below each other, each with the title of its column; in a compact one intervals stand below their means.
 */
export function table(
  caption: string,
  columns: readonly TableColumn[],
  rows: readonly { readonly class?: string; readonly cells: readonly TableCell[] }[],
  look: { readonly stacked?: boolean; readonly compact?: boolean } = {},
): string {
  const head = columns.map((column) => `<th scope="col"${classes(column)}>${escapeText(column.title)}</th>`).join('');
  const body = rows.map(({ class: name, cells }) => {
    const inner = cells
      .map((cell, index) => cellMarkup(cell, columns[index] as TableColumn, index === 0, look.stacked === true))
      .join('');
    return `<tr${name === undefined ? '' : ` class="${name}"`}>${inner}</tr>`;
  });
  return (
    `<div class="scroll" role="region" tabindex="0" aria-label="${escapeText(caption)}"><table${tableClass(look)}>` +
    `<caption>${escapeText(caption)}</caption><thead><tr>${head}</tr></thead><tbody>\n${body.join('\n')}\n</tbody></table></div>`
  );
}

function tableClass({ stacked, compact }: { readonly stacked?: boolean; readonly compact?: boolean }): string {
  const names = [stacked === true ? 'stacked' : '', compact === true ? 'compact' : ''].filter((name) => name !== '');
  return names.length === 0 ? '' : ` class="${names.join(' ')}"`;
}

function classes(column: TableColumn): string {
  const names = [column.numeric === true ? 'n' : '', column.class ?? ''].filter((name) => name !== '');
  return names.length === 0 ? '' : ` class="${names.join(' ')}"`;
}

function cellMarkup(cell: TableCell, column: TableColumn, first: boolean, titled: boolean): string {
  const html = typeof cell === 'string' ? escapeText(cell) : cell.html;
  const sort = typeof cell === 'string' || !Number.isFinite(cell.sort) ? '' : ` data-sort="${cell.sort}"`;
  return first
    ? `<th scope="row"${classes(column)}${sort}>${html}</th>`
    : `<td${classes(column)}${sort}${titled ? ` data-title="${escapeText(column.title)}"` : ''}>${html}</td>`;
}

/** Names of policies in their colour and dash, above a chart; from the `first` on. */
export function legend(policies: readonly string[], first = 0): string {
  const items = policies.map(
    (policy, index) =>
      `<li class="p${index}"><svg class="key" viewBox="0 0 28 10" aria-hidden="true"><path class="line p${index}" d="M1 5H27"/></svg>${escapeText(policy)}</li>`,
  );
  return `<ul class="legend">${items.slice(first).join('')}</ul>`;
}

/** A title as the beginning of a line; a name such as nvidia.com/gpu stays as it is written. */
export function capital(text: string): string {
  return /^\S*[./]/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
}
