/**
 * The wall clock of the simulated cluster: virtual time 0 is a fixed date, and timestamps are RFC 3339 in UTC with
 * whole seconds, as the API stores them. The text of a second is made once, however many objects carry it.
 */
import { MICROS_PER_SECOND, type Micros, type Simulation } from '../engine/index.ts';

/** 2030-01-01T00:00:00Z: virtual time 0 unless an experiment says otherwise. */
export const DEFAULT_START_SECONDS = 1_893_456_000;

function twoDigits(value: number): string {
  return value < 10 ? `0${value}` : `${value}`;
}

/** Days since 1970-01-01 as "YYYY-MM-DD" of the Gregorian calendar. */
function dateOfDays(days: number): string {
  const shifted = days + 719468;
  const era = Math.floor(shifted / 146097);
  const dayOfEra = shifted - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const month = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * month + 2) / 5) + 1;
  const calendarMonth = month < 10 ? month + 3 : month - 9;
  const year = yearOfEra + era * 400 + (calendarMonth <= 2 ? 1 : 0);
  return `${String(year).padStart(4, '0')}-${twoDigits(calendarMonth)}-${twoDigits(day)}`;
}

/** Whole seconds since 1970 as "YYYY-MM-DDThh:mm:ssZ". */
export function formatTimestamp(seconds: number): string {
  const days = Math.floor(seconds / 86400);
  const rest = seconds - days * 86400;
  const hours = Math.floor(rest / 3600);
  const minutes = Math.floor((rest - hours * 3600) / 60);
  return `${dateOfDays(days)}T${twoDigits(hours)}:${twoDigits(minutes)}:${twoDigits(rest % 60)}Z`;
}

export class ClusterClock {
  readonly startSeconds: number;
  readonly #sim: Simulation;
  #cachedSeconds = Number.NaN;
  #cachedText = '';

  constructor(sim: Simulation, startSeconds = DEFAULT_START_SECONDS) {
    this.#sim = sim;
    this.startSeconds = startSeconds;
  }

  /** Seconds since 1970 now, with fractions. */
  nowSeconds(): number {
    return this.startSeconds + this.#sim.nowMicros / MICROS_PER_SECOND;
  }

  nowTimestamp(): string {
    return this.timestampAt(this.#sim.nowMicros);
  }

  /** The timestamp of a virtual time. */
  timestampAt(timeMicros: Micros): string {
    const seconds = this.startSeconds + Math.floor(timeMicros / MICROS_PER_SECOND);
    if (seconds !== this.#cachedSeconds) {
      this.#cachedSeconds = seconds;
      this.#cachedText = formatTimestamp(seconds);
    }
    return this.#cachedText;
  }
}
