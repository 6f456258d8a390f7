/** The gamma function as the Weibull distribution needs it: complete and lower incomplete. */

/** ln Γ(x) for x > 0: Stirling's series (DLMF 5.11.1) at an argument moved up to 10 or more. */
export function logGamma(x: number): number {
  let product = 1;
  let y = x;
  for (; y < 10; y++) product *= y;
  const r = 1 / (y * y);
  const series = (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r * (1 / 1188 - r * (691 / 360360)))))) / y;
  return (y - 0.5) * Math.log(y) - y + 0.5 * Math.log(2 * Math.PI) + series - Math.log(product);
}

/** γ(a, x), the lower incomplete gamma function, for a > 0 and x >= 0: series DLMF 8.7.1, or Legendre's fraction 8.9.2. */
export function lowerGamma(a: number, x: number): number {
  if (x <= 0) return 0;
  if (x === Number.POSITIVE_INFINITY) return Math.exp(logGamma(a));
  const front = Math.exp(a * Math.log(x) - x);
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; n < 10_000 && term > sum * 1e-17; n++) {
      term *= x / (a + n);
      sum += term;
    }
    return front * sum;
  }
  let fraction = 0;
  for (let n = 200; n >= 1; n--) fraction = (n * (n - a)) / (x + 2 * n + 1 - a - fraction);
  return Math.exp(logGamma(a)) - front / (x + 1 - a - fraction);
}
