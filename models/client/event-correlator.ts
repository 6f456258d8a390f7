/**
 * Which Events are sent, and as what. Three rules in turn: an object that makes Events too fast is not listened to
 * (bucket of 25, one more each 300 s); more than ten that differ in their message alone within 600 s become one; an
 * Event like one before raises its count.
 *
 * Source: client-go tools/record/events_cache.go.
 */
import { type Simulation, TokenBucket } from '../../engine/index.ts';
import type { KubeObject } from '../objects/meta.ts';

export interface RecordedEvent {
  readonly object: KubeObject;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly fieldPath: string | undefined;
  readonly timestamp: string;
  /** Name of the Event object if a new one has to be made. */
  readonly name: string;
}

/** An Event to make (count 1) or to raise. */
export interface EventToSend {
  readonly event: RecordedEvent;
  readonly key: string;
  readonly name: string;
  readonly count: number;
  readonly firstTimestamp: string;
}

/** 25 Events, and one more each 300 s: counted in seconds, so that the rate is a whole number. */
const SPAM_SECONDS = 300;
const SPAM = { ratePerSecond: 1, burst: 25 * SPAM_SECONDS } as const;
const SIMILAR_LIMIT = 10;
const SIMILAR_MICROS = 600_000_000;
const REMEMBERED = 4096;
const COMBINED = '(combined from similar events): ';

interface Similar {
  messages: Set<string>;
  lastMicros: number;
}

interface Sent {
  readonly name: string;
  readonly count: number;
  readonly firstTimestamp: string;
}

interface Used<V> {
  value: V;
  /** Number of the use that was the last. */
  turn: number;
}

/**
 * The last 4096 that were used. Most recorders, those of kubelets, never come to so many: only when there are does the order of the map
 * become that of use, which costs a deletion and an insertion at each.
 */
export class Recent<V> {
  #entries = new Map<string, Used<V>>();
  #turns = 0;
  #isOrdered = false;
  readonly #limit: number;

  constructor(limit = REMEMBERED) {
    this.#limit = limit;
  }

  get(key: string): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#use(key, entry);
    return entry.value;
  }

  set(key: string, value: V): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined) {
      entry.value = value;
      this.#use(key, entry);
      return;
    }
    this.#entries.set(key, { value, turn: ++this.#turns });
    if (this.#entries.size <= this.#limit) return;
    if (!this.#isOrdered) {
      this.#isOrdered = true;
      this.#entries = new Map([...this.#entries].sort(([, a], [, b]) => a.turn - b.turn));
    }
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }

  #use(key: string, entry: Used<V>): void {
    if (!this.#isOrdered) {
      entry.turn = ++this.#turns;
      return;
    }
    this.#entries.delete(key);
    this.#entries.set(key, entry);
  }
}

export class EventCorrelator {
  readonly #sim: Simulation;
  readonly #buckets = new Recent<TokenBucket>();
  readonly #similar = new Recent<Similar>();
  readonly #sent = new Recent<Sent>();

  constructor(sim: Simulation) {
    this.#sim = sim;
  }

  /** What to send for an Event; undefined when its object has made too many. */
  correlate(recorded: RecordedEvent): EventToSend | undefined {
    const { kind, apiVersion, metadata } = recorded.object;
    const object = metadata.uid ?? `${apiVersion}/${kind}/${metadata.namespace ?? ''}/${metadata.name}`;
    let bucket = this.#buckets.get(object);
    if (bucket === undefined) {
      bucket = new TokenBucket(this.#sim, SPAM);
      this.#buckets.set(object, bucket);
    }
    const similarKey = `${object}/${recorded.type}/${recorded.reason}`;
    const isCombined = this.#isCombined(similarKey, recorded.message);
    const event = isCombined ? { ...recorded, message: COMBINED + recorded.message } : recorded;
    const key = isCombined ? similarKey : `${similarKey}/${recorded.fieldPath ?? ''}/${recorded.message}`;
    const before = this.#sent.get(key);
    const sent: Sent = {
      name: before?.name ?? event.name,
      count: (before?.count ?? 0) + 1,
      firstTimestamp: before?.firstTimestamp ?? event.timestamp,
    };
    this.#sent.set(key, sent);
    // As upstream, an Event that is not sent still counts.
    return bucket.allow(SPAM_SECONDS) ? { event, key, ...sent } : undefined;
  }

  /** The Event was made anew under another name. */
  renamed(sent: EventToSend, name: string): void {
    this.#sent.set(sent.key, { name, count: sent.count, firstTimestamp: sent.firstTimestamp });
  }

  #isCombined(key: string, message: string): boolean {
    const { nowMicros } = this.#sim;
    let similar = this.#similar.get(key);
    if (similar === undefined || nowMicros - similar.lastMicros > SIMILAR_MICROS) {
      similar = { messages: new Set(), lastMicros: nowMicros };
      this.#similar.set(key, similar);
    }
    similar.messages.add(message);
    similar.lastMicros = nowMicros;
    if (similar.messages.size < SIMILAR_LIMIT) return false;
    // One message makes room, so that the set does not grow; upstream takes any, here the oldest.
    for (const oldest of similar.messages) {
      similar.messages.delete(oldest);
      break;
    }
    return true;
  }
}
