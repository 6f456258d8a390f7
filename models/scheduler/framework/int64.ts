/**
 * 64-bit integers as Go computes them: plain numbers while they are safe integers, BigInt beyond, wrapped at 64 bits.
 * Amounts of real clusters stay below 2^53, so the BigInt branches are for odd recordings only; `<`, `>` and `===` after
 * `int64` normalisation compare both kinds exactly.
 */
export type Int64 = number | bigint;

/** The number if it is a safe integer, else a BigInt of 64 bits. Every value of this model went through here. */
export function int64(value: bigint): Int64 {
  const wrapped = BigInt.asIntN(64, value);
  const number = Number(wrapped);
  return Number.isSafeInteger(number) ? number : wrapped;
}

export function addInt64(a: Int64, b: Int64): Int64 {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return int64(BigInt(a) + BigInt(b));
}

export function subtractInt64(a: Int64, b: Int64): Int64 {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b;
    if (Number.isSafeInteger(difference)) return difference;
  }
  return int64(BigInt(a) - BigInt(b));
}

export function multiplyInt64(a: Int64, b: Int64): Int64 {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b;
    // A rounded product may look safe only at the very edge; 2^53 itself is already excluded.
    if (Number.isSafeInteger(product)) return product === 0 ? 0 : product;
  }
  return int64(BigInt(a) * BigInt(b));
}

/** Truncates toward zero. @throws RangeError when `b` is 0, as Go panics. */
export function divideInt64(a: Int64, b: Int64): Int64 {
  if (typeof a === 'number' && typeof b === 'number' && b !== 0) {
    const quotient = Math.trunc(a / b);
    return quotient === 0 ? 0 : quotient;
  }
  return int64(BigInt(a) / BigInt(b));
}

/** As Go's `float64(x)`: to the nearest, ties to even. */
export function toFloat(a: Int64): number {
  return Number(a);
}
