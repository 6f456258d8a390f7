/** The part of jstat that the tests use as an independent oracle; the package brings no types. */
declare module 'jstat' {
  export const jStat: {
    studentt: { cdf(t: number, degreesOfFreedom: number): number; inv(p: number, degreesOfFreedom: number): number };
    beta: { cdf(x: number, a: number, b: number): number };
    normal: { cdf(x: number, mean: number, sd: number): number };
    gammaln(x: number): number;
    ttest(value: number, samples: readonly number[], sides: number): number;
  };
}
