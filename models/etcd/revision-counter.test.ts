/** Tests that the counter of revisions goes as etcd's store does. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MvccStore } from './mvcc-store.ts';
import { RevisionCounter } from './revision-counter.ts';

test('writes and deletions count as in the store with its past', () => {
  const write = fc.record({ key: fc.constantFrom('a', 'b', 'c'), isDeletion: fc.boolean() });
  fc.assert(
    fc.property(fc.array(write), (writes) => {
      const store = new MvccStore<number>();
      const counter = new RevisionCounter();
      for (const { key, isDeletion } of writes) {
        if (!isDeletion) store.put(key, counter.write());
        else if (store.get(key) !== undefined) {
          store.deleteRange({ key });
          counter.write();
        }
        expect([counter.revision, counter.writes]).toEqual([store.revision, store.writes]);
      }
    }),
  );
});
