/**
 * What a range makes of the keys that it found: bounds on revisions, order, limit.
 * Source: etcd server/etcdserver/apply.go (applierV3backend.Range).
 */
import { goSort } from './go-sort.ts';
import type { KeyValue, RangeOptions, RangeResponse, SortTarget } from './requests.ts';

/** @param found all keys of the range, in their order. @param revision of the answer */
export function rangeOf<V>(found: readonly KeyValue<V>[], options: RangeOptions, revision: number): RangeResponse<V> {
  const count = found.length;
  if (options.countOnly) return { kind: 'range', revision, kvs: [], count, more: false };
  const { limit = 0, sortOrder = 'none', sortTarget = 'key' } = options;
  let kvs = found.slice();
  // Without an order or bounds, etcd reads no more than one beyond the limit, and sorts that.
  if (limit > 0 && sortOrder === 'none' && !hasBounds(options)) kvs.length = Math.min(kvs.length, limit + 1);
  kvs = kvs.filter((kv) => isWithin(kv, options));
  sort(kvs, sortOrder, sortTarget);
  const more = limit > 0 && kvs.length > limit;
  if (more) kvs.length = limit;
  return { kind: 'range', revision, kvs, count, more };
}

function hasBounds(options: RangeOptions): boolean {
  const { minModRevision = 0, maxModRevision = 0, minCreateRevision = 0, maxCreateRevision = 0 } = options;
  return minModRevision !== 0 || maxModRevision !== 0 || minCreateRevision !== 0 || maxCreateRevision !== 0;
}

/** A bound of 0 is none. */
function isWithin(kv: KeyValue<unknown>, options: RangeOptions): boolean {
  const { minModRevision = 0, maxModRevision = 0, minCreateRevision = 0, maxCreateRevision = 0 } = options;
  return (
    (maxModRevision === 0 || kv.modRevision <= maxModRevision) &&
    (minModRevision === 0 || kv.modRevision >= minModRevision) &&
    (maxCreateRevision === 0 || kv.createRevision <= maxCreateRevision) &&
    (minCreateRevision === 0 || kv.createRevision >= minCreateRevision)
  );
}

function sort<V>(kvs: KeyValue<V>[], order: RangeOptions['sortOrder'], target: SortTarget): void {
  if (target === 'key' && order !== 'descend') return;
  const isLess = lessBy<V>(target);
  if (order === 'descend') goSort(kvs, (a, b) => isLess(b, a));
  else goSort(kvs, isLess);
}

function lessBy<V>(target: SortTarget): (a: KeyValue<V>, b: KeyValue<V>) => boolean {
  switch (target) {
    case 'version':
      return (a, b) => a.version < b.version;
    case 'create':
      return (a, b) => a.createRevision < b.createRevision;
    case 'mod':
      return (a, b) => a.modRevision < b.modRevision;
    case 'value':
      return (a, b) => a.value < b.value;
    default:
      return (a, b) => a.key < b.key;
  }
}
