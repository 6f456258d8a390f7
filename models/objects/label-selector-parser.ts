/**
 * The text form of label selectors (`kubectl get -l`): `a=1,b in (x,y),!c`.
 * Source of the grammar and messages: staging/src/k8s.io/apimachinery/pkg/labels/selector.go.
 */
import { FieldErrors, invalid } from './field-error.ts';
import {
  type LabelOperator,
  type LabelRequirement,
  type LabelRequirements,
  requirementErrors,
  sortedByKey,
} from './label-requirement.ts';
import { qualifiedNameProblems } from './name-rules.ts';

export class LabelSelectorError extends Error {
  override readonly name = 'LabelSelectorError';
}

type TokenKind =
  | 'end'
  | 'identifier'
  | 'error'
  | ')'
  | ','
  | '!'
  | '=='
  | '='
  | '>'
  | '<'
  | '!='
  | '('
  | 'in'
  | 'notin';

interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const SYMBOLS: ReadonlySet<string> = new Set([')', ',', '!', '==', '=', '>', '<', '!=', '(']);
const OPERATOR_OF: Partial<Record<TokenKind, LabelOperator>> = {
  in: 'in',
  '=': '=',
  '==': '==',
  '>': 'gt',
  '<': 'lt',
  notin: 'notin',
  '!=': '!=',
};
const BINARY_OPERATORS = 'in, notin, =, ==, !=, gt, lt';

/** Cuts the longest known symbol off a run of symbol characters. */
function symbolAt(text: string, start: number): Token {
  let end = start;
  let known = '';
  while (end < text.length && '=!(),><'.includes(text[end] as string)) {
    const candidate = text.slice(start, end + 1);
    if (SYMBOLS.has(candidate)) known = candidate;
    else if (known !== '') break;
    end++;
  }
  return { kind: known as TokenKind, text: known };
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let position = 0;
  while (position < text.length) {
    const character = text[position] as string;
    if (' \t\r\n'.includes(character)) {
      position++;
      continue;
    }
    const word = /^[^=!(),><\s]+/.exec(text.slice(position))?.[0];
    const token: Token =
      word === undefined
        ? symbolAt(text, position)
        : { kind: word === 'in' || word === 'notin' ? word : 'identifier', text: word };
    tokens.push(token);
    position += token.text.length;
  }
  tokens.push({ kind: 'end', text: '' });
  return tokens;
}

class Parser {
  readonly #tokens: readonly Token[];
  #position = 0;

  constructor(text: string) {
    this.#tokens = tokensOf(text);
  }

  /** The next token; in the place of a value, `in` and `notin` are identifiers. */
  #peek(asValue = true): Token {
    const token = this.#tokens[Math.min(this.#position, this.#tokens.length - 1)] as Token;
    return asValue && (token.kind === 'in' || token.kind === 'notin') ? { ...token, kind: 'identifier' } : token;
  }

  #take(asValue = true): Token {
    const token = this.#peek(asValue);
    this.#position++;
    return token;
  }

  parse(): LabelRequirement[] {
    const requirements: LabelRequirement[] = [];
    for (;;) {
      const { kind, text } = this.#peek();
      if (kind === 'end') return requirements;
      if (kind !== 'identifier' && kind !== '!') {
        throw new LabelSelectorError(`found '${text}', expected: !, identifier, or 'end of string'`);
      }
      requirements.push(this.#requirementOrError());
      const next = this.#take();
      if (next.kind === 'end') return requirements;
      if (next.kind !== ',') {
        throw new LabelSelectorError(`found '${next.text}', expected: ',' or 'end of string'`);
      }
      const after = this.#peek();
      if (after.kind !== 'identifier' && after.kind !== '!') {
        throw new LabelSelectorError(`found '${after.text}', expected: identifier after ','`);
      }
    }
  }

  #requirementOrError(): LabelRequirement {
    try {
      return this.#requirement();
    } catch (error) {
      throw new LabelSelectorError(`unable to parse requirement: ${(error as Error).message}`);
    }
  }

  #requirement(): LabelRequirement {
    let token = this.#take();
    const isNegated = token.kind === '!';
    if (isNegated) token = this.#take();
    if (token.kind !== 'identifier') {
      throw new LabelSelectorError(`found '${token.text}', expected: identifier`);
    }
    const problems = qualifiedNameProblems(token.text);
    if (problems.length > 0) throw new FieldErrors([invalid('', token.text, problems.join('; '))]);
    const key = token.text;
    // A negated key is complete; what follows it is the caller's to judge.
    if (isNegated) return checked(key, '!', []);
    const { kind } = this.#peek();
    if (kind === 'end' || kind === ',') return checked(key, 'exists', []);
    const operatorToken = this.#take(false);
    const operator = OPERATOR_OF[operatorToken.kind];
    if (operator === undefined) {
      throw new LabelSelectorError(`found '${operatorToken.text}', expected: ${BINARY_OPERATORS}`);
    }
    const values = operator === 'in' || operator === 'notin' ? this.#values() : this.#exactValue();
    return checked(key, operator, [...new Set(values)].sort());
  }

  #values(): string[] {
    const open = this.#take();
    if (open.kind !== '(') throw new LabelSelectorError(`found '${open.text}' expected: '('`);
    const first = this.#peek();
    if (first.kind === ')') {
      this.#take();
      return [''];
    }
    if (first.kind !== 'identifier' && first.kind !== ',') {
      throw new LabelSelectorError(`found '${first.text}', expected: ',', ')' or identifier`);
    }
    const values = this.#identifiers();
    if (this.#take().kind !== ')') throw new LabelSelectorError(`found '${first.text}', expected: ')'`);
    return values;
  }

  /** Identifiers between commas; nothing between two commas is the empty value. */
  #identifiers(): string[] {
    const values: string[] = [];
    for (;;) {
      const { kind, text } = this.#take();
      if (kind === 'identifier') {
        values.push(text);
        const next = this.#peek();
        if (next.kind === ')') return values;
        if (next.kind !== ',') throw new LabelSelectorError(`found '${next.text}', expected: ',' or ')'`);
      } else if (kind === ',') {
        if (values.length === 0) values.push('');
        const next = this.#peek();
        if (next.kind === ')') return [...values, ''];
        if (next.kind === ',') {
          this.#take();
          values.push('');
        }
      } else {
        throw new LabelSelectorError(`found '${text}', expected: ',', or identifier`);
      }
    }
  }

  #exactValue(): string[] {
    const { kind } = this.#peek();
    if (kind === 'end' || kind === ',') return [''];
    const token = this.#take();
    if (token.kind !== 'identifier') throw new LabelSelectorError(`found '${token.text}', expected: identifier`);
    return [token.text];
  }
}

function checked(key: string, operator: LabelOperator, values: readonly string[]): LabelRequirement {
  const errors = requirementErrors(key, operator, values);
  if (errors.length > 0) throw new FieldErrors(errors);
  return { key, operator, values };
}

/** The requirements of a selector's text, in order of their keys. @throws LabelSelectorError with Kubernetes' message. */
export function parseLabelSelector(text: string): LabelRequirements {
  return sortedByKey(new Parser(text).parse());
}
