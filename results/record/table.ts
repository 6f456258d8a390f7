/**
 * A table of samples: rows named by a key, columns of numbers or text, filled in any order while a run goes on and
 * written out at its end. It knows nothing of what the rows stand for; whoever records names the columns.
 *
 * Numbers lie in typed arrays, one for each column, so that a table of 50,000 rows costs a few megabytes.
 */

export interface Column {
  readonly name: string;
  readonly type: 'number' | 'text';
  /** Unit of a number as the documentation names it, for example "µs"; absent for counts and text. */
  readonly unit?: string;
}

/** A number, a text, or null for an empty cell. */
export type Cell = number | string | null;

/** `row(key)` finds or makes a row, `setNumber` and `setText` fill its cells, `rows` gives all in the order in which they were made. */
export class Table {
  readonly columns: readonly Column[];
  readonly #rowOfKey = new Map<string, number>();
  readonly #numbers: (Float64Array | undefined)[];
  readonly #texts: (string[] | undefined)[];
  readonly #columnOfName: ReadonlyMap<string, number>;
  #capacity = 64;

  /** The first column holds the key and must be of type text. */
  constructor(columns: readonly Column[]) {
    if (columns[0]?.type !== 'text') throw new TypeError('the first column of a table holds its key and must be text');
    this.columns = columns;
    this.#columnOfName = new Map(columns.map(({ name }, index) => [name, index]));
    this.#numbers = columns.map(({ type }) => (type === 'number' ? emptyNumbers(this.#capacity) : undefined));
    this.#texts = columns.map(({ type }) => (type === 'text' ? [] : undefined));
  }

  /** Number of rows. */
  get length(): number {
    return this.#rowOfKey.size;
  }

  /** Index of a column, for the calls below. @throws RangeError for a name that the table does not have. */
  column(name: string): number {
    const index = this.#columnOfName.get(name);
    if (index === undefined) {
      throw new RangeError(`column is '${name}'; accepted are ${[...this.#columnOfName.keys()].join(', ')}`);
    }
    return index;
  }

  /** The row of a key, made when it is new; rows keep the order in which they were made. */
  row(key: string): number {
    let row = this.#rowOfKey.get(key);
    if (row === undefined) {
      row = this.#rowOfKey.size;
      if (row === this.#capacity) this.#grow();
      this.#rowOfKey.set(key, row);
      for (const texts of this.#texts) texts?.push('');
      (this.#texts[0] as string[])[row] = key;
    }
    return row;
  }

  has(key: string): boolean {
    return this.#rowOfKey.has(key);
  }

  setNumber(row: number, column: number, value: number): void {
    this.#numbersOf(column)[row] = value;
  }

  setText(row: number, column: number, value: string): void {
    const texts = this.#texts[column];
    if (texts === undefined) throw new TypeError(`column ${column} holds numbers`);
    texts[row] = value;
  }

  /** Adds to a number; an empty cell counts as 0. */
  add(row: number, column: number, amount: number): void {
    const numbers = this.#numbersOf(column);
    const before = numbers[row] as number;
    numbers[row] = Number.isNaN(before) ? amount : before + amount;
  }

  /** NaN when the cell is empty. */
  number(row: number, column: number): number {
    return this.#numbersOf(column)[row] as number;
  }

  text(row: number, column: number): string {
    return this.#texts[column]?.[row] ?? '';
  }

  /** All rows in order of making, cells in order of the columns. */
  *rows(): Generator<Cell[]> {
    for (let row = 0; row < this.length; row++) {
      yield this.columns.map((_, column) => {
        const numbers = this.#numbers[column];
        if (numbers === undefined) return this.text(row, column);
        const value = numbers[row] as number;
        return Number.isNaN(value) ? null : value;
      });
    }
  }

  /** The numbers of one column that are not empty, in row order. */
  values(column: number): number[] {
    const numbers = this.#numbersOf(column);
    const found: number[] = [];
    for (let row = 0; row < this.length; row++) {
      const value = numbers[row] as number;
      if (!Number.isNaN(value)) found.push(value);
    }
    return found;
  }

  #numbersOf(column: number): Float64Array {
    const numbers = this.#numbers[column];
    if (numbers === undefined) throw new TypeError(`column ${column} holds text`);
    return numbers;
  }

  #grow(): void {
    this.#capacity *= 2;
    this.#numbers.forEach((numbers, column) => {
      if (numbers === undefined) return;
      const larger = emptyNumbers(this.#capacity);
      larger.set(numbers);
      this.#numbers[column] = larger;
    });
  }
}

function emptyNumbers(length: number): Float64Array {
  return new Float64Array(length).fill(Number.NaN);
}
