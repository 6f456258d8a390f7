/** The part of jstat that the tests use as an independent oracle; the package brings no types. */
declare module 'jstat' {
  export const jStat: {
    studentt: { cdf(t: number, degreesOfFreedom: number): number; inv(p: number, degreesOfFreedom: number): number };
    beta: { cdf(x: number, a: number, b: number): number };
    normal: { cdf(x: number, mean: number, sd: number): number };
    binomial: { cdf(k: number, n: number, p: number): number };
    noncentralt: { cdf(x: number, degreesOfFreedom: number, noncentrality: number): number };
    gammaln(x: number): number;
    /** Both ends of the t interval of the mean with error probability alpha. */
    tci(value: number, alpha: number, samples: readonly number[]): readonly [number, number];
    ttest(value: number, samples: readonly number[], sides: number): number;
  };
}
