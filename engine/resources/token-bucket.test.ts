/** Tests of token buckets: burst, reservations, and exactness over many calls. */
import { describe, expect, test } from 'vitest';
import { TokenBucket } from './token-bucket.ts';

/** A clock that the test sets. */
function bucket(ratePerSecond: number, burst: number): { clock: { nowMicros: number }; tokens: TokenBucket } {
  const clock = { nowMicros: 0 };
  return { clock, tokens: new TokenBucket(clock, { ratePerSecond, burst }) };
}

describe('TokenBucket', () => {
  test('begins full; reservations beyond the burst queue up one period after another', () => {
    const { tokens } = bucket(5, 3);
    expect(Array.from({ length: 6 }, () => tokens.reserve())).toEqual([0, 0, 0, 200_000, 400_000, 600_000]);
    expect(tokens.tokens).toBe(-3);
  });

  test('fills at its rate up to the burst', () => {
    const { clock, tokens } = bucket(5, 3);
    for (let i = 0; i < 3; i++) tokens.reserve();
    clock.nowMicros = 300_000;
    expect(tokens.tokens).toBe(1.5);
    clock.nowMicros = 1e15;
    expect(tokens.tokens).toBe(3);
  });

  test('allow takes only what is there', () => {
    const { clock, tokens } = bucket(10, 1);
    expect([tokens.allow(), tokens.allow()]).toEqual([true, false]);
    clock.nowMicros = 99_999;
    expect(tokens.allow()).toBe(false);
    clock.nowMicros = 100_000;
    expect(tokens.allow()).toBe(true);
  });

  test('a million waits at a rate of 3 a second lose nothing to rounding', () => {
    const { clock, tokens } = bucket(3, 1);
    tokens.reserve();
    for (let i = 1; i <= 1_000_000; i++) clock.nowMicros += tokens.reserve();
    // each wait is rounded up to whole µs, and what that brings in too much is kept
    expect(clock.nowMicros).toBe(Math.ceil(1e12 / 3));
  });

  test.each([
    [{ ratePerSecond: 0, burst: 1 }, 'ratePerSecond is 0'],
    [{ ratePerSecond: 1, burst: 0.5 }, 'burst is 0.5'],
  ])('%j is refused', (options, message) => {
    expect(() => new TokenBucket({ nowMicros: 0 }, options)).toThrow(message);
  });

  test('more than the burst is refused, since it would never be allowed', () => {
    expect(() => bucket(1, 2).tokens.reserve(3)).toThrow(
      'count is 3; accepted are whole numbers from 0 to the burst, 2',
    );
  });
});
