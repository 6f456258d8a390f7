/**
 * The memory of a recorder that has not made many Events yet: nothing has to be forgotten, so what is known of an object hangs
 * on one entry for it, in short lists instead of under long keys. It decides as `ManyEvents` does, and moves to it.
 */
import type { Micros, Simulation, TokenBucket } from '../../engine/index.ts';
import {
  addMessage,
  type CorrelatedEvent,
  correlated,
  type EventMemory,
  objectKey,
  type RecordedEvent,
  type Sent,
  SIMILAR_MICROS,
  SPAM_SECONDS,
  spamBucket,
} from './event-memory.ts';
import { type ManyEvents, sentKey, similarKey } from './many-events.ts';

/** One Event as it was sent last. `turn`: the number of the use that was the last. */
class SentEvent implements Sent {
  readonly fieldPath: string | undefined;
  readonly message: string;
  readonly next: SentEvent | undefined;
  name: string;
  count = 1;
  readonly firstTimestamp: string;
  turn = 0;

  constructor({ fieldPath, message, name, timestamp }: RecordedEvent, next: SentEvent | undefined) {
    this.fieldPath = fieldPath;
    this.message = message;
    this.name = name;
    this.firstTimestamp = timestamp;
    this.next = next;
  }
}

/** Events of one object with the same type and reason. */
class SimilarEvents {
  readonly type: RecordedEvent['type'];
  readonly reason: string;
  readonly next: SimilarEvents | undefined;
  /** Most have one message, which needs no set. */
  messages: string | Set<string>;
  lastMicros: Micros;
  sent: SentEvent | undefined;
  /** What was sent for all of them together. */
  combined: SentEvent | undefined;
  turn = 0;

  constructor({ type, reason, message }: RecordedEvent, nowMicros: Micros, next: SimilarEvents | undefined) {
    this.type = type;
    this.reason = reason;
    this.messages = message;
    this.lastMicros = nowMicros;
    this.next = next;
  }

  /** True when there are so many messages that the Events become one. */
  add(message: string): boolean {
    if (this.messages === message) return false;
    if (typeof this.messages === 'string') this.messages = new Set([this.messages]);
    return addMessage(this.messages, message);
  }
}

class EventObject {
  readonly bucket: TokenBucket;
  similar: SimilarEvents | undefined;
  turn = 0;

  constructor(bucket: TokenBucket) {
    this.bucket = bucket;
  }
}

export class FewEvents implements EventMemory {
  readonly #sim: Simulation;
  readonly #objects = new Map<string, EventObject>();
  #similar = 0;
  #sent = 0;
  #turns = 0;

  constructor(sim: Simulation) {
    this.#sim = sim;
  }

  /** The number of objects, of kinds of similar Events, or of Events: that of which there are most. */
  get largest(): number {
    return Math.max(this.#objects.size, this.#similar, this.#sent);
  }

  correlate(recorded: RecordedEvent): CorrelatedEvent | undefined {
    const object = this.#objectOf(objectKey(recorded.object));
    const similar = this.#similarOf(object, recorded);
    const isCombined = this.#isCombined(similar, recorded.message);
    const sent = this.#sentOf(similar, isCombined, recorded);
    object.turn = similar.turn = sent.turn = ++this.#turns;
    // As upstream, an Event that is not sent still counts.
    return object.bucket.allow(SPAM_SECONDS) ? correlated(recorded, isCombined, sent) : undefined;
  }

  renamed({ event, isCombined, count }: CorrelatedEvent, name: string): void {
    const object = this.#objectOf(objectKey(event.object));
    const sent = findSent(this.#similarOf(object, event), isCombined, event);
    if (sent === undefined) return;
    sent.name = name;
    sent.count = count;
    sent.turn = ++this.#turns;
  }

  /** Hands everything over, in the order in which it was used. */
  moveTo(many: ManyEvents): void {
    const buckets: (readonly [turn: number, key: string, bucket: TokenBucket])[] = [];
    const similars: (readonly [turn: number, key: string, similar: SimilarEvents])[] = [];
    const sents: (readonly [turn: number, key: string, sent: SentEvent])[] = [];
    for (const [object, entry] of this.#objects) {
      buckets.push([entry.turn, object, entry.bucket]);
      for (let similar = entry.similar; similar !== undefined; similar = similar.next) {
        const key = similarKey(object, similar);
        similars.push([similar.turn, key, similar]);
        if (similar.combined !== undefined) sents.push([similar.combined.turn, key, similar.combined]);
        for (let sent = similar.sent; sent !== undefined; sent = sent.next) {
          sents.push([sent.turn, sentKey(key, false, sent), sent]);
        }
      }
    }
    for (const [, key, bucket] of buckets.sort(byTurn)) many.buckets.set(key, bucket);
    for (const [, key, { messages, lastMicros }] of similars.sort(byTurn)) {
      many.similar.set(key, { messages: typeof messages === 'string' ? new Set([messages]) : messages, lastMicros });
    }
    for (const [, key, { name, count, firstTimestamp }] of sents.sort(byTurn)) {
      many.sent.set(key, { name, count, firstTimestamp });
    }
    this.#objects.clear();
  }

  #objectOf(key: string): EventObject {
    let object = this.#objects.get(key);
    if (object === undefined) {
      object = new EventObject(spamBucket(this.#sim));
      this.#objects.set(key, object);
    }
    return object;
  }

  #similarOf(object: EventObject, event: RecordedEvent): SimilarEvents {
    for (let similar = object.similar; similar !== undefined; similar = similar.next) {
      if (similar.reason === event.reason && similar.type === event.type) return similar;
    }
    const fresh = new SimilarEvents(event, this.#sim.nowMicros, object.similar);
    object.similar = fresh;
    this.#similar++;
    return fresh;
  }

  #isCombined(similar: SimilarEvents, message: string): boolean {
    const { nowMicros } = this.#sim;
    if (nowMicros - similar.lastMicros > SIMILAR_MICROS) similar.messages = message;
    similar.lastMicros = nowMicros;
    return similar.add(message);
  }

  #sentOf(similar: SimilarEvents, isCombined: boolean, event: RecordedEvent): SentEvent {
    const known = findSent(similar, isCombined, event);
    if (known !== undefined) {
      known.count++;
      return known;
    }
    this.#sent++;
    const fresh = new SentEvent(event, isCombined ? undefined : similar.sent);
    if (isCombined) similar.combined = fresh;
    else similar.sent = fresh;
    return fresh;
  }
}

function byTurn(
  x: readonly [turn: number, ...rest: unknown[]],
  y: readonly [turn: number, ...rest: unknown[]],
): number {
  return x[0] - y[0];
}

function findSent(similar: SimilarEvents, isCombined: boolean, event: RecordedEvent): SentEvent | undefined {
  if (isCombined) return similar.combined;
  for (let sent = similar.sent; sent !== undefined; sent = sent.next) {
    if (sent.message === event.message && (sent.fieldPath ?? '') === (event.fieldPath ?? '')) return sent;
  }
  return undefined;
}
