/**
 * Powers of ten and 64-bit integers as Go on amd64 computes them, overflow included; the arithmetic under quantities.
 * Source of the rules: staging/src/k8s.io/apimachinery/pkg/api/resource/{math,amount,scale_int}.go.
 */

export const MAX_INT64 = 9223372036854775807n;
const MIN_INT64 = -9223372036854775808n;
const MAX_INT64_POWER = 18;

export function fitsInt64(value: bigint): boolean {
  return value <= MAX_INT64 && value >= MIN_INT64;
}

const powers: bigint[] = [1n];

/** @param exponent not negative. */
export function powerOfTen(exponent: number): bigint {
  for (let known = powers.length; known <= exponent; known++) powers.push((powers[known - 1] as bigint) * 10n);
  return powers[exponent] as bigint;
}

/** Divides by 10 to the power of `digits`, away from zero. */
export function roundAway(value: bigint, digits: number): bigint {
  const divisor = powerOfTen(digits);
  const quotient = value / divisor;
  if (quotient * divisor === value) return quotient;
  return value > 0n ? quotient + 1n : quotient - 1n;
}

interface Scaled {
  readonly unscaled: bigint;
  readonly scale: number;
}

/** Both numbers in units of the smaller scale, and that scale. */
export function aligned(a: Scaled, b: Scaled): [bigint, bigint, number] {
  if (a.scale === b.scale) return [a.unscaled, b.unscaled, a.scale];
  if (a.scale > b.scale) return [a.unscaled * powerOfTen(a.scale - b.scale), b.unscaled, b.scale];
  return [a.unscaled, b.unscaled * powerOfTen(b.scale - a.scale), a.scale];
}

/** Powers that Go multiplies with at once: the product wraps. Others go digit by digit and give 0 when they overflow. */
const WRAPPING_POWERS = new Set([0, 1, 2, 3, 6, 9]);

/** A 64-bit integer times 10 to the power of `power`; away from zero when the power is negative. */
export function scaledInt64(value: bigint, power: number): { readonly value: bigint; readonly fits: boolean } {
  if (power < 0) return { value: roundAway(value, -power), fits: true };
  const product = value * powerOfTen(power);
  if (fitsInt64(product)) return { value: product, fits: true };
  return { value: WRAPPING_POWERS.has(power) ? BigInt.asIntN(64, product) : 0n, fits: false };
}

/** 10 to the power of `power` as a float made an integer: what does not fit becomes the smallest one. */
function floatPower(power: number): bigint {
  return power > MAX_INT64_POWER ? MIN_INT64 : powerOfTen(power);
}

/** A number of any size times 10 to the power of `power`, cut to 64 bits as the real code cuts it; a remainder adds one, whatever the sign. */
export function scaledDecimal(value: bigint, power: number): bigint {
  if (power === 0) return BigInt.asIntN(64, value);
  if (power > 0) return BigInt.asIntN(64, BigInt.asIntN(64, value) * floatPower(power));
  if (value < MAX_INT64 && -power <= MAX_INT64_POWER) {
    const low = BigInt.asIntN(64, value);
    const divisor = powerOfTen(-power);
    return low % divisor === 0n ? low / divisor : low / divisor + 1n;
  }
  const divisor = powerOfTen(-power);
  // The quotient is rounded down here (Euclidean division), not toward zero.
  const remainder = ((value % divisor) + divisor) % divisor;
  const quotient = BigInt.asIntN(64, (value - remainder) / divisor);
  return remainder === 0n ? quotient : BigInt.asIntN(64, quotient + 1n);
}
