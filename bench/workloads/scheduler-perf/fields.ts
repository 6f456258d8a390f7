/**
 * Reads objects of a scheduler_perf file as Go's JSON does (names of fields in any case), and says with file, line and field what is
 * wrong: a name that no field has, a value of another type.
 */
import { BadInputError } from '../../bad-input.ts';
import { type FieldPath, fieldText, type SourceDocument } from '../documents.ts';
import { describe } from '../manifest-fields.ts';
import { suggestion } from '../near-word.ts';

/** One object of the file. */
export class Fields {
  readonly document: SourceDocument;
  readonly path: FieldPath;
  readonly #values = new Map<string, { readonly key: string; readonly value: unknown }>();

  /** @throws BadInputError when `value` is no object or has a field that is not in `accepted`. */
  constructor(document: SourceDocument, path: FieldPath, value: unknown, accepted?: readonly string[]) {
    this.document = document;
    this.path = path;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw this.error(undefined, `found ${describe(value)}; accepted is an object`);
    }
    for (const [key, child] of Object.entries(value)) this.#values.set(key.toLowerCase(), { key, value: child });
    if (accepted !== undefined) this.accept(accepted);
  }

  accept(accepted: readonly string[]): void {
    const known = new Set(accepted.map((name) => name.toLowerCase()));
    for (const [lower, { key }] of this.#values) {
      if (!known.has(lower))
        throw this.error(key, `there is no such field; accepted: ${accepted.join(', ')}${suggestion(key, accepted)}`);
    }
  }

  get keys(): string[] {
    return [...this.#values.values()].map(({ key }) => key);
  }

  raw(name: string): unknown {
    return this.#values.get(name.toLowerCase())?.value ?? undefined;
  }

  /** The error at a field, or at the whole object. */
  error(name: string | undefined, message: string): BadInputError {
    const path = this.pathOf(name);
    const { file } = this.document;
    return new BadInputError(message, { file, line: this.document.lineOf(path), field: fieldText(path) });
  }

  pathOf(name: string | undefined): FieldPath {
    if (name === undefined) return this.path;
    return [...this.path, this.#values.get(name.toLowerCase())?.key ?? name];
  }

  text(name: string): string | undefined {
    const value = this.raw(name);
    if (value === undefined || typeof value === 'string') return value;
    throw this.error(name, `found ${describe(value)}; accepted is a text`);
  }

  requiredText(name: string): string {
    const value = this.text(name);
    if (value === undefined || value === '') throw this.error(name, 'found nothing; accepted is a text');
    return value;
  }

  flag(name: string): boolean {
    const value = this.raw(name);
    if (value === undefined || typeof value === 'boolean') return value ?? false;
    throw this.error(name, `found ${describe(value)}; accepted: true, false`);
  }

  /** A whole number from 0. */
  count(name: string): number | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    return this.countOf(name, value, 'accepted is a whole number from 0');
  }

  countOf(name: string, value: unknown, accepted: string): number {
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
    throw this.error(name, `found ${describe(value)}; ${accepted}`);
  }

  list(name: string): readonly unknown[] {
    const value = this.raw(name);
    if (value === undefined) return [];
    if (Array.isArray(value)) return value;
    throw this.error(name, `found ${describe(value)}; accepted is a list`);
  }

  texts(name: string): readonly string[] {
    return this.list(name).map((value) => {
      if (typeof value === 'string') return value;
      throw this.error(name, `found ${describe(value)}; accepted is a list of texts`);
    });
  }

  objects(name: string, accepted?: readonly string[]): Fields[] {
    const path = this.pathOf(name);
    return this.list(name).map((value, index) => new Fields(this.document, [...path, index], value, accepted));
  }

  object(name: string, accepted?: readonly string[]): Fields | undefined {
    const value = this.raw(name);
    return value === undefined ? undefined : new Fields(this.document, this.pathOf(name), value, accepted);
  }

  /** An object whose names are free, with their case. */
  entries(name: string): readonly (readonly [string, unknown])[] {
    const fields = this.object(name);
    return fields === undefined ? [] : fields.keys.map((key) => [key, fields.raw(key)] as const);
  }
}
