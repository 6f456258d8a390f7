/**
 * Reads options as the person typed them. The command line library turns what looks like a number into one, so texts
 * that must keep their form (a seed 007) are read from the arguments themselves.
 */
import { BadInputError } from '../bad-input.ts';

type Options = Readonly<Record<string, unknown>>;

/** Every value given for --name, in order, as typed. @throws BadInputError for one without a value */
export function textOptions(_options: Options, name: string, argv: readonly string[] = process.argv): string[] {
  const found: string[] = [];
  for (let index = 2; index < argv.length; index++) {
    const argument = argv[index] as string;
    if (argument === '--') break;
    if (argument.startsWith(`--${name}=`)) found.push(argument.slice(name.length + 3));
    else if (argument === `--${name}`) {
      const value = argv[++index];
      if (value === undefined) throw new BadInputError(`--${name} has no value`);
      found.push(value);
    }
  }
  return found;
}

/** The value of an option that may be given once. */
export function textOption(options: Options, name: string): string | undefined {
  const values = textOptions(options, name);
  if (values.length > 1) throw new BadInputError(`--${name} is given ${values.length} times; accepted is once`);
  return values[0];
}

/** A whole number from `least`. @param orElse what else is accepted, for the message */
export function numberOption(options: Options, name: string, least = 1, orElse = ''): number | undefined {
  const text = textOption(options, name);
  if (text === undefined) return undefined;
  if (!/^[0-9]{1,9}$/.test(text) || Number(text) < least) {
    throw new BadInputError(`--${name} is ${text}; accepted: a whole number from ${least}${orElse}`);
  }
  return Number(text);
}
