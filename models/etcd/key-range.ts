/**
 * Ranges of keys as etcd's requests write them: no end means one key, an end of "\0" means all keys from the first on,
 * else the end is the first key that is no longer meant. Keys compare as byte strings.
 * Source: etcd api/etcdserverpb/rpc.proto (RangeRequest), server/etcdserver/apply.go (mkGteRange).
 */
export interface KeyRange {
  readonly key: string;
  readonly rangeEnd?: string | undefined;
}

/** The end that means "and all after it". */
export const TO_THE_END = '\0';

export function isInRange(key: string, { key: first, rangeEnd }: KeyRange): boolean {
  if (rangeEnd === undefined || rangeEnd === '') return key === first;
  return key >= first && (rangeEnd === TO_THE_END || key < rangeEnd);
}
