/** Fills in fields that are missing, copying an object only when there is something to fill in. */

import { copyOf } from '../field-layout.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The object with every missing (or null) field of `fallback`; the object itself when none is missing. */
export function withMissing<T extends object>(object: T, fallback: Fields): T {
  const given = object as unknown as Fields;
  let result: Record<string, unknown> | undefined;
  for (const name in fallback) {
    if (given[name] !== undefined && given[name] !== null) continue;
    if (fallback[name] === undefined) continue;
    result ??= copyOf(given);
    result[name] = fallback[name];
  }
  return (result ?? object) as unknown as T;
}

/** The object with one field replaced; the object itself when the field has that very value. */
export function withField<T extends object, K extends keyof T>(object: T, name: K, value: T[K]): T {
  if (object[name] === value) return object;
  const copy = copyOf<Fields>(object as unknown as Fields);
  copy[name as string] = value;
  return copy as unknown as T;
}

/** Each element changed; the list itself when none changes. */
export function mapShared<T>(list: readonly T[], change: (element: T) => T): readonly T[] {
  let changed = false;
  const result = list.map((element) => {
    const next = change(element);
    if (next !== element) changed = true;
    return next;
  });
  return changed ? result : list;
}

/**
 * A pure function on objects that is computed once for each object. What it gives counts as its own result, so that it may be
 * applied again without making copies.
 */
export function sharedByIdentity<T extends object>(compute: (object: T) => T): (object: T) => T {
  const known = new WeakMap<T, T>();
  return (object) => {
    let result = known.get(object);
    if (result === undefined) {
      result = compute(object);
      known.set(object, result);
      known.set(result, result);
    }
    return result;
  };
}
