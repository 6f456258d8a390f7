/**
 * An object template of a scheduler_perf file: Go template, then YAML, then an object with the names of v1.34's fields, whatever their
 * case in the file.
 */
import { existsSync } from 'node:fs';
import type { KubeObject } from '../../../models/objects/meta.ts';
import { type Resource, resourceOfKind } from '../../../models/objects/resources.ts';
import { BadInputError } from '../../bad-input.ts';
import { type FieldPath, fieldText, parseDocuments, readText, type SourceDocument } from '../documents.ts';
import { fieldTable, type KnownField } from '../field-tables.ts';
import { checkFields, describe } from '../manifest-fields.ts';
import type { SharedBlocks } from '../plain-yaml.ts';
import { GoTemplate, type TemplateEnvironment } from './go-template.ts';

const METADATA: KnownField = { type: 'ObjectMeta', isList: false, modelled: true };

export class ObjectTemplate<T extends KubeObject = KubeObject> {
  readonly file: string;
  readonly #text: GoTemplate;
  readonly #shared: SharedBlocks = new Map();
  readonly #kinds: readonly string[] | undefined;
  readonly #note: (what: string) => void;
  #constant: T | undefined;

  /**
   * @param kinds those that may stand in the file; undefined: all that the API server serves
   * @param note hears of fields that Kubernetes obeys and no model does
   */
  constructor(file: string, kinds: readonly string[] | undefined, note: (what: string) => void) {
    this.file = file;
    this.#kinds = kinds;
    this.#note = note;
    this.#text = new GoTemplate(file, readText(file));
  }

  /** The object for one environment; the same object again where the template depends on nothing. @throws BadInputError */
  object(environment: TemplateEnvironment): T {
    if (this.#constant !== undefined) return this.#constant;
    const object = this.#read(this.#text.execute(environment));
    if (this.#text.isConstant) this.#constant = object;
    return object;
  }

  resource(environment: TemplateEnvironment): Resource<T> {
    const { apiVersion, kind } = this.object(environment);
    return resourceOfKind(apiVersion, kind) as Resource<T>;
  }

  #read(text: string): T {
    const documents = parseDocuments(this.file, text, this.#shared);
    const [document] = documents;
    if (document === undefined || documents.length > 1) {
      throw new BadInputError(`found ${documents.length} objects; accepted is one`, { file: this.file });
    }
    const { apiVersion, kind } = document.value as Partial<KubeObject>;
    const resource = resourceOfKind(String(apiVersion), String(kind));
    const isAccepted = this.#kinds === undefined || this.#kinds.includes(String(kind));
    if (resource === undefined || !isAccepted) {
      const accepted = this.#kinds?.join(', ') ?? 'a kind that the simulated API server serves';
      throw errorAt(document, ['kind'], `found ${describe(kind)} (${describe(apiVersion)}); accepted: ${accepted}`);
    }
    const object = withKnownNames(document.value as Record<string, unknown>, kind as string);
    checkFields(resource, object, {
      error: (field, message) => errorAt(document, field, message),
      report: (what) => this.#note(what),
    });
    return object as unknown as T;
  }
}

/** A file that an operation needs is not there: its workload cannot be run, others can. */
export class MissingTemplateError extends Error {
  override readonly name = 'MissingTemplateError';
}

/** @throws MissingTemplateError with the message that `error` makes, when there is no such file. */
export function requireTemplate(file: string, error: (message: string) => BadInputError): string {
  if (existsSync(file)) return file;
  throw new MissingTemplateError(error(`${file} does not exist; accepted is the file of an object template`).message);
}

function errorAt(document: SourceDocument, field: FieldPath, message: string): BadInputError {
  return new BadInputError(message, { file: document.file, line: document.lineOf(field), field: fieldText(field) });
}

function withKnownNames(object: Record<string, unknown>, kind: string): Record<string, unknown> {
  const { metadata, ...rest } = object;
  const known = renamed(rest, { type: kind, isList: false, modelled: true }) as Record<string, unknown>;
  return { ...known, metadata: renamed(metadata ?? {}, METADATA) };
}

/** Kept objects are the same, so that equal specifications stay shared. */
const renamedObjects = new WeakMap<object, unknown>();

/** Names of fields as v1.34 spells them; what is not known stays, and is refused later. */
function renamed(value: unknown, field: KnownField | undefined): unknown {
  if (typeof value !== 'object' || value === null || field?.type === undefined) return value;
  const before = renamedObjects.get(value);
  if (before !== undefined) return before;
  const after = Array.isArray(value) ? value.map((item) => renamed(item, field)) : renamedFields(value, field.type);
  renamedObjects.set(value, after);
  return after;
}

function renamedFields(value: object, type: string): Record<string, unknown> {
  const table = fieldTable(type);
  const byLower = new Map([...(table?.keys() ?? [])].map((name) => [name.toLowerCase(), name]));
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => {
      const name = table?.has(key) === true ? key : (byLower.get(key.toLowerCase()) ?? key);
      return [name, renamed(child, table?.get(name))];
    }),
  );
}
