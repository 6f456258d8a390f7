/**
 * Durations as Kubernetes writes them ("1h30m", "1.5s", "200ms"), to and from microseconds.
 * Source of the form: https://pkg.go.dev/time#ParseDuration, of which units from µs to h and no sign are accepted.
 */
import type { Micros } from '../../engine/index.ts';

/** The whole of a duration. */
export const DURATION = /^(?:[0-9]+(?:\.[0-9]+)?(?:h|ms|m|s|us|µs))+$|^0$/;

const PART = /([0-9]+)(?:\.([0-9]+))?(h|ms|m|s|us|µs)/g;

const MICROS_OF_UNIT: Readonly<Record<string, number>> = {
  h: 3_600_000_000,
  m: 60_000_000,
  s: 1_000_000,
  ms: 1_000,
  us: 1,
  µs: 1,
};

/** Microseconds, rounded to nearest; undefined for what is no duration. */
export function parseDuration(text: string): Micros | undefined {
  if (!DURATION.test(text)) return undefined;
  let micros = 0;
  for (const [, whole, fraction = '', unit] of text.matchAll(PART)) {
    const scale = MICROS_OF_UNIT[unit as string] as number;
    micros += Number(whole) * scale + Math.round(Number(`0.${fraction}0`) * scale);
  }
  return Number.isSafeInteger(micros) ? micros : undefined;
}

/** The shortest text of whole units that means so many microseconds, for example "1m30s". */
export function formatDuration(micros: Micros): string {
  if (micros === 0) return '0s';
  let rest = micros;
  let text = '';
  for (const unit of ['h', 'm', 's', 'ms', 'us']) {
    const scale = MICROS_OF_UNIT[unit] as number;
    const count = Math.floor(rest / scale);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * scale;
  }
  return text;
}
