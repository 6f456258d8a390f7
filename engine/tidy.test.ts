/**
 * The house rules as a test: it reads every source file of the tree and checks what a linter cannot say or what must
 * not depend on a linter's settings. A rule that has to be broken somewhere is listed in EXCEPTIONS with its reason;
 * an exception that is no longer needed fails the test too.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'oxc-parser';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MAX_FILE_LINES = 500;
const MAX_FUNCTION_LINES = 70;

interface Exception {
  readonly file: string;
  readonly rule: string;
  readonly reason: string;
}

const EXCEPTIONS: readonly Exception[] = [];

/** Import directions between the top folders; the key may import the values and itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  engine: [],
  models: ['engine'],
  results: ['engine'],
  bench: ['engine', 'models', 'results'],
};

/** Packages (and Node's own modules) that product code of a folder may import; bench may import what is installed. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  engine: ['heap-js', 'seedrandom'],
  models: [],
  results: ['d3-array', 'd3-dsv', 'd3-scale', 'd3-shape', 'seedrandom'],
};

/** Names that the deterministic folders must not touch: they read a clock, an environment, a locale or run later. */
const FORBIDDEN_GLOBALS = new Set(
  'Date performance process setTimeout setInterval setImmediate queueMicrotask Intl Promise fetch crypto Worker require'.split(
    ' ',
  ),
);
const FORBIDDEN_MEMBERS = new Set(
  'localeCompare toLocaleString toLocaleLowerCase toLocaleUpperCase toLocaleDateString toLocaleTimeString'.split(' '),
);

/** Words that must not stand in any file: paths of a machine, registry hosts. Written so that this file does not match. */
const FORBIDDEN_TEXT = [
  /\/(?:work|Users|root)\/[a-z]/,
  /(?<![\w.-])\/home\/[a-z]/,
  /(?<![\w.-])\/tm[p]\//,
  /registry\.[a-z]+\.(?:org|com)/,
];

const FORBIDDEN_NAMES = /(?:^|\/)(?:utils?|helpers?|types?|misc|common)(?:\.[a-z.]+|\/)/;

interface AstNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

interface Source {
  readonly file: string;
  readonly folder: string;
  readonly isTest: boolean;
  readonly text: string;
  readonly program: AstNode;
}

