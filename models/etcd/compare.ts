/**
 * The compares of etcd's transactions.
 * Source: etcd server/etcdserver/apply.go (applyCompare, compareKV).
 */
import type { Compare, KeyValue } from './requests.ts';

type Operator = Compare<unknown>['operator'];

/** What a key compares as that is not there. */
const NOT_THERE = { createRevision: 0, modRevision: 0, version: 0, lease: 0 } as const;

/** Whether the compare holds for every key of its range, given those that are there. */
export function compareHolds<V>(compare: Compare<V>, there: readonly KeyValue<V>[]): boolean {
  if (compare.target === 'value') {
    // A value that is not there is never equal, nor different, to anything.
    return there.length > 0 && there.every(({ value }) => holds(value, compare.operator, compare.operand));
  }
  const { target } = compare;
  const all = there.length > 0 ? there : [NOT_THERE];
  return all.every((kv) => holds(fieldOf(kv, target), compare.operator, compare.operand));
}

function fieldOf(
  kv: Pick<KeyValue<unknown>, 'createRevision' | 'modRevision' | 'version' | 'lease'>,
  target: 'version' | 'create' | 'mod' | 'lease',
): number {
  switch (target) {
    case 'version':
      return kv.version;
    case 'create':
      return kv.createRevision;
    case 'mod':
      return kv.modRevision;
    default:
      return kv.lease;
  }
}

function holds<T>(actual: T, operator: Operator, operand: T): boolean {
  switch (operator) {
    case '=':
      return actual === operand;
    case '!=':
      return actual !== operand;
    case '<':
      return actual < operand;
    default:
      return actual > operand;
  }
}
