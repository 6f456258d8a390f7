/** Durations as Go prints them in kubelet messages. Source: Go's time.Duration.String. */

/** Whole milliseconds, for example "734ms", "1.5s", "2m0.25s". */
export function goDuration(millis: number): string {
  if (millis === 0) return '0s';
  if (millis < 1000) return `${millis}ms`;
  const hours = Math.floor(millis / 3_600_000);
  const minutes = Math.floor(millis / 60_000) % 60;
  const seconds = `${(millis % 60_000) / 1000}s`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}
