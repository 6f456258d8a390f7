/** The cluster's clock: dates of the calendar, and one text for each second. */
import { expect, test } from 'vitest';
import { Simulation } from '../engine/index.ts';
import { ClusterClock, formatTimestamp } from './cluster-clock.ts';

test.each([
  [0, '1970-01-01T00:00:00Z'],
  [951_782_399, '2000-02-28T23:59:59Z'],
  [951_782_400, '2000-02-29T00:00:00Z'],
  [1_893_456_000, '2030-01-01T00:00:00Z'],
  [4_107_542_400, '2100-03-01T00:00:00Z'],
])('%d seconds since 1970 is %s', (seconds, text) => {
  expect(formatTimestamp(seconds)).toBe(text);
});

test('virtual time counts from the start date in whole seconds', () => {
  const clock = new ClusterClock(new Simulation({ seed: 's' }));
  expect(clock.timestampAt(61_999_999)).toBe('2030-01-01T00:01:01Z');
  expect(clock.nowTimestamp()).toBe('2030-01-01T00:00:00Z');
});
