/** The memory of a recorder that has made many Events: what was not used for longest is forgotten first. */
import type { Simulation, TokenBucket } from '../../engine/index.ts';
import {
  addMessage,
  type CorrelatedEvent,
  correlated,
  type EventMemory,
  objectKey,
  REMEMBERED,
  type RecordedEvent,
  type Sent,
  SIMILAR_MICROS,
  SPAM_SECONDS,
  spamBucket,
} from './event-memory.ts';

export interface Similar {
  messages: Set<string>;
  lastMicros: number;
}

/** The last that were used: each use moves the key to the end, and beyond the limit the first goes. */
export class Recent<V> {
  readonly #entries = new Map<string, V>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(key: string): V | undefined {
    const value = this.#entries.get(key);
    if (value !== undefined) this.#use(key, value);
    return value;
  }

  set(key: string, value: V): void {
    this.#use(key, value);
    if (this.#entries.size <= this.#limit) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }

  #use(key: string, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
  }
}

/** What similar Events have in common. */
export function similarKey(object: string, { type, reason }: Pick<RecordedEvent, 'type' | 'reason'>): string {
  return `${object}/${type}/${reason}`;
}

export class ManyEvents implements EventMemory {
  readonly buckets: Recent<TokenBucket>;
  readonly similar: Recent<Similar>;
  readonly sent: Recent<Sent>;
  readonly #sim: Simulation;

  constructor(sim: Simulation, limit = REMEMBERED) {
    this.#sim = sim;
    this.buckets = new Recent(limit);
    this.similar = new Recent(limit);
    this.sent = new Recent(limit);
  }

  correlate(recorded: RecordedEvent): CorrelatedEvent | undefined {
    const object = objectKey(recorded.object);
    let bucket = this.buckets.get(object);
    if (bucket === undefined) {
      bucket = spamBucket(this.#sim);
      this.buckets.set(object, bucket);
    }
    const similar = similarKey(object, recorded);
    const isCombined = this.#isCombined(similar, recorded.message);
    const key = sentKey(similar, isCombined, recorded);
    const before = this.sent.get(key);
    const sent: Sent = {
      name: before?.name ?? recorded.name,
      count: (before?.count ?? 0) + 1,
      firstTimestamp: before?.firstTimestamp ?? recorded.timestamp,
    };
    this.sent.set(key, sent);
    // As upstream, an Event that is not sent still counts.
    return bucket.allow(SPAM_SECONDS) ? correlated(recorded, isCombined, sent) : undefined;
  }

  renamed({ event, isCombined, count, firstTimestamp }: CorrelatedEvent, name: string): void {
    const similar = similarKey(objectKey(event.object), event);
    this.sent.set(sentKey(similar, isCombined, event), { name, count, firstTimestamp });
  }

  #isCombined(key: string, message: string): boolean {
    const { nowMicros } = this.#sim;
    let similar = this.similar.get(key);
    if (similar === undefined || nowMicros - similar.lastMicros > SIMILAR_MICROS) {
      similar = { messages: new Set(), lastMicros: nowMicros };
      this.similar.set(key, similar);
    }
    similar.lastMicros = nowMicros;
    return addMessage(similar.messages, message);
  }
}

/** All similar Events share one Event when they are combined. */
export function sentKey(
  similar: string,
  isCombined: boolean,
  { fieldPath, message }: Pick<RecordedEvent, 'fieldPath' | 'message'>,
): string {
  return isCombined ? similar : `${similar}/${fieldPath ?? ''}/${message}`;
}
