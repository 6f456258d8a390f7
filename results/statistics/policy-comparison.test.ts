/** Tests of comparisons of several policies at once. */
import { expect, test } from 'vitest';
import { comparePolicies } from './policy-comparison.ts';

const base = [100, 104, 97, 101, 99, 103];
const policies = [
  { policy: 'spread', samples: base },
  { policy: 'pack', samples: base.map((value, i) => value * 0.95 + [0.2, -0.1, 0.1, 0, -0.2, 0.1][i]!) },
  { policy: 'odd', samples: base.map((value, i) => value + [2, -1, 0.5, 3, -2, -1][i]!) },
];

test('every pair comes once, the later against the earlier, with corrected p-values', () => {
  const pairs = comparePolicies(policies, { better: 'lower' });
  expect(pairs.map(({ policy, baseline }) => [policy, baseline])).toEqual([
    ['pack', 'spread'],
    ['odd', 'spread'],
    ['odd', 'pack'],
  ]);
  expect(pairs.map(({ comparison }) => comparison.verdict)).toEqual(['better', 'no difference shown', 'worse']);
  for (const { comparison, uncorrectedP } of pairs) expect(comparison.p).toBeGreaterThanOrEqual(uncorrectedP);
  expect(pairs[0]?.comparison.p).toBeCloseTo((pairs[0]?.uncorrectedP as number) * 3, 15);
  // six pairs of one sign: 2 / 2^6, times three pairs
  expect(pairs[0]?.wilcoxonP).toBeCloseTo(0.09375, 12);
});

test('a difference that the number of pairs could have made is not shown', () => {
  const close = [
    { policy: 'a', samples: [1, 2, 3, 4, 5] },
    { policy: 'b', samples: [1.5, 2.1, 3.4, 4.2, 5.1] },
    { policy: 'c', samples: [1.4, 2.0, 3.3, 4.3, 5.2] },
  ];
  const [pair] = comparePolicies(close, { better: 'lower' });
  expect(pair?.uncorrectedP).toBeLessThan(0.05);
  expect(pair?.comparison.p).toBeGreaterThan(0.05);
  expect(pair?.comparison.sentence).toMatch(/^no difference shown/);
});

test('one policy has nothing to be compared with', () => {
  expect(comparePolicies(policies.slice(0, 1), { better: 'lower' })).toEqual([]);
});
