/**
 * The part of Go's `html/template` that scheduler_perf's object templates use: fields of the environment, numbers, texts, calls of the
 * nine arithmetic functions (in parentheses or by a pipe), trim markers and comments. Anything else (if, range, variables) is refused.
 *
 * Source: https://pkg.go.dev/text/template, and test/integration/scheduler_perf/operations.go getTemplateFuncs for the functions.
 */
import { BadInputError } from '../../bad-input.ts';

/** What a template may name: `.Index`, `.Count` and the operation's templateParams. */
export type TemplateEnvironment = Readonly<Record<string, unknown>>;

/** An action's value in an environment. */
type Expression = (environment: TemplateEnvironment) => unknown;

type TemplateFunction = (args: readonly number[]) => number;

const sum: TemplateFunction = (args) => args.reduce((a, b) => a + b, 0);
const product: TemplateFunction = (args) => args.reduce((a, b) => a * b, 1);
const difference: TemplateFunction = ([a = 0, b = 0]) => a - b;

const quotient: TemplateFunction = ([a = 0, b = 0]) => {
  if (b === 0) throw new RangeError('division by zero');
  return a / b;
};

const remainder: TemplateFunction = ([a = 0, b = 0]) => {
  if (Math.trunc(b) === 0) throw new RangeError('division by zero');
  return Math.trunc(a) % Math.trunc(b);
};

/** Whole results are cut towards zero, as a conversion to int does in Go. */
function whole(of: TemplateFunction): TemplateFunction {
  return (args) => Math.trunc(of(args)) + 0;
}

interface FunctionSpec {
  readonly of: TemplateFunction;
  /** Undefined: any number of arguments. */
  readonly arity?: number;
}

const FUNCTIONS: Readonly<Record<string, FunctionSpec>> = {
  AddInt: { of: whole(sum) },
  AddFloat: { of: sum },
  SubtractInt: { of: whole(difference), arity: 2 },
  SubtractFloat: { of: difference, arity: 2 },
  MultiplyInt: { of: whole(product) },
  MultiplyFloat: { of: product },
  DivideInt: { of: whole(quotient), arity: 2 },
  DivideFloat: { of: quotient, arity: 2 },
  Mod: { of: remainder, arity: 2 },
};

const FUNCTION_NAMES = Object.keys(FUNCTIONS).join(', ');
const ACCEPTED = `accepted are .FIELD, numbers, texts in quotes, parentheses, | and ${FUNCTION_NAMES}`;
const TOKEN =
  /\s*(?:(\.[A-Za-z_][A-Za-z0-9_]*)|(-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)|("(?:[^"\\]|\\.)*"|`[^`]*`)|([A-Za-z_][A-Za-z0-9_]*)|([()|]))/y;

interface Token {
  readonly kind: 'field' | 'value' | 'name' | 'mark';
  readonly text: string;
  readonly value?: unknown;
}

/** A template, parsed once and executed for each object. */
export class GoTemplate {
  readonly #parts: readonly (string | Expression)[];

  /** @throws BadInputError with file and line of an action that is not understood. */
  constructor(file: string, text: string) {
    this.#parts = partsOf(file, text);
  }

  /** Whether the text is the same in every environment. */
  get isConstant(): boolean {
    return this.#parts.every((part) => typeof part === 'string');
  }

  /** @throws BadInputError for a field that the environment does not have, and for what cannot be computed. */
  execute(environment: TemplateEnvironment): string {
    let text = '';
    for (const part of this.#parts) text += typeof part === 'string' ? part : printed(part(environment));
    return text;
  }
}

function partsOf(file: string, text: string): (string | Expression)[] {
  const parts: (string | Expression)[] = [];
  let at = 0;
  for (let open = text.indexOf('{{'); open !== -1; open = text.indexOf('{{', at)) {
    const line = text.slice(0, open).split('\n').length;
    const close = text.indexOf('}}', open);
    if (close === -1) throw new BadInputError('an action opens with {{ and is not closed by }}', { file, line });
    let before = text.slice(at, open);
    let action = text.slice(open + 2, close);
    if (/^-\s/.test(action)) {
      before = before.trimEnd();
      action = action.slice(1);
    }
    at = close + 2;
    if (/\s-$/.test(action)) {
      action = action.slice(0, -1);
      at += (/^\s*/.exec(text.slice(at)) as RegExpExecArray)[0].length;
    }
    parts.push(before);
    if (!/^\s*\/\*[\s\S]*\*\/\s*$/.test(action)) parts.push(expressionOf(file, line, action));
  }
  parts.push(text.slice(at));
  return parts.filter((part) => part !== '');
}

function tokensOf(action: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (action.slice(TOKEN.lastIndex).trim() !== '') {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(action);
    if (match === null) throw new SyntaxError(`found ${action.slice(from).trim()}; ${ACCEPTED}`);
    const [, field, number, quoted, name, mark] = match;
    if (field !== undefined) tokens.push({ kind: 'field', text: field.slice(1) });
    else if (number !== undefined) tokens.push({ kind: 'value', text: number, value: Number(number) });
    else if (quoted !== undefined) tokens.push({ kind: 'value', text: quoted, value: unquoted(quoted) });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name });
    else tokens.push({ kind: 'mark', text: mark as string });
  }
  return tokens;
}

