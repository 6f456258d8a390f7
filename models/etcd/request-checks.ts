/**
 * What etcd refuses before it looks at its store: empty keys, contradictory options, transactions that are too long or
 * that write one key twice.
 * Source: etcd server/etcdserver/api/v3rpc/key.go (checkTxnRequest, checkIntervals).
 */
import { EtcdError } from './errors.ts';
import { isInRange, type KeyRange, TO_THE_END } from './key-range.ts';
import type { PutRequest, Request, TransactionRequest } from './requests.ts';

/** Most operations, or compares, of one transaction. Source: server/embed/config.go (DefaultMaxTxnOps). */
export const TRANSACTION_OPERATIONS_MAX = 128;

/** @throws EtcdError */
export function checkPut<V>(request: PutRequest<V>): void {
  if (request.key === '') throw new EtcdError('emptyKey');
  if (request.ignoreValue && request.value !== undefined) throw new EtcdError('valueProvided');
  if (request.ignoreLease && (request.lease ?? 0) !== 0) throw new EtcdError('leaseProvided');
}

/** @throws EtcdError */
export function checkKey({ key }: KeyRange): void {
  if (key === '') throw new EtcdError('emptyKey');
}

/** @throws EtcdError */
export function checkTransaction<V>(request: TransactionRequest<V>): void {
  checkOperations(request, TRANSACTION_OPERATIONS_MAX);
  checkIntervals(request.success);
  checkIntervals(request.failure);
}

function checkOperations<V>({ compare, success, failure }: TransactionRequest<V>, allowed: number): void {
  const operations = Math.max(compare.length, success.length, failure.length);
  if (operations > allowed) throw new EtcdError('tooManyOps');
  for (const each of compare) checkKey(each);
  for (const list of [success, failure]) {
    for (const each of list) {
      if (each.kind === 'transaction') checkOperations(each, allowed - operations);
      else if (each.kind === 'put') checkPut(each);
      else checkKey(each);
    }
  }
}

interface Writes {
  readonly puts: Set<string>;
  readonly deletes: KeyRange[];
}

/** No key may be put twice, or put and deleted, on any path through a transaction; the two branches of a nested one exclude each other. */
function checkIntervals<V>(requests: readonly Request<V>[]): Writes {
  const puts = new Set<string>();
  // An open end is not understood here, as in etcd: such a deletion may meet a put, and both are done.
  const deletes: KeyRange[] = [];
  for (const each of requests) if (each.kind === 'deleteRange' && each.rangeEnd !== TO_THE_END) deletes.push(each);
  const add = (key: string): void => {
    if (puts.has(key) || deletes.some((range) => isInRange(key, range))) throw new EtcdError('duplicateKey');
    puts.add(key);
  };
  for (const each of requests) {
    if (each.kind !== 'transaction') continue;
    const then = checkIntervals(each.success);
    const otherwise = checkIntervals(each.failure);
    for (const key of then.puts) add(key);
    for (const key of otherwise.puts) if (!then.puts.has(key)) add(key);
    deletes.push(...then.deletes, ...otherwise.deletes);
  }
  for (const each of requests) if (each.kind === 'put') add(each.key);
  return { puts, deletes };
}
