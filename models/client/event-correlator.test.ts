/** Tests that what a recorder remembers is what was used last. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Recent } from './event-correlator.ts';

/** The plain rule: each use moves the key to the end, and beyond the limit the first goes. */
class Plain {
  readonly entries = new Map<string, number>();

  get(key: string): number | undefined {
    const value = this.entries.get(key);
    if (value !== undefined) this.#put(key, value);
    return value;
  }

  set(key: string, value: number): void {
    this.#put(key, value);
    const [oldest] = this.entries.keys();
    if (this.entries.size > 3 && oldest !== undefined) this.entries.delete(oldest);
  }

  #put(key: string, value: number): void {
    this.entries.delete(key);
    this.entries.set(key, value);
  }
}

test('the last that were used are remembered, before and after the limit is met', () => {
  const use = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd', 'e'), isSet: fc.boolean() });
  fc.assert(
    fc.property(fc.array(use, { maxLength: 40 }), (uses) => {
      const [recent, plain] = [new Recent<number>(3), new Plain()];
      uses.forEach(({ key, isSet }, i) => {
        if (isSet) {
          recent.set(key, i);
          plain.set(key, i);
        } else expect(recent.get(key)).toBe(plain.get(key));
      });
    }),
  );
});
