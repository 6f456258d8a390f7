/**
 * The natural logarithm with the bits that Go's math.Log has on amd64, where `Math.log` differs in the last place for some
 * arguments (14 is the first whole one). PodTopologySpread weighs domains by it.
 *
 * The method is that of FreeBSD's e_log.c, which Go follows: x = 2^k (1 + f) with 1 + f between sqrt(1/2) and sqrt(2),
 * s = f / (2 + f), and ln(1 + f) = f - (f²/2 - s (f²/2 + R(s²))) with a minimax polynomial R of degree 14 in s.
 */

const LN2_HIGH = 6.9314718036912381649e-1;
const LN2_LOW = 1.90821492927058770002e-10;

/** Coefficients of R, of s² and then each second power. */
const R1 = 6.66666666666673513e-1;
const R2 = 3.999999999940941908e-1;
const R3 = 2.857142874366239149e-1;
const R4 = 2.222219843214978396e-1;
const R5 = 1.818357216161805012e-1;
const R6 = 1.531383769920937332e-1;
const R7 = 1.479819860511658591e-1;

const bits = new DataView(new ArrayBuffer(8));
const EXPONENT_OF_HALF = 1022;
const SMALLEST_NORMAL = 2.2250738585072014e-308;
const TWO_TO_52 = 2 ** 52;

/** Writes x as fraction and exponent, with the fraction in [1/2, 1); x is positive and finite. */
function fractionAndExponent(x: number): { fraction: number; exponent: number } {
  const isSubnormal = x < SMALLEST_NORMAL;
  bits.setFloat64(0, isSubnormal ? x * TWO_TO_52 : x);
  const high = bits.getUint32(0);
  const exponent = ((high >>> 20) & 0x7ff) - EXPONENT_OF_HALF - (isSubnormal ? 52 : 0);
  bits.setUint32(0, ((high & 0x800fffff) | (EXPONENT_OF_HALF << 20)) >>> 0);
  return { fraction: bits.getFloat64(0), exponent };
}

export function goLog(x: number): number {
  if (Number.isNaN(x) || x === Number.POSITIVE_INFINITY) return x;
  if (x < 0) return Number.NaN;
  if (x === 0) return Number.NEGATIVE_INFINITY;
  let { fraction, exponent } = fractionAndExponent(x);
  if (fraction < Math.SQRT1_2) {
    fraction *= 2;
    exponent--;
  }
  const f = fraction - 1;
  const k = exponent;
  const s = f / (2 + f);
  const s2 = s * s;
  const s4 = s2 * s2;
  const odd = s2 * (R1 + s4 * (R3 + s4 * (R5 + s4 * R7)));
  const even = s4 * (R2 + s4 * (R4 + s4 * R6));
  const r = odd + even;
  const halfSquare = 0.5 * f * f;
  return k * LN2_HIGH - (halfSquare - (s * (halfSquare + r) + k * LN2_LOW) - f);
}
