/** The store against the plainest model of itself: a list of whole states, one for each revision. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MvccStore } from './mvcc-store.ts';

type State = ReadonlyMap<string, string>;

const key = fc.constantFrom('a', 'b', 'c', 'd');
const operation = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('put' as const), key, value: fc.string({ maxLength: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), key }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('compact' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
  },
);

function present(store: MvccStore<string>, revision: number): Record<string, string> {
  const { kvs } = store.range({ key: 'a', rangeEnd: '\0' }, { revision });
  return Object.fromEntries(kvs.map((kv) => [kv.key, kv.value]));
}

test('every revision since the compaction reads as the store was then, and no earlier one can be read', () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
      const store = new MvccStore<string>();
      const states: State[] = [new Map(), new Map()];
      for (const each of operations) {
        const now = states[states.length - 1] as State;
        if (each.do === 'compact') {
          const revision = Math.floor(each.share * store.revision);
          if (revision > store.compactRevision) store.compact(revision);
          else expect(() => store.compact(revision)).toThrow('compacted');
          continue;
        }
        const next = new Map(now);
        if (each.do === 'put') {
          store.put(each.key, each.value);
          next.set(each.key, each.value);
        } else {
          store.deleteRange({ key: each.key });
          if (!next.delete(each.key)) continue;
        }
        states.push(next);
      }
      expect(store.revision).toBe(states.length - 1);
      for (let revision = 1; revision <= store.revision; revision++) {
        if (revision < store.compactRevision) {
          expect(() => present(store, revision)).toThrow('compacted');
        } else {
          const wanted = [...(states[revision] as State)].sort(([a], [b]) => (a < b ? -1 : 1));
          expect(present(store, revision)).toEqual(Object.fromEntries(wanted));
        }
      }
    }),
  );
});

test('a watch from a revision is told what led from the state before it to the present', () => {
  fc.assert(
    fc.property(fc.array(operation, { minLength: 1, maxLength: 40 }), fc.nat(), (operations, start) => {
      const store = new MvccStore<string>();
      const states: Record<string, string>[] = [{}, {}];
      for (const each of operations) {
        if (each.do === 'put') store.put(each.key, each.value);
        if (each.do === 'delete') store.deleteRange({ key: each.key });
        if (store.revision === states.length) states.push(present(store, 0));
      }
      const from = 1 + (start % store.revision);
      const replayed: Record<string, string> = { ...(states[from - 1] as Record<string, string>) };
      for (const event of store.eventsSince(from)) {
        if (event.kv === undefined) delete replayed[event.key];
        else replayed[event.key] = event.kv.value;
      }
      expect(replayed).toEqual(states[store.revision]);
    }),
  );
});