/** Every TypeScript file below the top folders, sorted, with '/' between the parts. */
function sourceFiles(): string[] {
  return Object.keys(MAY_IMPORT)
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`),
    )
    .filter((file) => file.endsWith('.ts'))
    .sort();
}

function load(file: string): Source {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const parsed = parseSync(file, text);
  if (parsed.errors.length > 0) throw new Error(`${file}: ${parsed.errors[0]?.message}`);
  const program = parsed.program as unknown as AstNode;
  return { file, folder: file.split('/')[0] as string, isTest: file.endsWith('.test.ts'), text, program };
}

function isNode(value: unknown): value is AstNode {
  return typeof value === 'object' && value !== null && typeof (value as AstNode).type === 'string';
}

/** Visits a syntax tree in source order; `parent` is undefined for the root. */
function walk(node: AstNode, visit: (node: AstNode, parent: AstNode | undefined) => void, parent?: AstNode): void {
  visit(node, parent);
  for (const value of Object.values(node)) {
    if (isNode(value)) walk(value, visit, node);
    else if (Array.isArray(value)) for (const item of value) if (isNode(item)) walk(item, visit, node);
  }
}

function lineOf(source: Source, offset: number): number {
  return source.text.slice(0, offset).split('\n').length;
}

/** Whether an identifier is only a property's name, and so refers to nothing global. */
function isPropertyName(node: AstNode, parent: AstNode | undefined): boolean {
  if (parent === undefined) return false;
  if (parent.type === 'MemberExpression') return parent.property === node && parent.computed !== true;
  return parent.key === node || parent.type.startsWith('TS') || parent.type.endsWith('Specifier');
}

/**
 * Whether a power is exact on every Node version: a whole literal as exponent, or 2 to a sum or difference of names and
 * whole literals (sizes of address ranges), where a fraction would need a division, a call or a fractional literal.
 */
function isWholePower(base: AstNode, exponent: AstNode): boolean {
  if (isWholeLiteral(exponent)) return true;
  if (base.value !== 2) return false;
  let whole = true;
  walk(exponent, (node) => {
    const isSum = node.type === 'BinaryExpression' && (node.operator === '+' || node.operator === '-');
    const isName = node.type === 'Identifier' || node.type === 'ParenthesizedExpression';
    if (!isSum && !isName && !isWholeLiteral(node)) whole = false;
  });
  return whole;
}

function isWholeLiteral(node: AstNode): boolean {
  return node.type === 'Literal' && (Number.isInteger(node.value) || typeof node.bigint === 'string');
}

/** What is wrong with one node of a file in `engine` or `models`, or undefined. */
function impurity(node: AstNode, parent: AstNode | undefined): string | undefined {
  const isFunction = node.type.includes('Function');
  if (isFunction && node.async === true) return 'an async function';
  if (node.type === 'AwaitExpression') return 'await';
  if (node.type === 'ImportExpression') return 'a dynamic import';
  if (node.type === 'Identifier' && FORBIDDEN_GLOBALS.has(node.name as string) && !isPropertyName(node, parent)) {
    return node.name as string;
  }
  if (node.type === 'MemberExpression') {
    const property = (node.property as AstNode).name as string;
    const object = (node.object as AstNode).name;
    if (object === 'Math' && (property === 'random' || property === 'pow')) return `Math.${property}`;
    if (FORBIDDEN_MEMBERS.has(property)) return property;
  }
  if ((node.type === 'BinaryExpression' && node.operator === '**') || node.operator === '**=') {
    if (!isWholePower(node.left as AstNode, node.right as AstNode)) return '** with an exponent that may be a fraction';
  }
  return undefined;
}

function impurities(source: Source): string[] {
  const found: string[] = [];
  walk(source.program, (node, parent) => {
    const what = impurity(node, parent);
    if (what !== undefined) found.push(`line ${lineOf(source, node.start)}: ${what}`);
  });
  return found;
}

function longFunctions(source: Source): string[] {
  const found: string[] = [];
  walk(source.program, (node) => {
    if (!node.type.includes('Function') || !isNode(node.body)) return;
    const first = lineOf(source, node.start);
    const lines = lineOf(source, node.end) - first + 1;
    if (lines > MAX_FUNCTION_LINES) found.push(`line ${first}: ${lines} lines; at most ${MAX_FUNCTION_LINES}`);
  });
  return found;
}

/** Module specifiers of static and dynamic imports and re-exports, with whether types only are taken. */
function imports(source: Source): { from: string; typeOnly: boolean; line: number }[] {
  const found: { from: string; typeOnly: boolean; line: number }[] = [];
  walk(source.program, (node) => {
    const target = node.source;
    if (!isNode(target) || typeof target.value !== 'string') return;
    const typeOnly = node.importKind === 'type' || node.exportKind === 'type';
    found.push({ from: target.value, typeOnly, line: lineOf(source, node.start) });
  });
  return found;
}

/** The path from the root that a relative specifier means. */
function resolved(file: string, from: string): string {
  return new URL(from, `file:///${file}`).pathname.slice(1);
}

function wrongImports(source: Source): string[] {
  const found: string[] = [];
  const allowed = MAY_IMPORT[source.folder] as readonly string[];
  for (const { from, typeOnly, line } of imports(source)) {
    const say = (why: string): number => found.push(`line ${line}: imports '${from}': ${why}`);
    if (!from.startsWith('.')) {
      const packages = PACKAGES[source.folder];
      if (!source.isTest && packages !== undefined && !packages.includes(from)) {
        say(`${source.folder} may import the packages ${packages.join(', ') || '(none)'}`);
      }
      continue;
    }
    const target = resolved(source.file, from);
    const folder = target.split('/')[0] as string;
    if (folder === source.folder) continue;
    if (source.isTest && source.folder !== 'engine') continue;
    if (!allowed.includes(folder)) say(`${source.folder} may import ${allowed.join(', ') || 'nothing outside itself'}`);
    else if (folder === 'engine' && target !== 'engine/index.ts') say('the door of the engine is engine/index.ts');
    else if (source.folder === 'results' && !typeOnly) say('results takes types only from the engine');
  }
  return found;
}

