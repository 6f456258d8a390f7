/** Suggestions for names that are not known. */
import { expect, test } from 'vitest';
import { suggestion } from './near-word.ts';

const WORDS = ['name', 'count', 'zones', 'capacity', 'run'];

test.each([
  ['cuont', 'count', 'two letters swapped'],
  ['cont', 'count', 'a letter left out'],
  ['countt', 'count', 'a letter too many'],
  ['capasity', 'capacity', 'another letter'],
  ['Zones', 'zones', 'another case'],
  ['rnu', 'run', 'a short word with one slip'],
])('%s: %s (%s)', (word, meant) => {
  expect(suggestion(word, WORDS)).toBe(`; did you mean ${meant}?`);
});

test.each(['x', 'go', 'size', 'replicas', ''])('%j is near none', (word) => {
  expect(suggestion(word, WORDS)).toBe('');
});

test('the first of those that are equally near is taken', () => {
  expect(suggestion('bat', ['cat', 'hat'])).toBe('; did you mean cat?');
});
