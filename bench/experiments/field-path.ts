/** Paths of fields as people write them (cluster.nodes[0].count), for --set and factors. */
import { BadInputError } from '../bad-input.ts';
import { type FieldPath, fieldText } from '../workloads/documents.ts';

const PART = /\.?([A-Za-z_][A-Za-z0-9_-]*)|\[(\d+)\]|\["([^"]+)"\]|\.(\d+)/y;

/** @throws BadInputError for what is no path. */
export function parseFieldPath(text: string): FieldPath {
  const path: (string | number)[] = [];
  PART.lastIndex = 0;
  while (PART.lastIndex < text.length) {
    const match = PART.exec(text);
    if (match === null) throw new BadInputError(`found '${text}'; accepted is a path such as cluster.nodes[0].count`);
    const [, name, index, quoted, dotted] = match;
    const number = index ?? dotted;
    path.push(number === undefined ? ((name ?? quoted) as string) : Number(number));
  }
  if (path.length === 0) throw new BadInputError("found ''; accepted is a path such as cluster.nodes[0].count");
  return path;
}

/**
 * A copy with one field changed; what is not on the path is shared. Objects on the way are made, list items are not.
 * @throws BadInputError that says where the path leaves what is there, and what it could name instead
 */
export function withField(value: unknown, path: FieldPath, field: unknown): unknown {
  return changed(value, path, 0, field);
}

function changed(value: unknown, path: FieldPath, depth: number, field: unknown): unknown {
  const part = path[depth];
  if (part === undefined) return field;
  const where = depth === 0 ? 'the experiment' : fieldText(path.slice(0, depth));
  if (typeof part === 'number') {
    const items = itemsOf(value, part, where);
    return items.map((item, index) => (index === part ? changed(item, path, depth + 1, field) : item));
  }
  if (value !== undefined && (typeof value !== 'object' || value === null || Array.isArray(value))) {
    const items = Array.isArray(value) ? `; accepted: ${where}[0] and so on` : '';
    throw new BadInputError(`${where} is ${spoken(value)}, so there is no field ${part}${items}`);
  }
  const object = (value ?? {}) as Record<string, unknown>;
  // A field that is not there can be made, but not an item of it: most likely the name is wrong.
  if (object[part] === undefined && typeof path[depth + 1] === 'number') {
    throw new BadInputError(`${where} has no list ${part}; it has ${Object.keys(object).join(', ')}`);
  }
  return { ...object, [part]: changed(object[part], path, depth + 1, field) };
}

function itemsOf(value: unknown, item: number, where: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new BadInputError(`${where} is ${spoken(value)}, so there is no item [${item}]`);
  if (item < value.length) return value;
  const last = value.length - 1;
  const accepted = last < 0 ? 'none, the list is empty' : last === 0 ? '[0]' : `[0] to [${last}]`;
  throw new BadInputError(`${where} has no item [${item}]; accepted: ${accepted}`);
}

function spoken(value: unknown): string {
  return Array.isArray(value) ? `a list of ${value.length}` : JSON.stringify(value);
}
