/** What of a recorded answer must be the same in a replay: everything but what is chance or belongs to the member. */
import type { Json } from './wire.ts';

const MEMBER_FIELDS: ReadonlySet<string> = new Set(['cluster_id', 'member_id', 'raft_term']);

/** The same with sorted fields, without what names the member. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([field]) => !MEMBER_FIELDS.has(field));
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([field, each]) => [field, plain(each)]));
}

/** Of a lease that is there, what is left of its time is not compared; its keys have no order. */
export function comparableAnswer(op: string, answer: unknown): unknown {
  const json = plain(answer) as Record<string, unknown>;
  if (op !== 'lease_timetolive' || json['TTL'] === '-1') return json;
  const { TTL: _left, keys, ...rest } = json;
  return keys === undefined ? rest : { ...rest, keys: [...(keys as string[])].sort() };
}

/**
 * All events of each watch in order, whatever messages brought them, and the other messages in order. Answers to
 * requests for progress are left out.
 */
export function comparableWatch(messages: unknown): unknown {
  const events: Record<string, unknown[]> = {};
  const others: unknown[] = [];
  for (const { result } of messages as readonly { readonly result: Json }[]) {
    const { header: _header, ...message } = result;
    if (message['events'] !== undefined) {
      const id = (message['watch_id'] as string | undefined) ?? '0';
      events[id] = [...(events[id] ?? []), ...(message['events'] as unknown[])];
    } else if (message['created'] !== undefined || message['canceled'] !== undefined) {
      others.push(plain(message));
    }
  }
  return { others, events: plain(events) };
}
