/**
 * What is wrong with something a person wrote: a file, a field, an option. Everything in `bench` that reads input throws
 * this and nothing else for it; the command line prints the message without a stack and exits with 2.
 */

export interface InputPlace {
  /** As the person named it, relative or absolute. */
  readonly file: string;
  /** 1-based. */
  readonly line?: number | undefined;
  /** Path of the field, for example "spec.containers[0].image". */
  readonly field?: string | undefined;
}

/** `file:line: field`, with what is known. */
export function placeText(place: InputPlace): string {
  const line = place.line === undefined ? '' : `:${place.line}`;
  return `${place.file}${line}${place.field ? `: ${place.field}` : ''}`;
}

/** A message for a person: where it is, what was found, what is accepted. */
export class BadInputError extends Error {
  override readonly name = 'BadInputError';

  constructor(message: string, place?: InputPlace) {
    super(place === undefined ? message : `${placeText(place)}: ${message}`);
  }
}
