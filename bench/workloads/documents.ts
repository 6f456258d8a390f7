/**
 * Reads the documents of a YAML or JSON file, with their place: each is parsed apart from the others (fast where it is
 * plain), and the line of a field is worked out only when a message needs it.
 */
import { readFileSync } from 'node:fs';
import { isNode, LineCounter, parseAllDocuments, parseDocument } from 'yaml';
import { BadInputError } from '../bad-input.ts';
import { NOT_PLAIN, parsePlainYaml, type SharedBlocks } from './plain-yaml.ts';

/** A path into a document: keys and indices. */
export type FieldPath = readonly (string | number)[];

/** One document of a file. */
export interface SourceDocument {
  readonly file: string;
  /** Line of the file on which the document's text begins, 1-based. */
  readonly line: number;
  readonly value: unknown;
  /** Line in the file of the field at a path, or of its nearest parent that exists; undefined for a document that is in no file. */
  lineOf(path: FieldPath): number | undefined;
}

/** Path as messages write it: spec.containers[0].image, metadata.labels["a/b"]. */
export function fieldText(path: FieldPath): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      if (!/^[A-Za-z0-9_-]+$/.test(part)) return `["${part}"]`;
      return index === 0 ? part : `.${part}`;
    })
    .join('');
}

/** The text of a file. @throws BadInputError when it cannot be read. */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/^\ufeff/, '');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') throw new BadInputError('no such file', { file });
    if (code === 'EISDIR') throw new BadInputError('is a folder; accepted is a file', { file });
    throw new BadInputError(`cannot be read (${code})`, { file });
  }
}

/** All documents of a file that are not empty. @throws BadInputError with file and line for what is not YAML or JSON. */
export function readDocuments(file: string, shared: SharedBlocks = new Map()): SourceDocument[] {
  return parseDocuments(file, readText(file), shared);
}

export function parseDocuments(file: string, text: string, shared: SharedBlocks = new Map()): SourceDocument[] {
  const json = parsedJson(text);
  if (json !== undefined) return [sourceDocument(file, 1, text, json.value)];
  const pieces = cut(text);
  if (pieces === undefined) return wholeFile(file, text);
  const documents: SourceDocument[] = [];
  for (const piece of pieces) {
    const value = parsePiece(file, piece, shared);
    if (value !== null && value !== undefined) documents.push(sourceDocument(file, piece.line, piece.text, value));
  }
  return documents;
}

interface Piece {
  readonly line: number;
  readonly text: string;
}

function parsedJson(text: string): { value: unknown } | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** Cuts a stream at its `---` lines; undefined when it has directives or end marks, which only the package reads. */
function cut(text: string): Piece[] | undefined {
  if (/^(?:%|\.\.\.(?:\s|$)|---[ \t]+[^\s#])/m.test(text)) return undefined;
  const pieces: Piece[] = [];
  let line = 1;
  for (const part of text.split(/^---[ \t]*(?:#.*)?\r?\n?/m)) {
    pieces.push({ line, text: part });
    line += countLines(part) + 1;
  }
  return pieces;
}

function countLines(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}

function parsePiece(file: string, piece: Piece, shared: SharedBlocks): unknown {
  const list = parseListItems(piece.text, shared);
  if (list !== undefined) return list;
  const plain = parsePlainYaml(piece.text, shared);
  if (plain !== NOT_PLAIN) return plain;
  return parseByLibrary(file, piece);
}

/** A document by the `yaml` package. @throws BadInputError at the line of the first error. */
function parseByLibrary(file: string, piece: Piece): unknown {
  const lineCounter = new LineCounter();
  const document = parseDocument(piece.text, { lineCounter, merge: true, logLevel: 'error' });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line } = lineCounter.linePos(error.pos[0]);
    throw new BadInputError(`is not valid YAML: ${oneLine(error.message)}`, { file, line: line + piece.line - 1 });
  }
  return document.toJS({ maxAliasCount: 10_000 });
}

function oneLine(message: string): string {
  return message.replace(/ at line \d+, column \d+:[\s\S]*$/, '').replaceAll('\n', ' ');
}

/**
 * A `kind: List` of many items: reads each apart, so that equal specifications are shared and one item that is not plain
 * does not make the whole list slow. Undefined when the text has another shape or an item does not stand alone.
 */
function parseListItems(text: string, shared: SharedBlocks): unknown {
  const match = /^items:[ ]*\n(?=- )/m.exec(text);
  if (match === null || /(?:^|[\s[{,])[&*][A-Za-z0-9_]/.test(text)) return undefined;
  const start = match.index + match[0].length;
  const end = /\n(?=[^\s#-])/.exec(text.slice(start));
  const itemsEnd = end === null ? text.length : start + end.index + 1;
  const head = parsePlainYaml(text.slice(0, match.index) + text.slice(itemsEnd), shared);
  if (head === NOT_PLAIN || typeof head !== 'object' || head === null) return undefined;
  const items: unknown[] = [];
  for (const item of text.slice(start, itemsEnd).split(/^(?=- )/m)) {
    const dedented = item.replace(/^- /, '  ').replaceAll(/^ {2}/gm, '');
    let value = parsePlainYaml(dedented, shared);
    if (value === NOT_PLAIN) {
      const document = parseDocument(dedented, { merge: true, logLevel: 'error' });
      if (document.errors.length > 0) return undefined;
      value = document.toJS();
    }
    items.push(value);
  }
  return { ...head, items };
}

/** A stream with directives: the package reads it whole. */
function wholeFile(file: string, text: string): SourceDocument[] {
  const lineCounter = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter, merge: true, logLevel: 'error' });
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) {
      const { line } = lineCounter.linePos(error.pos[0]);
      throw new BadInputError(`is not valid YAML: ${oneLine(error.message)}`, { file, line });
    }
    const value = document.toJS();
    const { line } = lineCounter.linePos(document.contents?.range?.[0] ?? 0);
    const lineOf = (path: FieldPath): number => lineCounter.linePos(offsetOf(document, path)).line;
    return value === null ? [] : [{ file, line, value, lineOf }];
  });
}

function sourceDocument(file: string, line: number, text: string, value: unknown): SourceDocument {
  const lineOf = (path: FieldPath): number => {
    const lineCounter = new LineCounter();
    const document = parseDocument(text, { lineCounter, merge: true, logLevel: 'error' });
    return lineCounter.linePos(offsetOf(document, path)).line + line - 1;
  };
  return { file, line, value, lineOf };
}

interface PlacedDocument {
  readonly contents: unknown;
  getIn(path: Iterable<unknown>, keepScalar: true): unknown;
}

/** Offset of a field's key where it has one, else of its value; of the nearest parent when the field does not exist. */
function offsetOf(document: PlacedDocument, path: FieldPath): number {
  for (let length = path.length; length > 0; length--) {
    const part = path[length - 1];
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const pairs = (parent as { items?: { key?: { value?: unknown; range?: number[] } }[] } | null)?.items;
    const key = pairs?.find((pair) => pair?.key !== undefined && String(pair.key?.value) === String(part))?.key;
    if (key?.range?.[0] !== undefined) return key.range[0];
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return (isNode(document.contents) ? document.contents.range?.[0] : undefined) ?? 0;
}
