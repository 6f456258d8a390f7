/**
 * Tables as kubectl lays them out: columns as wide as their longest cell and three spaces, at least six; the last cell of a line
 * is not padded.
 * Source: staging/src/k8s.io/cli-runtime/pkg/printers/{tableprinter,tabwriter}.go.
 */
import { formatLabels } from '../label-selector.ts';
import type { KubeObject } from '../meta.ts';
import { printerOf } from './printers.ts';
import type { Cell } from './table.ts';

export interface TextOptions {
  readonly wide?: boolean | undefined;
  readonly withNamespace?: boolean | undefined;
  /** Names as `kind/name` or `kind.group/name`. */
  readonly withKind?: boolean | undefined;
  readonly showLabels?: boolean | undefined;
  /** Labels that get a column of their own. */
  readonly labelColumns?: readonly string[] | undefined;
  readonly noHeaders?: boolean | undefined;
}

/** How wide columns are made. */
interface Spacing {
  readonly padding: number;
  readonly minWidth: number;
  /** A later run of a column is at least as wide as an earlier one. */
  readonly remembers: boolean;
}

const TABLE: Spacing = { padding: 3, minWidth: 6, remembers: true };
const DESCRIPTION: Spacing = { padding: 2, minWidth: 0, remembers: false };

const MILLION = 1_000_000;

/** Numbers reach kubectl as floats, which Go writes with an exponent from a million on. */
function numberText(value: number): string {
  if (Math.abs(value) < MILLION) return String(value);
  return value.toExponential().replace(/e\+(\d)$/, 'e+0$1');
}

/** Up to the first line break, with "..." in place of the rest. */
function cellText(cell: Cell): string {
  const text = typeof cell === 'number' ? numberText(cell) : String(cell);
  const end = text.search(/[\f\n\r]/);
  return end < 0 ? text : `${text.slice(0, end)}...`;
}

/** Characters, not code units. */
function width(text: string): number {
  return [...text].length;
}

/**
 * Lays out lines whose cells need not be equally many (a tab within a cell ends it): a column is a run of lines that have a cell
 * there which is not their last.
 */
class Layout {
  readonly #lines: readonly (readonly string[])[];
  readonly #spacing: Spacing;
  readonly #widest: number[] = [];
  #text = '';

  constructor(lines: readonly (readonly string[])[], spacing: Spacing) {
    this.#lines = lines;
    this.#spacing = spacing;
  }

  run(): string {
    this.#format(0, this.#lines.length, []);
    return this.#text;
  }

  #format(from: number, to: number, widths: readonly number[]): void {
    const column = widths.length;
    let printed = from;
    for (let i = from; i < to; i++) {
      if (!this.#hasCell(i, column)) continue;
      this.#print(printed, i, widths);
      let end = i;
      let columnWidth = Math.max(this.#spacing.minWidth, this.#widest[column] ?? 0);
      for (; end < to && this.#hasCell(end, column); end++) {
        columnWidth = Math.max(columnWidth, width(this.#lines[end]?.[column] as string) + this.#spacing.padding);
      }
      if (this.#spacing.remembers) this.#widest[column] = columnWidth;
      this.#format(i, end, [...widths, columnWidth]);
      printed = end;
      i = end - 1;
    }
    this.#print(printed, to, widths);
  }

  /** Whether a line has a cell in the column that ends before the line does. */
  #hasCell(line: number, column: number): boolean {
    return column < (this.#lines[line] as readonly string[]).length - 1;
  }

  #print(from: number, to: number, widths: readonly number[]): void {
    for (let i = from; i < to; i++) {
      const line = this.#lines[i] as readonly string[];
      for (const [j, cell] of line.entries()) {
        this.#text += j < line.length - 1 ? cell + ' '.repeat((widths[j] as number) - width(cell)) : cell;
      }
      this.#text += '\n';
    }
  }
}

/** Lines of cells as text; each line ends in a newline. */
export function layOut(lines: readonly (readonly string[])[]): string {
  return new Layout(
    lines.map((line) => line.flatMap((cell) => cell.split('\t'))),
    TABLE,
  ).run();
}

/** Lines whose cells are separated by tabs, laid out as `kubectl describe` does: two spaces between columns. */
export function alignTabs(lines: readonly string[]): string {
  return new Layout(
    lines.map((line) => line.split('\t')),
    DESCRIPTION,
  ).run();
}

/** The name of a kind before a slash: "pod", "deployment.apps". */
export function kindPrefix(object: Pick<KubeObject, 'kind' | 'apiVersion'>): string {
  const slash = object.apiVersion.indexOf('/');
  const group = slash < 0 ? '' : `.${object.apiVersion.slice(0, slash)}`;
  return `${object.kind}${group}`.toLowerCase();
}

/** Objects of one kind as `kubectl get` prints them. `now` is in seconds since 1970. */
export function tableText(objects: readonly KubeObject[], nowSeconds: number, options: TextOptions = {}): string {
  const [first] = objects;
  if (first === undefined) return '';
  const printer = printerOf(first.kind);
  const shown = printer.columns
    .map((column, i) => ({ column, i }))
    .filter(({ column }) => options.wide || column.priority === 0);
  const labelColumns = options.labelColumns ?? [];
  const header = [
    ...(options.withNamespace ? ['NAMESPACE'] : []),
    ...shown.map(({ column }) => column.name.toUpperCase()),
    ...labelColumns.map((label) => (label.split('/').at(-1) as string).toUpperCase()),
    ...(options.showLabels ? ['LABELS'] : []),
  ];
  const rows = objects.map((object) => {
    const cells = printer.row(object, nowSeconds);
    const { labels, namespace } = object.metadata;
    return [
      ...(options.withNamespace ? [namespace ?? ''] : []),
      ...shown.map(({ column, i }) => {
        const text = cellText(cells[i] ?? '');
        return options.withKind && column.format === 'name' ? `${kindPrefix(object)}/${text}` : text;
      }),
      ...labelColumns.map((label) => labels?.[label] ?? ''),
      ...(options.showLabels ? [formatLabels(labels)] : []),
    ];
  });
  return layOut(options.noHeaders ? rows : [header, ...rows]);
}
