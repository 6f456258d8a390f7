/**
 * The standard normal distribution: density, probability and quantile, in arithmetic whose bits agree on all supported
 * versions of Node (add, multiply, divide, sqrt, exp, log).
 */

type Coefficients = readonly [number, number, number, number, number, number, number, number];

/** Evaluates a polynomial of degree seven, highest coefficient first. Without a loop: each latency that is drawn asks for two. */
function polynomial(c: Coefficients, x: number): number {
  return ((((((c[0] * x + c[1]) * x + c[2]) * x + c[3]) * x + c[4]) * x + c[5]) * x + c[6]) * x + c[7];
}

// Rational approximations of algorithm AS 241 (M. J. Wichura, Applied Statistics 37, 1988), routine PPND16: numerator and
// denominator for the middle, the shoulders and the far tails; highest coefficient first.
const MIDDLE = [
  [
    2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946, 1971.5909503065513,
    133.14166789178438, 3.3871328727963665,
  ],
  [
    5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751, 687.1870074920579,
    42.31333070160091, 1,
  ],
] as const;
const SHOULDER = [
  [
    0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045,
    5.769497221460691, 4.630337846156546, 1.4234371107496835,
  ],
  [
    1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008, 0.6897673349851,
    1.6763848301838038, 2.053191626637759, 1,
  ],
] as const;
const TAIL = [
  [
    2.0103343992922881e-7, 0.000027115555687434876, 0.0012426609473880784, 0.026532189526576124, 0.29656057182850487,
    1.7848265399172913, 5.463784911164114, 6.657904643501103,
  ],
  [
    2.0442631033899397e-15, 1.421511758316446e-7, 0.000018463183175100548, 0.0007868691311456133, 0.014875361290850615,
    0.1369298809227358, 0.599832206555888, 1,
  ],
] as const;

/** The z with Φ(z) = probability, for 0 < probability < 1; relative error about 1e-16. */
export function normalQuantile(probability: number): number {
  const fromMiddle = probability - 0.5;
  if (Math.abs(fromMiddle) <= 0.425) {
    const r = 0.180625 - fromMiddle * fromMiddle;
    return (fromMiddle * polynomial(MIDDLE[0], r)) / polynomial(MIDDLE[1], r);
  }
  const r = Math.sqrt(-Math.log(fromMiddle < 0 ? probability : 1 - probability));
  const z =
    r <= 5
      ? polynomial(SHOULDER[0], r - 1.6) / polynomial(SHOULDER[1], r - 1.6)
      : polynomial(TAIL[0], r - 5) / polynomial(TAIL[1], r - 5);
  return fromMiddle < 0 ? -z : z;
}

/** φ(z). */
export function normalDensity(z: number): number {
  return Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
}

/**
 * Φ(z). Near the middle the series of G. Marsaglia (Journal of Statistical Software 11, 2004); farther out the continued
 * fraction of the tail (Abramowitz and Stegun 26.2.14), whose relative accuracy holds.
 */
export function normalProbability(z: number): number {
  if (Number.isNaN(z)) return Number.NaN;
  if (Math.abs(z) < 3) {
    let term = z;
    let sum = z;
    for (let i = 3; Math.abs(term) > 1e-17 * Math.abs(sum); i += 2) {
      term *= (z * z) / i;
      sum += term;
    }
    return 0.5 + sum * normalDensity(z);
  }
  const x = Math.abs(z);
  let fraction = 0;
  for (let i = 100; i >= 1; i--) fraction = i / (x + fraction);
  const tail = x > 40 ? 0 : normalDensity(x) / (x + fraction);
  return z > 0 ? 1 - tail : tail;
}
