/**
 * Which Events are sent, and as what. Three rules in turn: an object that makes Events too fast is not listened to
 * (bucket of 25, one more each 300 s); more than ten that differ in their message alone within 600 s become one; an
 * Event like one before raises its count. Of objects, of similar and of equal Events the last 4096 that were used are remembered.
 *
 * Source: client-go tools/record/events_cache.go.
 */
import type { Simulation } from '../../engine/index.ts';
import { type CorrelatedEvent, type EventMemory, REMEMBERED, type RecordedEvent } from './event-memory.ts';
import { FewEvents } from './few-events.ts';
import { ManyEvents } from './many-events.ts';

/** Most recorders, those of kubelets, never come to so many Events that one has to be forgotten: until then they use a lighter memory. */
export class EventCorrelator {
  readonly #sim: Simulation;
  readonly #limit: number;
  readonly #few: FewEvents;
  #memory: EventMemory;

  constructor(sim: Simulation, limit = REMEMBERED) {
    this.#sim = sim;
    this.#limit = limit;
    this.#few = new FewEvents(sim);
    this.#memory = this.#few;
  }

  /** What to send for an Event; undefined when its object has made too many. */
  correlate(recorded: RecordedEvent): CorrelatedEvent | undefined {
    if (this.#memory === this.#few && this.#few.largest >= this.#limit) {
      const many = new ManyEvents(this.#sim, this.#limit);
      this.#few.moveTo(many);
      this.#memory = many;
    }
    return this.#memory.correlate(recorded);
  }

  /** The Event was made anew under another name. */
  renamed(sent: CorrelatedEvent, name: string): void {
    this.#memory.renamed(sent, name);
  }
}
