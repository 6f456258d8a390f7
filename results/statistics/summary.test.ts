/** Tests of the summary of one sample and of paired comparisons. */
import { describe, expect, test } from 'vitest';
import { comparePaired } from './paired-comparison.ts';
import { summarize } from './summary.ts';

describe('summarize', () => {
  test('gives the t interval of the mean', () => {
    const summary = summarize([1, 2, 3, 4, 5]);
    expect(summary).toMatchObject({ n: 5, mean: 3, median: 3, min: 1, max: 5 });
    expect(summary.sd).toBeCloseTo(1.5811388300841898, 14);
    // t(0.975, 4) = 2.7764451051977987
    expect(summary.ci95[0]).toBeCloseTo(3 - (2.7764451051977987 * 1.5811388300841898) / Math.sqrt(5), 12);
  });

  test('one sample has no interval', () => {
    expect(summarize([7])).toEqual({
      n: 1,
      mean: 7,
      median: 7,
      sd: Number.NaN,
      ci95: [Number.NaN, Number.NaN],
      min: 7,
      max: 7,
    });
  });

  test('a sample that is no number is refused with its place', () => {
    expect(() => summarize([1, Number.NaN])).toThrow('sample 1 is NaN');
  });
});

describe('comparePaired', () => {
  // Student's sleep data (1908): t = -4.0621, 9 degrees of freedom, p = 0.002833
  const drug1 = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
  const drug2 = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];

  test("agrees with the known values of Student's sleep data", () => {
    const result = comparePaired(drug1, drug2, { better: 'higher' });
    expect(result.difference).toBeCloseTo(-1.58, 12);
    expect(result.p).toBeCloseTo(0.00283289, 8);
    expect(result.ci95[0]).toBeCloseTo(-2.4598858, 6);
    expect(result.ci95[1]).toBeCloseTo(-0.7001142, 6);
    expect(result.verdict).toBe('worse');
  });

  test('a lower value is better where lower is better, and the sentence says by how much', () => {
    const baseline = [100, 102, 98, 101, 99];
    const policy = baseline.map((value, i) => value * 0.97 + [0.1, -0.1, 0.05, -0.05, 0][i]!);
    const result = comparePaired(policy, baseline, { better: 'lower' });
    expect(result.verdict).toBe('better');
    expect(result.sentence).toMatch(/^better by 3\.0 % \[2\.9, 3\.1\]$/);
  });

  test('where neither direction is good, it says which is higher and judges nothing', () => {
    const higher = comparePaired(drug2, drug1, { better: 'neither' });
    expect(higher).toMatchObject({
      verdict: 'higher',
      sentence: expect.stringMatching(/^higher by 210\.7 % \[93\.3, 328\.0\]$/),
    });
    expect(comparePaired(drug1, drug2, { better: 'neither' })).toMatchObject({ verdict: 'lower', p: higher.p });
  });

  test('without evidence it says so, and how many runs would show one of 1 %', () => {
    const result = comparePaired([101, 99, 103, 97], [99, 101, 98, 102], { better: 'lower' });
    expect(result.sentence).toMatch(/^no difference shown; about \d+ runs would show one of 1 %$/);
  });

  test('equal pairs are equal, one pair is undecided, unequal lengths are refused', () => {
    expect(comparePaired([1, 2], [1, 2], { better: 'lower' }).sentence).toBe('equal in all 2 runs');
    expect(comparePaired([1], [2], { better: 'lower' }).verdict).toBe('undecided');
    expect(() => comparePaired([1], [1, 2], { better: 'lower' })).toThrow('a has 1 samples and b has 2');
  });
});
