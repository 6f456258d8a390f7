/**
 * Reads fields of a plain object, as strict decoding does: unknown fields and wrong types are noted with their path, and reading
 * goes on, so that one look finds all that is wrong.
 */
import { ConfigurationError, type ConfigurationProblem, type FieldPath } from './configuration-error.ts';

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export class Problems {
  readonly #problems: ConfigurationProblem[] = [];

  note(path: FieldPath, found: unknown, accepted: string): void {
    this.#problems.push({ path, found, accepted });
  }

  /** @throws ConfigurationError when anything was noted. */
  throwIfAny(): void {
    if (this.#problems.length > 0) throw new ConfigurationError(this.#problems);
  }
}

const INT32_MAX = 2 ** 31 - 1;

/** One object of the configuration. Each accessor gives `undefined` for a field that is absent or null, or that is wrong. */
export class ConfigReader {
  readonly path: FieldPath;
  readonly problems: Problems;
  readonly #fields: Fields;

  /** @param known names of all fields that the object may have */
  constructor(value: unknown, path: FieldPath, problems: Problems, known: readonly string[]) {
    this.path = path;
    this.problems = problems;
    this.#fields = isFields(value) ? value : {};
    if (!isFields(value)) problems.note(path, value, 'accepted is an object');
    for (const name of Object.keys(this.#fields)) {
      if (!known.includes(name)) {
        problems.note([...path, name], this.#fields[name], `unknown field "${name}"; accepted are ${known.join(', ')}`);
      }
    }
  }

  get isEmpty(): boolean {
    return Object.keys(this.#fields).length === 0;
  }

  at(name: string): FieldPath {
    return [...this.path, name];
  }

  raw(name: string): unknown {
    return this.#fields[name] ?? undefined;
  }

  note(name: string, accepted: string): void {
    this.problems.note(this.at(name), this.raw(name), accepted);
  }

  string(name: string): string | undefined {
    const value = this.raw(name);
    if (value === undefined || typeof value === 'string') return value;
    this.note(name, 'accepted is a string');
    return undefined;
  }

  boolean(name: string): boolean | undefined {
    const value = this.raw(name);
    if (value === undefined || typeof value === 'boolean') return value;
    this.note(name, 'accepted is true or false');
    return undefined;
  }

  number(name: string): number | undefined {
    const value = this.raw(name);
    if (value === undefined || typeof value === 'number') return value;
    this.note(name, 'accepted is a number');
    return undefined;
  }

  /** A whole number of 32 bits, within the limits. */
  integer(
    name: string,
    min = -INT32_MAX - 1,
    max = INT32_MAX,
    rule = `accepted is a whole number from ${min} to ${max}`,
  ): number | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
    this.note(name, typeof value === 'number' && Number.isInteger(value) ? rule : 'accepted is a whole number');
    return undefined;
  }

  object(name: string, known: readonly string[]): ConfigReader | undefined {
    const value = this.raw(name);
    return value === undefined ? undefined : new ConfigReader(value, this.at(name), this.problems, known);
  }

  list(name: string): readonly unknown[] {
    const value = this.raw(name);
    if (value === undefined) return [];
    if (Array.isArray(value)) return value;
    this.note(name, 'accepted is a list');
    return [];
  }

  objects(name: string, known: readonly string[]): readonly ConfigReader[] {
    return this.list(name).map((item, i) => new ConfigReader(item, [...this.at(name), i], this.problems, known));
  }

  strings(name: string): readonly string[] {
    return this.list(name).filter((item, i): item is string => {
      if (typeof item !== 'string') this.problems.note([...this.at(name), i], item, 'accepted is a string');
      return typeof item === 'string';
    });
  }
}
