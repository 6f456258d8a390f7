/**
 * Resource quantities, exactly as k8s.io/apimachinery/pkg/api/resource computes them in v1.34: parsing, canonical
 * form, arithmetic, comparison and the integer values with their rounding away from zero.
 *
 * A quantity is held as Go holds it: either as a 64-bit integer with a power of ten ("int64Amount"), or, when it does not fit,
 * as a decimal of any size ("inf.Dec"). The difference shows where 64-bit values overflow, and is kept.
 * Hot paths do not compute with quantities but with the plain numbers of `quantity-values.ts`.
 */
import { aligned, fitsInt64, MAX_INT64, powerOfTen, roundAway, scaledDecimal, scaledInt64 } from './int64-scale.ts';

export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent';

/** Immutable. The number is `unscaled * 10 ** scale`. */
export interface Quantity {
  readonly unscaled: bigint;
  readonly scale: number;
  /** Held as a decimal of any size, not as a 64-bit integer. */
  readonly isDecimal: boolean;
  /** Absent only in the zero value of a field that was null. */
  readonly format: QuantityFormat | undefined;
  /** The spelling it was read with, where that is kept when it is printed. */
  readonly spelling: string | undefined;
}

/** The three ways in which a quantity is refused, with Kubernetes' texts. */
export class QuantityError extends Error {
  override readonly name: string = 'QuantityError';
}

/** An exponent that no machine can compute with: refused here, while the real code computes on (for minutes, or for ever). */
export class HugeExponentError extends QuantityError {
  override readonly name = 'HugeExponentError';
}

const NANO = -9;
const MAX_EXPONENT = 1000;
/** Digits up to which a number takes the 64-bit path (maxInt64Factors of math.go). */
const MAX_INT64_DIGITS = 18;
const WRONG_FORMAT = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const WRONG_NUMBER = 'unable to parse numeric part of quantity';
const WRONG_SUFFIX = "unable to parse quantity's suffix";

const DECIMAL_EXPONENTS: ReadonlyMap<string, number> = new Map([
  ['n', -9],
  ['u', -6],
  ['m', -3],
  ['', 0],
  ['k', 3],
  ['M', 6],
  ['G', 9],
  ['T', 12],
  ['P', 15],
  ['E', 18],
]);
const BINARY_EXPONENTS: ReadonlyMap<string, number> = new Map([
  ['Ki', 10],
  ['Mi', 20],
  ['Gi', 30],
  ['Ti', 40],
  ['Pi', 50],
  ['Ei', 60],
]);
const DECIMAL_SUFFIXES = new Map([...DECIMAL_EXPONENTS].map(([suffix, exponent]) => [exponent, suffix]));
const BINARY_SUFFIXES = new Map([...BINARY_EXPONENTS].map(([suffix, exponent]) => [exponent, suffix]));

/** Zero as null in JSON gives it. */
export const NULL_QUANTITY: Quantity = {
  unscaled: 0n,
  scale: 0,
  isDecimal: false,
  format: undefined,
  spelling: undefined,
};

export const ZERO_QUANTITY: Quantity = { unscaled: 0n, scale: 0, isDecimal: false, format: 'DecimalSI', spelling: '0' };

function quantity(unscaled: bigint, scale: number, format: QuantityFormat, spelling?: string): Quantity {
  return { unscaled, scale, isDecimal: false, format, spelling };
}

interface Suffix {
  readonly base: 2 | 10;
  readonly exponent: number;
  readonly format: QuantityFormat;
}

function parseSuffix(text: string): Suffix {
  const decimal = DECIMAL_EXPONENTS.get(text);
  if (decimal !== undefined) return { base: 10, exponent: decimal, format: 'DecimalSI' };
  const binary = BINARY_EXPONENTS.get(text);
  if (binary !== undefined) return { base: 2, exponent: binary, format: 'BinarySI' };
  const exponent = /^[eE]([-+]?[0-9]+)$/.exec(text)?.[1];
  if (exponent === undefined || !fitsInt64(BigInt(exponent.replace('+', '')))) throw new QuantityError(WRONG_SUFFIX);
  // The real code cuts the exponent to 32 bits.
  const cut = Number(BigInt.asIntN(32, BigInt(exponent.replace('+', ''))));
  if (Math.abs(cut) > MAX_EXPONENT) {
    throw new HugeExponentError(`the exponent is ${cut}; accepted are -${MAX_EXPONENT} to ${MAX_EXPONENT}`);
  }
  return { base: 10, exponent: cut, format: 'DecimalExponent' };
}

