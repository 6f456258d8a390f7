/** Which rows of the scheduler benchmark are measured. */
import { expect, test } from 'vitest';
import { pickCases } from './cases.ts';

test('rows are picked by all that is asked for', () => {
  const picked = pickCases({
    quick: false,
    domains: false,
    workload: 'anti,spread',
    nodes: '5000',
    sample: 'adaptive',
  });
  expect(new Set(picked.map(({ workload }) => workload))).toEqual(new Set(['anti', 'spread']));
  expect(picked.every(({ nodes, sample }) => nodes === 5000 && sample === 'adaptive')).toBe(true);
});

test.each([
  [{ workload: 'basics' }, /--workload has "basics"; accepted are basic, anti, prefaff, spread, spreadhard/],
  [{ nodes: '1000,abc' }, /--nodes has "abc"; accepted are 1000, 5000, 15000, 50000/],
  [{ workload: 'anti', classes: '5' }, /--classes has "5"; accepted are 1, 20, 500/],
])('rows that there are not are refused, with what there is: %j', (asked, message) => {
  expect(() => pickCases({ quick: false, domains: false, ...asked })).toThrow(message);
});
