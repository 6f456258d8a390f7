/**
 * JSON with one text for one value: keys in the order in which the caller wrote them (a Map keeps its own, also for keys that
 * look like numbers, which a plain object moves to the front), two spaces of indentation, `\n` at the end.
 */

/** What can be written; `undefined` members are left out. A number that is not finite becomes null, -0 becomes 0. */
export type JsonInput =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly JsonInput[]
  | ReadonlyMap<string, JsonInput>
  | { readonly [key: string]: JsonInput };

/** The text of a document. @throws TypeError for what JSON cannot hold, with its path */
export function jsonText(value: JsonInput): string {
  return `${render(value, '', '$')}\n`;
}

function render(value: JsonInput, indent: string, path: string): string {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value === 0 ? 0 : value) : 'null';
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value);
  if (typeof value !== 'object') throw new TypeError(`${path} is a ${typeof value}; JSON cannot hold it`);
  const inner = `${indent}  `;
  if (isList(value)) {
    const items = value.map((item, i) => render(item ?? null, inner, `${path}[${i}]`));
    // A short list of plain values, such as an interval, stays on its line.
    const plain = value.every((item) => typeof item !== 'object' || item === null);
    if (plain && items.join(', ').length <= 80) return `[${items.join(', ')}]`;
    return block('[', items, ']', indent);
  }
  const entries = value instanceof Map ? [...value.entries()] : Object.entries(value);
  const members = entries
    .filter(([, member]) => member !== undefined)
    .map(([key, member]) => `${JSON.stringify(key)}: ${render(member as JsonInput, inner, `${path}.${key}`)}`);
  return block('{', members, '}', indent);
}

function isList(value: object): value is readonly JsonInput[] {
  return Array.isArray(value);
}

function block(open: string, members: readonly string[], close: string, indent: string): string {
  if (members.length === 0) return open + close;
  return `${open}\n${members.map((member) => `${indent}  ${member}`).join(',\n')}\n${indent}${close}`;
}
