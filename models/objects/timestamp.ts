/**
 * RFC 3339 timestamps as the API stores them (UTC, whole seconds; microseconds in Leases and Events), to and from seconds since 1970.
 * Objects carry text; models compute with seconds. Calendar arithmetic only: no clock is read.
 */

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

/** Whole seconds since 1970 and microseconds within the second as "YYYY-MM-DDThh:mm:ss.ffffffZ" (MicroTime). */
export function formatMicroTimestamp(seconds: number, micros: number): string {
  return `${formatTimestamp(seconds).slice(0, -1)}.${String(micros).padStart(6, '0')}Z`;
}

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d+)?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** Days from 1970-01-01 to a date of the Gregorian calendar. */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146097 + dayOfEra - 719468;
}

/** Texts read lately: of the few seconds around a moment, each is read for many objects. */
const read = new Map<string, number>();
const READ_KEPT = 256;

/** Seconds since 1970, with any fraction; NaN when the text is not a timestamp. */
export function timestampToSeconds(text: string): number {
  let seconds = read.get(text);
  if (seconds === undefined) {
    seconds = parseTimestamp(text);
    if (read.size >= READ_KEPT) read.clear();
    read.set(text, seconds);
  }
  return seconds;
}

function parseTimestamp(text: string): number {
  const parts = RFC3339.exec(text);
  if (parts === null) return Number.NaN;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const offset =
    parts[8] === undefined ? 0 : (Number(parts[9]) * 60 + Number(parts[10])) * (parts[8] === '-' ? -60 : 60);
  const whole = daysFromCivil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset;
  return parts[7] === undefined ? whole : whole + Number(`0${parts[7]}`);
}
