/**
 * Durations for people, as kubectl shows ages.
 * Source: staging/src/k8s.io/apimachinery/pkg/util/duration/duration.go.
 */

/** Two units with the smaller left out when it is zero. */
function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large}${largeUnit}` : `${large}${largeUnit}${small}${smallUnit}`;
}

/**
 * So many whole units as Go's floating Duration.Seconds, Minutes and Hours, cut to an integer, give: a fraction that is almost one
 * may be rounded up.
 */
function floatUnits(seconds: number, nanos: number, secondsPerUnit: number): number {
  const units = Math.trunc(seconds / secondsPerUnit);
  const restNanos = (seconds - units * secondsPerUnit) * 1e9 + nanos;
  return Math.trunc(units + restNanos / (secondsPerUnit * 1e9));
}

/**
 * At most two units, about two or three digits: 0s, 9m59s, 7h59m, 7d23h, 2y1d; "<invalid>" from two seconds in the future on.
 * @param seconds whole
 * @param nanos the rest, with the same sign
 */
export function humanDuration(seconds: number, nanos = 0): string {
  const shown = floatUnits(seconds, nanos, 1);
  if (shown < -1) return '<invalid>';
  if (shown < 0) return '0s';
  if (shown < 120) return `${shown}s`;
  const minutes = Math.trunc(seconds / 60);
  if (minutes < 10) return pair(minutes, 'm', seconds % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.trunc(minutes / 60);
  if (hours < 8) return pair(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  const days = Math.trunc(hours / 24);
  if (days < 8) return pair(days, 'd', hours % 24, 'h');
  if (days < 365 * 2) return `${days}d`;
  const years = Math.trunc(days / 365);
  return days < 365 * 8 ? pair(years, 'y', days % 365, 'd') : `${years}y`;
}

/** One unit. @param seconds whole @param nanos the rest, with the same sign */
export function shortHumanDuration(seconds: number, nanos = 0): string {
  const shown = floatUnits(seconds, nanos, 1);
  if (shown < -1) return '<invalid>';
  if (shown < 0) return '0s';
  if (shown < 60) return `${shown}s`;
  const minutes = floatUnits(seconds, nanos, 60);
  if (minutes < 60) return `${minutes}m`;
  const hours = floatUnits(seconds, nanos, 3600);
  if (hours < 24) return `${hours}h`;
  const days = Math.trunc(hours / 24);
  return days < 365 ? `${days}d` : `${Math.trunc(days / 365)}y`;
}
