/** What a correlator of Events is given, what it makes of it, and the numbers of its rules. */
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
export interface CorrelatedEvent {
  readonly event: RecordedEvent;
  /** It stands for all that are similar to it. */
  readonly isCombined: boolean;
  readonly message: string;
  readonly name: string;
  readonly count: number;
  readonly firstTimestamp: string;
}

export interface EventMemory {
  correlate(recorded: RecordedEvent): CorrelatedEvent | undefined;
  renamed(sent: CorrelatedEvent, name: string): void;
}

/** The last Event of its kind that was sent. */
export interface Sent {
  readonly name: string;
  readonly count: number;
  readonly firstTimestamp: string;
}

/** Objects, kinds of similar Events, and Events that are remembered. */
export const REMEMBERED = 4096;
/** Messages from which similar Events become one. */
export const SIMILAR_LIMIT = 10;
/** After so long without one, similar Events are counted anew. */
export const SIMILAR_MICROS = 600_000_000;

/** 25 Events, and one more each 300 s: counted in seconds, so that the rate is a whole number. */
export const SPAM_SECONDS = 300;
const SPAM = { ratePerSecond: 1, burst: 25 * SPAM_SECONDS } as const;
const COMBINED = '(combined from similar events): ';

export function spamBucket(sim: Simulation): TokenBucket {
  return new TokenBucket(sim, SPAM);
}

/** What tells one object from others. */
export function objectKey({ kind, apiVersion, metadata }: KubeObject): string {
  return metadata.uid ?? `${apiVersion}/${kind}/${metadata.namespace ?? ''}/${metadata.name}`;
}

/** `sent` counts the Event already. */
export function correlated(event: RecordedEvent, isCombined: boolean, sent: Sent): CorrelatedEvent {
  const { name, count, firstTimestamp } = sent;
  const message = isCombined ? COMBINED + event.message : event.message;
  return { event, isCombined, message, name, count, firstTimestamp };
}

/** Adds a message to those of similar Events; true when there are so many that they become one. */
export function addMessage(messages: Set<string>, message: string): boolean {
  messages.add(message);
  if (messages.size < SIMILAR_LIMIT) return false;
  // One message makes room, so that the set does not grow; upstream takes any, here the oldest.
  for (const oldest of messages) {
    messages.delete(oldest);
    break;
  }
  return true;
}
