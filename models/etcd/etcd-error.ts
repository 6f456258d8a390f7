/** An error that an etcd client would see, with etcd's own words. Source: etcd api/v3rpc/rpctypes/error.go. */
export class EtcdError extends Error {
  override readonly name = 'EtcdError';
  /** With a compacted revision: what has been compacted. */
  readonly compactRevision: number | undefined;

  constructor(message: string, compactRevision?: number) {
    super(message);
    this.compactRevision = compactRevision;
  }
}
