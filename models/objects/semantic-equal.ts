/**
 * Whether an update changes anything: equality by value, where a missing field, null and an empty list are alike.
 * Parts that share their identity are not looked into. Source: apimachinery/pkg/api/equality/semantic.go.
 */
export function semanticEqual(x: unknown, y: unknown): boolean {
  if (x === y || (isNothing(x) && isNothing(y))) return true;
  if (typeof x !== 'object' || typeof y !== 'object' || x === null || y === null) return false;
  if (Array.isArray(x) !== Array.isArray(y)) return false;
  const a = x as Readonly<Record<string, unknown>>;
  const b = y as Readonly<Record<string, unknown>>;
  for (const key in a) if (!semanticEqual(a[key], b[key])) return false;
  for (const key in b) if (!(key in a) && !isNothing(b[key])) return false;
  return true;
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}
