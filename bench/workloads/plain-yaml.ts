/**
 * A fast reader for the plain subset of YAML in which machines write manifests: block mappings and sequences, one-line
 * scalars, literal blocks, full-line comments. Whatever else a text contains makes it `NOT_PLAIN`, and the caller asks the
 * `yaml` package; a property test shows that both give equal values. It exists because manifests of whole clusters have
 * hundreds of thousands of lines, for which the package needs many seconds.
 *
 * Equal texts of a spec, a status, annotations or labels give the same value (identity), so that 7,000 Pods of 100 shapes share 100 specs.
 */

/** The text uses more of YAML than this reader knows, or is not YAML. */
export const NOT_PLAIN = Symbol('not plain');

const KEY = /^([A-Za-z_][A-Za-z0-9_./-]*):(?: +(.*))?$/;
const PLAIN_START = /^[A-Za-z0-9_/.+-]/;
const NOT_IN_PLAIN = /\t|: | #|:$/;
const INTEGER = /^[-+]?[0-9]+$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const SPECIAL_NUMBER = /^(?:0o[0-7]+|0x[0-9a-fA-F]+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const WORDS = new Map<string, boolean | null>([
  ['null', null],
  ['Null', null],
  ['NULL', null],
  ['true', true],
  ['True', true],
  ['TRUE', true],
  ['false', false],
  ['False', false],
  ['FALSE', false],
]);

/** Thrown inside this file only, to leave all levels at once. */
const GIVE_UP = new Error('not plain');

interface Line {
  readonly indent: number;
  /** Without the indent and without spaces at the end. */
  readonly text: string;
  /** Index among all lines of the text, for literal blocks. */
  readonly index: number;
}

/** A place in the lines; the parts of a document are read in order. */
class Cursor {
  readonly raw: readonly string[];
  readonly lines: Line[] = [];
  at = 0;

  constructor(text: string) {
    this.raw = text.split('\n');
    this.raw.forEach((raw, index) => {
      const content = raw.trimStart();
      if (content === '' || content.startsWith('#')) {
        if (raw.includes('\t') || raw.includes('\r')) throw GIVE_UP;
        return;
      }
      this.lines.push({ indent: raw.length - content.length, text: content.trimEnd(), index });
    });
  }

  peek(): Line | undefined {
    return this.lines[this.at];
  }
}

/** Values of blocks by their text, indent and key included; hand the same map to all documents of a file set. */
export type SharedBlocks = Map<string, unknown>;

/** The value of one document, or NOT_PLAIN. */
export function parsePlainYaml(text: string, shared: SharedBlocks = new Map()): unknown {
  if (text.includes('\t') || text.includes('\r') || text.includes('\u2028') || text.includes('\ufeff'))
    return NOT_PLAIN;
  try {
    if (TOP_LEVEL_KEY.test(text)) return readBlocks(text.split(BEFORE_TOP_LEVEL), 0, shared);
    const cursor = new Cursor(text);
    const value = readNode(cursor, 0);
    return cursor.peek() === undefined ? value : NOT_PLAIN;
  } catch (error) {
    if (error === GIVE_UP) return NOT_PLAIN;
    throw error;
  }
}

/** Whether a text is a mapping of plain keys, and where the lines of its keys begin: comments and all are cut there. */
const TOP_LEVEL_KEY = /^[A-Za-z_]/;
const BEFORE_TOP_LEVEL = /\n(?=[A-Za-z_"'])/;

/** The same of the fields of metadata, which are cut too: names differ where annotations and labels do not. */
const METADATA = /^metadata:\n {2}[A-Za-z_]/;
const BEFORE_METADATA_FIELD = /\n(?= {2}[A-Za-z_"'])/;

/** Blocks that are often equal in many documents. */
const OFTEN_EQUAL = /^(?:spec|status| {2}annotations| {2}labels):/;

/** A mapping whose text is cut into blocks, each with a key at the indent on its first line. */
function readBlocks(blocks: readonly string[], indent: number, shared: SharedBlocks): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const block of blocks) {
    const known = shared.get(block);
    if (known !== undefined) putField(object, block.slice(indent, block.indexOf(':')), known);
    else if (!block.includes('\n')) readLine(block.slice(indent), object);
    else if (METADATA.test(block)) {
      const fields = block.slice('metadata:\n'.length).split(BEFORE_METADATA_FIELD);
      putField(object, 'metadata', readBlocks(fields, 2, shared));
    } else readBlock(block, indent, object, shared);
  }
  return object;
}

/** A block of several lines: one field, or more where a later line has the indent too. */
function readBlock(block: string, indent: number, object: Record<string, unknown>, shared: SharedBlocks): void {
  const cursor = new Cursor(block);
  const part = readNode(cursor, indent);
  if (cursor.peek() !== undefined || typeof part !== 'object' || part === null) throw GIVE_UP;
  for (const [key, value] of Object.entries(part)) {
    putField(object, key, value);
    if (typeof value === 'object' && value !== null && OFTEN_EQUAL.test(block)) shared.set(block, value);
  }
}

/** `key: scalar`, alone on its line. */
function readLine(line: string, object: Record<string, unknown>): void {
  const match = KEY.exec(line.trimEnd());
  if (match === null) throw GIVE_UP;
  const key = match[1] as string;
  if (key === '__proto__' || WORDS.has(key)) throw GIVE_UP;
  putField(object, key, match[2] === undefined ? null : scalar(match[2]));
}

function putField(object: Record<string, unknown>, key: string, value: unknown): void {
  if (Object.hasOwn(object, key)) throw GIVE_UP;
  object[key] = value;
}

/** Reads the block that starts at the cursor's line, whose indent must be `indent`. */
function readNode(cursor: Cursor, indent: number): unknown {
  const line = cursor.peek();
  if (line === undefined || line.indent !== indent) throw GIVE_UP;
  return isItem(line) ? readSequence(cursor, indent) : readMapping(cursor, indent);
}

function isItem(line: Line): boolean {
  return line.text === '-' || line.text.startsWith('- ');
}

function readMapping(cursor: Cursor, indent: number): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (let line = cursor.peek(); line !== undefined && line.indent === indent; line = cursor.peek()) {
    const match = KEY.exec(line.text);
    if (match === null) throw GIVE_UP;
    const key = match[1] as string;
    if (Object.hasOwn(object, key) || key === '__proto__' || WORDS.has(key)) throw GIVE_UP;
    cursor.at++;
    object[key] = readValue(cursor, line, indent, match[2] ?? '');
  }
  const next = cursor.peek();
  if (next !== undefined && next.indent > indent) throw GIVE_UP;
  return object;
}

/** What follows `key:`: a scalar on the line, or a deeper block, or a sequence at the same indent, or nothing (null). */
function readValue(cursor: Cursor, line: Line, indent: number, rest: string): unknown {
  if (rest === '|' || rest === '|-') return readLiteral(cursor, line, indent, rest);
  if (rest.startsWith("'") && !closesQuote(rest)) return readFolded(cursor, line, indent, rest);
  if (rest !== '') return scalar(rest);
  const next = cursor.peek();
  if (next === undefined || next.indent < indent) return null;
  if (next.indent > indent) return readNode(cursor, next.indent);
  return isItem(next) ? readSequence(cursor, indent) : null;
}

function readSequence(cursor: Cursor, indent: number): unknown[] {
  const items: unknown[] = [];
  for (let line = cursor.peek(); line !== undefined && line.indent === indent && isItem(line); line = cursor.peek()) {
    const rest = line.text.slice(2).trimStart();
    if (rest === '' || rest === '|' || rest === '|-') throw GIVE_UP;
    const inner = indent + line.text.length - rest.length;
    if (rest.startsWith('- ') || KEY.test(rest)) {
      cursor.lines[cursor.at] = { indent: inner, text: rest, index: line.index };
      items.push(readNode(cursor, inner));
    } else {
      cursor.at++;
      items.push(scalar(rest));
    }
  }
  const next = cursor.peek();
  if (next !== undefined && next.indent > indent) throw GIVE_UP;
  return items;
}

/** A literal block: the lines below that are indented deeper, as they stand. */
function readLiteral(cursor: Cursor, header: Line, indent: number, style: '|' | '|-'): string {
  const first = cursor.raw[header.index + 1] ?? '';
  const depth = first.length - first.trimStart().length;
  if (first.trim() === '' || depth <= indent) throw GIVE_UP;
  const content: string[] = [];
  for (let index = header.index + 1; index < cursor.raw.length; index++) {
    const raw = cursor.raw[index] as string;
    if (raw === '') content.push('');
    else if (raw.length - raw.trimStart().length >= depth && raw.trim() !== '') content.push(raw.slice(depth));
    else if (raw.trim() === '') throw GIVE_UP;
    else if (raw.length - raw.trimStart().length > indent || raw.trimStart().startsWith('#')) throw GIVE_UP;
    else break;
  }
  const last = header.index + content.length;
  while (content.at(-1) === '') content.pop();
  for (let line = cursor.peek(); line !== undefined && line.index <= last; line = cursor.peek()) cursor.at++;
  return content.join('\n') + (style === '|' ? '\n' : '');
}

/** A text in single quotes over several lines, each end of line a space; blank lines in it are left to the package. */
function readFolded(cursor: Cursor, header: Line, indent: number, first: string): string {
  let text = first;
  for (let index = header.index + 1; ; index++) {
    const raw = cursor.raw[index];
    const content = raw?.trim() ?? '';
    if (raw === undefined || content === '' || raw.length - raw.trimStart().length <= indent) throw GIVE_UP;
    text += ` ${content}`;
    if (!closesQuote(text)) continue;
    for (let line = cursor.peek(); line !== undefined && line.index <= index; line = cursor.peek()) cursor.at++;
    return quoted(text, "'");
  }
}

/** Whether a text that begins with a single quote ends with the one that closes it: quotes inside come in pairs. */
function closesQuote(text: string): boolean {
  let quotes = 0;
  for (let at = text.indexOf("'"); at !== -1; at = text.indexOf("'", at + 1)) quotes++;
  return quotes % 2 === 0;
}

/** A scalar on one line, resolved by YAML 1.2's core schema. */
function scalar(text: string): unknown {
  const first = text[0] as string;
  if (first === "'" || first === '"') return quoted(text, first);
  if (text === '{}') return {};
  if (text === '[]') return [];
  if (!PLAIN_START.test(text) || NOT_IN_PLAIN.test(text) || text.startsWith('- ') || text === '-') throw GIVE_UP;
  if (text.startsWith('---') || text.startsWith('...')) throw GIVE_UP;
  const word = WORDS.get(text);
  if (word !== undefined) return word;
  if (INTEGER.test(text)) {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) throw GIVE_UP;
    return value;
  }
  if (FLOAT.test(text)) return Number(text);
  if (SPECIAL_NUMBER.test(text)) throw GIVE_UP;
  return text;
}

function quoted(text: string, quote: string): string {
  const inner = text.slice(1, -1);
  if (text.length < 2 || !text.endsWith(quote)) throw GIVE_UP;
  if (quote === '"' ? /["\\]/.test(inner) : !/^(?:[^']|'')*$/.test(inner)) throw GIVE_UP;
  return quote === "'" ? inner.replaceAll("''", "'") : inner;
}
