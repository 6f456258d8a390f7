/**
 * Whether an update changes anything: equality by value, where a missing field, null and an empty list are alike.
 * Parts that share their identity are not looked into. Source: apimachinery/pkg/api/equality/semantic.go.
 */
export function semanticEqual(x: unknown, y: unknown): boolean {
  if (x === y || (isNothing(x) && isNothing(y))) return true;
  if (typeof x !== 'object' || typeof y !== 'object' || x === null || y === null) return false;
  if (Array.isArray(x) || Array.isArray(y)) return Array.isArray(x) && Array.isArray(y) && sameItems(x, y);
  const a = x as Readonly<Record<string, unknown>>;
  const b = y as Readonly<Record<string, unknown>>;
  for (const key in a) if (!semanticEqual(a[key], b[key])) return false;
  for (const key in b) if (!(key in a) && !isNothing(b[key])) return false;
  return true;
}

/** Of two lists that differ in length the rest is looked at first: it mostly tells. */
function sameItems(x: readonly unknown[], y: readonly unknown[]): boolean {
  const both = Math.min(x.length, y.length);
  const longer = x.length > y.length ? x : y;
  for (let i = both; i < longer.length; i++) if (!isNothing(longer[i])) return false;
  for (let i = 0; i < both; i++) if (x[i] !== y[i] && !semanticEqual(x[i], y[i])) return false;
  return true;
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}
