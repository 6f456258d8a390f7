/** Which fields objects have, and in which order: what decides whether one can be copied field by field as a known literal. */

/** Whether an object has these fields in this order, so that a copy that is written so is the same in every respect. */
export function hasFields<T extends object, F extends keyof T & string>(
  object: T,
  fields: readonly F[],
): object is T & Required<Pick<T, F>> {
  let at = 0;
  for (const field in object as object) if (field !== fields[at++]) return false;
  return at === fields.length;
}

/** As an object is while it is being made. */
export type Mutable<T> = { -readonly [F in keyof T]: T[F] };

/** A copy to put fields into. Copies of objects with the same fields are of one hidden class, which spreads of many classes are not. */
export function copyOf<T extends object>(object: T): Mutable<T> {
  const fields = object as Readonly<Record<string, unknown>>;
  const copy: Record<string, unknown> = {};
  for (const field in fields) copy[field] = fields[field];
  return copy as Mutable<T>;
}