function headerProblems(source: Source): string[] {
  const start = source.text.replace(/^#!.*\n/, '');
  return start.startsWith('/**') ? [] : ['line 1: no header comment that says what the file is for'];
}

function textProblems(source: Source): string[] {
  const found: string[] = [];
  source.text.split('\n').forEach((line, index) => {
    for (const pattern of FORBIDDEN_TEXT) if (pattern.test(line)) found.push(`line ${index + 1}: ${line.trim()}`);
  });
  return found;
}

const sources = sourceFiles().map(load);
const product = sources.filter((source) => !source.isTest);
const deterministic = product.filter((source) => source.folder === 'engine' || source.folder === 'models');

/** Reports `file: problem` lines, less the exceptions of that rule. */
function check(rule: string, files: readonly Source[], problemsOf: (source: Source) => string[]): string[] {
  const excused = new Set(EXCEPTIONS.filter((exception) => exception.rule === rule).map(({ file }) => file));
  const needed = new Set<string>();
  const lines = files.flatMap((source) => {
    const problems = problemsOf(source);
    if (problems.length > 0 && excused.has(source.file)) {
      needed.add(source.file);
      return [];
    }
    return problems.map((problem) => `${source.file}: ${problem}`);
  });
  for (const file of excused) if (!needed.has(file)) lines.push(`${file}: the exception to '${rule}' is not needed`);
  return lines;
}

describe('house rules', () => {
  test('the tree is read: there are sources in engine and models', () => {
    expect(new Set(deterministic.map(({ folder }) => folder))).toEqual(new Set(['engine', 'models']));
  });

  test('engine and models are pure: no clock, environment, promise, locale, Math.random or fractional power', () => {
    expect(check('pure', deterministic, impurities)).toEqual([]);
  });

  test(`no file is longer than ${MAX_FILE_LINES} lines`, () => {
    const long = (source: Source): string[] => {
      const lines = source.text.split('\n').length - 1;
      return lines > MAX_FILE_LINES ? [`${lines} lines`] : [];
    };
    expect(check('file-length', sources, long)).toEqual([]);
  });

  test(`no function is longer than ${MAX_FUNCTION_LINES} lines`, () => {
    expect(check('function-length', product, longFunctions)).toEqual([]);
  });

  test('imports run one way: engine, then models and results, then bench', () => {
    expect(check('imports', sources, wrongImports)).toEqual([]);
  });

  test('every file begins with a comment that says what it is for', () => {
    expect(check('header', sources, headerProblems)).toEqual([]);
  });

  test('no file or folder is named utils, helpers, types, misc or common', () => {
    const named = ({ file }: Source): string[] => (FORBIDDEN_NAMES.test(file) ? ['name it after its subject'] : []);
    expect(check('name', sources, named)).toEqual([]);
  });

  test('no file names a path of a machine or a registry', () => {
    expect(check('text', sources, textProblems)).toEqual([]);
  });

  test('no file has a default export', () => {
    const defaults = (source: Source): string[] =>
      (source.program.body as AstNode[])
        .filter(({ type }) => type === 'ExportDefaultDeclaration')
        .map(({ start }) => `line ${lineOf(source, start)}: default export`);
    expect(check('default-export', sources, defaults)).toEqual([]);
  });
});

describe('the checks themselves', () => {
  const parse = (file: string, text: string): Source => ({
    file,
    folder: file.split('/')[0] as string,
    isTest: false,
    text,
    program: parseSync(file, text).program as unknown as AstNode,
  });

  test.each([
    ['Date.now()', 'Date'],
    ['new Date(0)', 'Date'],
    ['Math.random()', 'Math.random'],
    ['const f = async () => 1', 'an async function'],
    ['x ** 0.5', '**'],
    ['x ** y', '**'],
    ['2 ** (n / 2)', '**'],
    ['a.localeCompare(b)', 'localeCompare'],
    ["import('./x.ts')", 'a dynamic import'],
  ])('%s is found', (text, what) => {
    expect(impurities(parse('engine/x.ts', text)).join()).toContain(what);
  });

  test.each([
    'x ** 2',
    '2n ** 63n',
    '2 ** (32 - length)',
    'const o = { Date: 1 }; o.Date',
    "'Date'",
    'interface A { Date: string }',
  ])('%s passes', (text) => expect(impurities(parse('engine/x.ts', text))).toEqual([]));

  test('an import against the direction is found', () => {
    expect(wrongImports(parse('engine/x.ts', "import { a } from '../models/a.ts'"))).toHaveLength(1);
    expect(wrongImports(parse('models/x/y.ts', "import { a } from '../../engine/time.ts'"))).toHaveLength(1);
    expect(wrongImports(parse('models/x/y.ts', "import fs from 'node:fs'"))).toHaveLength(1);
    expect(wrongImports(parse('models/x/y.ts', "import { a } from '../../engine/index.ts'"))).toEqual([]);
  });

  test('a long function is found', () => {
    const body = '\n'.repeat(MAX_FUNCTION_LINES);
    expect(longFunctions(parse('engine/x.ts', `function f() {${body}}`))).toHaveLength(1);
    expect(longFunctions(parse('engine/x.ts', `const f = () => {${body}}`))).toHaveLength(1);
  });
});
