/**
 * What is wrong with a field of an object, and how Kubernetes says it.
 * Source of the texts: staging/src/k8s.io/apimachinery/pkg/util/validation/field/errors.go, util/errors/errors.go.
 */

export type FieldErrorType =
  | 'FieldValueInvalid'
  | 'FieldValueRequired'
  | 'FieldValueNotSupported'
  | 'FieldValueDuplicate'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTypeInvalid'
  | 'FieldValueNotFound';

/** Also the shape of a cause in the details of a Status. */
export interface FieldError {
  readonly reason: FieldErrorType;
  /** Everything after the field, for example `Invalid value: "x": must be …`. */
  readonly message: string;
  /** For example "spec.containers[0].image". */
  readonly field: string;
}

/** A value that was refused by rules of the API; `errors` in the order in which they were found. */
export class FieldErrors extends Error {
  override readonly name = 'FieldErrors';
  readonly errors: readonly FieldError[];

  constructor(errors: readonly FieldError[]) {
    super(aggregateText(errors.map(fieldErrorText)));
    this.errors = errors;
  }
}

/** A member of the field at `path`; the path may be empty. */
export function child(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
  '\v': '\\v',
  '\u0007': '\\a',
};

/** A text in double quotes as Go's %q writes it: what cannot be printed is escaped. */
export function quoted(text: string): string {
  const escaped = text.replace(/["\\\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const known = ESCAPES[character];
    if (known !== undefined) return known;
    const code = character.codePointAt(0) as number;
    return code < 0x80 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
  return `"${escaped}"`;
}

function shown(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  return value === undefined ? 'null' : JSON.stringify(value);
}

function withDetail(text: string, detail: string): string {
  return detail === '' ? text : `${text}: ${detail}`;
}

export function invalid(field: string, value: unknown, detail: string): FieldError {
  return { reason: 'FieldValueInvalid', field, message: withDetail(`Invalid value: ${shown(value)}`, detail) };
}

export function required(field: string, detail = ''): FieldError {
  return { reason: 'FieldValueRequired', field, message: withDetail('Required value', detail) };
}

export function duplicate(field: string, value: unknown): FieldError {
  return { reason: 'FieldValueDuplicate', field, message: `Duplicate value: ${shown(value)}` };
}

export function forbidden(field: string, detail: string): FieldError {
  return { reason: 'FieldValueForbidden', field, message: `Forbidden: ${detail}` };
}

export function notFound(field: string, value: unknown): FieldError {
  return { reason: 'FieldValueNotFound', field, message: `Not found: ${shown(value)}` };
}

/** @param accepted in the order in which the message names them. */
export function notSupported(field: string, value: unknown, accepted: readonly string[]): FieldError {
  const list = accepted.map(quoted).join(', ');
  return {
    reason: 'FieldValueNotSupported',
    field,
    message: withDetail(`Unsupported value: ${shown(value)}`, list === '' ? '' : `supported values: ${list}`),
  };
}

/** A field that has no path is written as Go writes a nil path. */
export function fieldErrorText(error: FieldError): string {
  return `${error.field === '' ? '<nil>' : error.field}: ${error.message}`;
}

/** Several messages as one: each once, in brackets unless there is one only. */
export function aggregateText(messages: readonly string[]): string {
  const distinct = [...new Set(messages)];
  return distinct.length === 1 ? (distinct[0] as string) : `[${distinct.join(', ')}]`;
}