function unquoted(quoted: string): string {
  return quoted.startsWith('`') ? quoted.slice(1, -1) : (JSON.parse(quoted) as string);
}

function expressionOf(file: string, line: number, action: string): Expression {
  const located = (error: unknown): unknown =>
    error instanceof SyntaxError || error instanceof RangeError
      ? new BadInputError(`{{${action}}}: ${error.message}`, { file, line })
      : error;
  try {
    const parser = new Parser(tokensOf(action));
    const expression = parser.pipeline();
    parser.end();
    return (environment) => {
      try {
        return expression(environment);
      } catch (error) {
        throw located(error);
      }
    };
  } catch (error) {
    throw located(error);
  }
}

/** A recursive descent over the tokens of one action. */
class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  /** One command, or several with | between: each hands its value to the next as the last argument. */
  pipeline(): Expression {
    let expression = this.#command(undefined);
    while (this.#isMark('|')) {
      this.#at++;
      expression = this.#command(expression);
    }
    return expression;
  }

  end(): void {
    const token = this.#tokens[this.#at];
    if (token !== undefined) throw new SyntaxError(`found ${token.text} after the end; ${ACCEPTED}`);
  }

  #isMark(text: string): boolean {
    const token = this.#tokens[this.#at];
    return token?.kind === 'mark' && token.text === text;
  }

  /** A function with its arguments, or one operand. */
  #command(piped: Expression | undefined): Expression {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'name') {
      if (piped !== undefined)
        throw new SyntaxError(`found ${token?.text ?? 'nothing'} after |; accepted: ${FUNCTION_NAMES}`);
      return this.#operand();
    }
    this.#at++;
    const spec = Object.hasOwn(FUNCTIONS, token.text) ? FUNCTIONS[token.text] : undefined;
    if (spec === undefined) throw new SyntaxError(`found ${token.text}; ${ACCEPTED}`);
    const args: Expression[] = [];
    while (this.#at < this.#tokens.length && !this.#isMark(')') && !this.#isMark('|')) args.push(this.#operand());
    if (piped !== undefined) args.push(piped);
    const { of, arity } = spec;
    if (arity !== undefined && args.length !== arity) {
      throw new SyntaxError(`${token.text} has ${args.length} arguments; accepted: ${arity}`);
    }
    return (environment) => of(args.map((argument) => numberOf(argument(environment))));
  }

  #operand(): Expression {
    const token = this.#tokens[this.#at++];
    if (token?.kind === 'value') return () => token.value;
    if (token?.kind === 'field') return (environment) => fieldOf(environment, token.text);
    if (token?.kind === 'mark' && token.text === '(') {
      const inner = this.pipeline();
      if (!this.#isMark(')')) throw new SyntaxError('a parenthesis is not closed');
      this.#at++;
      return inner;
    }
    if (token?.kind === 'name') {
      this.#at--;
      return this.#command(undefined);
    }
    throw new SyntaxError(`found ${token?.text ?? 'nothing'}; ${ACCEPTED}`);
  }
}

function fieldOf(environment: TemplateEnvironment, name: string): unknown {
  if (Object.hasOwn(environment, name)) return environment[name];
  const known = Object.keys(environment).map((one) => `.${one}`);
  throw new RangeError(`found .${name}; accepted here: ${known.join(', ')}`);
}

/** As upstream's toFloat64: numbers, and texts that are numbers. */
function numberOf(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value))) return Number(value);
  throw new RangeError(`${JSON.stringify(value)} is not a number`);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
  '+': '&#43;',
};

/** html/template escapes what an action gives, even though the text is YAML. */
function printed(value: unknown): string {
  return String(value).replaceAll(/[&<>"'+]/g, (mark) => ESCAPES[mark] as string);
}
