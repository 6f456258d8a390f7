/**
 * Flags of the command line: `--name value`, `--name=value`, `-n value`, `-nvalue`, booleans with or without a value, and what
 * stands after `--`.
 */
import { CommandError } from './command-error.ts';

/** Flag name to what it takes; a value flag may be given several times. */
export type FlagTable = Readonly<Record<string, 'value' | 'boolean'>>;

export const GLOBAL_FLAGS: FlagTable = { namespace: 'value', 'request-timeout': 'value' };

const SHORT: Readonly<Record<string, string | undefined>> = {
  n: 'namespace',
  o: 'output',
  l: 'selector',
  A: 'all-namespaces',
  f: 'filename',
  L: 'label-columns',
};

export class Flags {
  readonly #values: ReadonlyMap<string, readonly string[]>;

  constructor(values: ReadonlyMap<string, readonly string[]>) {
    this.#values = values;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** The last value given. */
  value(name: string): string | undefined {
    return this.#values.get(name)?.at(-1);
  }

  values(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  isSet(name: string): boolean {
    const value = this.value(name);
    return value !== undefined && value !== 'false';
  }

  /** A whole number. @throws CommandError */
  integer(name: string): number | undefined {
    const text = this.value(name);
    if (text === undefined) return undefined;
    if (!/^[+-]?\d+$/.test(text)) {
      const detail = `strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`;
      throw new CommandError(`invalid argument ${JSON.stringify(text)} for "--${name}" flag: ${detail}`);
    }
    return Number(text);
  }
}

export interface CommandLine {
  readonly flags: Flags;
  readonly args: readonly string[];
  /** What stands after `--`. */
  readonly rest: readonly string[];
}

interface Token {
  readonly name: string;
  readonly value: string | undefined;
  readonly spelling: string;
}

function flagOf(text: string): Token {
  if (text.startsWith('--')) {
    const equals = text.indexOf('=');
    if (equals < 0) return { name: text.slice(2), value: undefined, spelling: text };
    return { name: text.slice(2, equals), value: text.slice(equals + 1), spelling: text.slice(0, equals) };
  }
  const letter = text[1] as string;
  const value = text.length === 2 ? undefined : text.slice(text[2] === '=' ? 3 : 2);
  return { name: SHORT[letter] ?? letter, value, spelling: `-${letter}` };
}

/** @param command for messages, for example "kubectl get". @throws CommandError */
export function parseFlags(words: readonly string[], table: FlagTable, command: string): CommandLine {
  const values = new Map<string, string[]>();
  const args: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    if (word === '--') return { flags: new Flags(values), args, rest: words.slice(i + 1) };
    if (!word.startsWith('-') || word === '-') {
      args.push(word);
      continue;
    }
    const token = flagOf(word);
    const type = table[token.name] ?? GLOBAL_FLAGS[token.name];
    if (type === undefined) {
      const kind = word.startsWith('--') ? 'flag' : 'shorthand flag';
      const shown = word.startsWith('--') ? token.spelling : `'${word[1]}' in ${word}`;
      throw new CommandError(`unknown ${kind}: ${shown}\nSee '${command} --help' for usage.`);
    }
    let { value } = token;
    if (value === undefined && type === 'value') {
      value = words[++i];
      if (value === undefined) throw new CommandError(`flag needs an argument: ${token.spelling}`);
    }
    const given = values.get(token.name) ?? [];
    given.push(value ?? 'true');
    values.set(token.name, given);
  }
  return { flags: new Flags(values), args, rest: [] };
}
