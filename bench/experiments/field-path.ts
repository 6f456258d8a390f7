/** Paths of fields as people write them (cluster.nodes[0].count), for --set and factors. */
import { BadInputError } from '../bad-input.ts';
import type { FieldPath } from '../workloads/documents.ts';

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

/** A copy with one field changed; what is not on the path is shared. Objects on the way are made, list items are not. */
export function withField(value: unknown, path: FieldPath, field: unknown): unknown {
  const [part, ...rest] = path;
  if (part === undefined) return field;
  if (typeof part === 'number') {
    if (!Array.isArray(value) || part >= value.length) {
      const found = Array.isArray(value) ? `a list of ${value.length}` : 'no list';
      throw new BadInputError(`there is no item [${part}]: found ${found}`);
    }
    return value.map((item, index) => (index === part ? withField(item, rest, field) : item));
  }
  if (value !== undefined && (typeof value !== 'object' || value === null || Array.isArray(value))) {
    throw new BadInputError(`there is no field '${part}' in ${JSON.stringify(value)}`);
  }
  const object = (value ?? {}) as Record<string, unknown>;
  return { ...object, [part]: withField(object[part], rest, field) };
}
