/** A store that is told slots holds what one that looks names up holds, in the same order, whatever comes and goes and is missed. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ConfigMap } from '../objects/cluster-objects.ts';
import { ObjectStore } from './object-store.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e'] as const;
const SHELVES = ['x', 'y'] as const;

/** The server's side: which object is in which slot; the slot of one that has gone is given to the next. */
class Slots {
  readonly #slots = new Map<string, number>();
  readonly #free: number[] = [];

  has(name: string): boolean {
    return this.#slots.has(name);
  }

  of(name: string): number {
    const known = this.#slots.get(name);
    if (known !== undefined) return known;
    const slot = this.#free.pop() ?? this.#slots.size;
    this.#slots.set(name, slot);
    return slot;
  }

  delete(name: string): number {
    const slot = this.#slots.get(name) as number;
    this.#slots.delete(name);
    this.#free.push(slot);
    return slot;
  }
}

const step = fc.record({
  what: fc.constantFrom('put', 'put', 'put', 'delete', 'miss a deletion and list'),
  name: fc.constantFrom(...NAMES),
  shelf: fc.constantFrom(...SHELVES),
});

test('slots change nothing but the way to an object', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const slots = new Slots();
      const told = new ObjectStore<ConfigMap>();
      const plain = new ObjectStore<ConfigMap>();
      for (const store of [told, plain]) store.addIndex('shelf', ({ metadata }) => [metadata.labels?.['shelf'] ?? '']);
      const current = new Map<string, ConfigMap>();
      let revision = 0;
      for (const { what, name, shelf } of steps) {
        if (what === 'put') {
          const uid = current.get(name)?.metadata.uid ?? `uid-${revision}`;
          const metadata = { name, namespace: 'default', uid, resourceVersion: `${++revision}`, labels: { shelf } };
          const object: ConfigMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata };
          current.set(name, object);
          expect(told.put(object, slots.of(name))).toBe(plain.put(object));
        } else if (slots.has(name)) {
          const slot = slots.delete(name);
          current.delete(name);
          if (what === 'delete') expect(told.remove('default', name, slot)).toBe(plain.remove('default', name));
          else {
            told.forgetSlots();
            for (const object of current.values()) expect(told.put(object)).toBe(plain.put(object));
            expect(told.remove('default', name)).toBe(plain.remove('default', name));
          }
        }
        expect(told.size).toBe(current.size);
        expect([...told.list()]).toEqual([...plain.list()]);
        for (const key of SHELVES) expect([...told.byIndex('shelf', key)]).toEqual([...plain.byIndex('shelf', key)]);
        for (const each of NAMES) expect(told.get('default', each)).toBe(current.get(each));
      }
    }),
  );
});
