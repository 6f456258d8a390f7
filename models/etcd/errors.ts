/**
 * The refusals of etcd with its own words and gRPC codes.
 * Source: etcd api/v3rpc/rpctypes/error.go.
 */
export type EtcdErrorName = keyof typeof ERRORS;

const INVALID_ARGUMENT = 3;
const NOT_FOUND = 5;
const FAILED_PRECONDITION = 9;
const OUT_OF_RANGE = 11;

const ERRORS = {
  emptyKey: [INVALID_ARGUMENT, 'etcdserver: key is not provided'],
  keyNotFound: [INVALID_ARGUMENT, 'etcdserver: key not found'],
  valueProvided: [INVALID_ARGUMENT, 'etcdserver: value is provided'],
  leaseProvided: [INVALID_ARGUMENT, 'etcdserver: lease is provided'],
  tooManyOps: [INVALID_ARGUMENT, 'etcdserver: too many operations in txn request'],
  duplicateKey: [INVALID_ARGUMENT, 'etcdserver: duplicate key given in txn request'],
  requestTooLarge: [INVALID_ARGUMENT, 'etcdserver: request is too large'],
  leaseNotFound: [NOT_FOUND, 'etcdserver: requested lease not found'],
  leaseExists: [FAILED_PRECONDITION, 'etcdserver: lease already exists'],
  leaseTtlTooLarge: [OUT_OF_RANGE, 'etcdserver: too large lease TTL'],
  compacted: [OUT_OF_RANGE, 'etcdserver: mvcc: required revision has been compacted'],
  futureRevision: [OUT_OF_RANGE, 'etcdserver: mvcc: required revision is a future revision'],
} as const satisfies Record<string, readonly [number, string]>;

export class EtcdError extends Error {
  override readonly name = 'EtcdError';
  readonly error: EtcdErrorName;
  /** gRPC status code. */
  readonly code: number;

  constructor(error: EtcdErrorName) {
    super(ERRORS[error][1]);
    this.error = error;
    this.code = ERRORS[error][0];
  }
}