/** Sign, digits before the point without leading zeros, digits behind it, suffix. Very permissive: "Ki" and "." are zeros. */
const PARTS = /^([+-]?)0*([0-9]*)(?:(\.)([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)$/;

interface Parts {
  readonly negative: boolean;
  readonly whole: string;
  readonly fraction: string;
  readonly suffix: Suffix;
  readonly hasDigits: boolean;
}

function split(text: string): Parts {
  const parts = PARTS.exec(text);
  if (text === '' || parts === null) throw new QuantityError(WRONG_FORMAT);
  const [, sign, whole = '', , fraction = '', suffix = ''] = parts;
  return {
    negative: sign === '-',
    whole: whole === '' ? '0' : whole,
    fraction,
    suffix: parseSuffix(suffix),
    hasDigits: /^[+-]?[.]?[0-9]/.test(text),
  };
}

/** Whether the text is in canonical form already, so that it is printed as it was read. */
function keepsSpelling(digits: string, value: bigint, scale: number, suffix: Suffix): boolean {
  if (suffix.format === 'BinarySI') return suffix.exponent % 10 === 0 && (value & 7n) !== 0n;
  return scale % 3 === 0 && !digits.endsWith('000') && digits[0] !== '0';
}

/** The 64-bit path; undefined where the number may not fit. */
function parseInt64(text: string, parts: Parts): Quantity | undefined {
  const { whole, fraction, suffix } = parts;
  let precision = MAX_INT64_DIGITS - whole.length - fraction.length;
  let mantissa = 1n;
  let scale = suffix.exponent;
  if (suffix.format === 'BinarySI') {
    if (fraction !== '') return undefined;
    mantissa = 1n << BigInt(suffix.exponent);
    precision = 15 - whole.length - Math.trunc((suffix.exponent * 3) / 10) - 1;
    scale = 0;
  }
  scale -= fraction.length;
  if (precision < 0 || scale < NANO) return undefined;
  const digits = whole + fraction;
  const value = BigInt(digits);
  const amount = value * mantissa;
  if (!fitsInt64(amount)) return undefined;
  const spelling = keepsSpelling(digits, value, scale, suffix) ? text : undefined;
  return quantity(parts.negative ? -amount : amount, scale, suffix.format, spelling);
}

/** The path for numbers of any size: rounded up to whole nanos, binary ones capped at the largest 64-bit integer. */
function parseDecimal(parts: Parts): Quantity {
  const { whole, fraction, suffix } = parts;
  if (!parts.hasDigits) throw new QuantityError(WRONG_NUMBER);
  let { format } = suffix;
  let unscaled = BigInt(whole + fraction);
  let scale = -fraction.length;
  if (suffix.base === 10) scale += suffix.exponent;
  else unscaled <<= BigInt(suffix.exponent);
  if (unscaled !== 0n) {
    unscaled = scale >= NANO ? unscaled * powerOfTen(scale - NANO) : roundAway(unscaled, NANO - scale);
    scale = NANO;
  }
  if (format === 'BinarySI') {
    const one = powerOfTen(-scale);
    if (unscaled > MAX_INT64 * one) {
      unscaled = MAX_INT64;
      scale = 0;
    }
    if (unscaled > 0n && unscaled < powerOfTen(-scale)) format = 'DecimalSI';
  }
  return { unscaled: parts.negative ? -unscaled : unscaled, scale, isDecimal: true, format, spelling: undefined };
}

/** @throws QuantityError with the text of Kubernetes. */
export function parseQuantity(text: string): Quantity {
  if (text === '0') return ZERO_QUANTITY;
  const parts = split(text);
  return parseInt64(text, parts) ?? parseDecimal(parts);
}

/** Whole number in the given format. */
export function wholeQuantity(value: number | bigint, format: QuantityFormat): Quantity {
  return quantity(BigInt(value), 0, format);
}

/** Thousandths in the given format. */
export function milliQuantity(value: number | bigint, format: QuantityFormat): Quantity {
  return quantity(BigInt(value), -3, format);
}

/** Factors of ten go to the exponent, which is then lowered to a multiple of three. */
function canonicalDecimal(unscaled: bigint, scale: number): [digits: bigint, exponent: number] {
  let digits = unscaled;
  let exponent = scale;
  while (digits !== 0n && digits % 10n === 0n) {
    digits /= 10n;
    exponent++;
  }
  while (exponent % 3 !== 0) {
    digits *= 10n;
    exponent--;
  }
  return [digits, exponent];
}

function binaryText(whole: bigint): string {
  let digits = whole;
  let exponent = 0;
  while (digits !== 0n && digits % 1024n === 0n) {
    digits /= 1024n;
    exponent += 10;
  }
  return `${digits}${BINARY_SUFFIXES.get(exponent) ?? ''}`;
}

/** Canonical form; a quantity that was read in that form keeps its spelling. A suffix beyond E is lost, as in v1.34. */
export function formatQuantity(q: Quantity): string {
  if (q.spelling !== undefined) return q.spelling;
  if (q.unscaled === 0n) return '0';
  let format = q.format ?? 'DecimalExponent';
  if (format === 'BinarySI') {
    const whole = q.scale >= 0 ? q.unscaled * powerOfTen(q.scale) : roundAway(q.unscaled, -q.scale);
    const isExact = q.scale >= 0 || whole * powerOfTen(-q.scale) === q.unscaled;
    const isSmall = compareQuantities(q, THOUSAND_24) < 0 && compareQuantities(q, MINUS_THOUSAND_24) > 0;
    if (isExact && !isSmall) return binaryText(whole);
    format = 'DecimalSI';
  }
  const [digits, exponent] = canonicalDecimal(q.unscaled, q.scale);
  if (format === 'DecimalSI') return `${digits}${DECIMAL_SUFFIXES.get(exponent) ?? ''}`;
  return exponent === 0 ? String(digits) : `${digits}e${exponent}`;
}

const THOUSAND_24 = wholeQuantity(1024, 'BinarySI');
const MINUS_THOUSAND_24 = wholeQuantity(-1024, 'BinarySI');

export function isZeroQuantity(q: Quantity): boolean {
  return q.unscaled === 0n;
}

/** -1, 0 or 1. */
export function signOf(q: Quantity): number {
  return q.unscaled === 0n ? 0 : q.unscaled < 0n ? -1 : 1;
}

/** -1, 0 or 1, by the exact numbers. */
export function compareQuantities(a: Quantity, b: Quantity): number {
  const [x, y] = aligned(a, b);
  return x === y ? 0 : x < y ? -1 : 1;
}

/** The sum; a zero on the left takes the format of the right. */
export function addQuantities(a: Quantity, b: Quantity): Quantity {
  const format = a.unscaled === 0n ? b.format : a.format;
  if (!a.isDecimal && !b.isDecimal) {
    if (b.unscaled === 0n) return { ...a, format, spelling: undefined };
    if (a.unscaled === 0n) return { ...b, format, spelling: undefined };
  }
  const [x, y, scale] = aligned(a, b);
  const unscaled = x + y;
  const isDecimal = a.isDecimal || b.isDecimal || !fitsInt64(x) || !fitsInt64(y) || !fitsInt64(unscaled);
  return { unscaled, scale, isDecimal, format, spelling: undefined };
}

export function negateQuantity(q: Quantity): Quantity {
  return { ...q, unscaled: -q.unscaled, spelling: undefined };
}

/** The difference; a zero on the left takes the format of the right. */
export function subtractQuantities(a: Quantity, b: Quantity): Quantity {
  return addQuantities(a, negateQuantity(b));
}

/** Rounded away from zero to whole multiples of 10 to the power of `scale`, and whether that lost nothing. */
export function roundUpQuantity(q: Quantity, scale: number): { readonly quantity: Quantity; readonly exact: boolean } {
  if (q.scale >= scale) {
    if (!q.isDecimal) return { quantity: q, exact: true };
    const unscaled = q.unscaled * powerOfTen(q.scale - scale);
    return { quantity: { ...q, unscaled, scale, spelling: undefined }, exact: true };
  }
  const unscaled = roundAway(q.unscaled, scale - q.scale);
  const exact = unscaled * powerOfTen(scale - q.scale) === q.unscaled;
  return { quantity: { ...q, unscaled, scale, spelling: undefined }, exact };
}

/** In units of 10 to the power of `scale`, rounded up, with the 64-bit overflow of Go on amd64. */
export function scaledValue(q: Quantity, scale: number): bigint {
  return q.isDecimal ? scaledDecimal(q.unscaled, q.scale - scale) : scaledInt64(q.unscaled, q.scale - scale).value;
}

/** The 64-bit integer that it is, or undefined when it is none or is not held as one. */
export function exactInt64(q: Quantity): bigint | undefined {
  if (q.isDecimal || q.scale < 0) return undefined;
  const { value, fits } = scaledInt64(q.unscaled, q.scale);
  return fits ? value : undefined;
}

/** The nearest double, with the rounding of a multiplication by a power of ten. */
export function approximateNumber(q: Quantity): number {
  return q.scale === 0 ? Number(q.unscaled) : Number(q.unscaled) * Number(`1e${q.scale}`);
}
