/** Equality by value of two parts of an object, for telling what an update has changed. Parts that share identity are equal. */
export function semanticallyEqual(x: unknown, y: unknown): boolean {
  if (x === y) return true;
  if (typeof x !== 'object' || typeof y !== 'object' || x === null || y === null) return false;
  const a = x as Readonly<Record<string, unknown>>;
  const b = y as Readonly<Record<string, unknown>>;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => semanticallyEqual(a[key], b[key]));
}
