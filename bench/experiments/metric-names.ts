/**
 * The names by which a person may call a metric: its own (`startupLatencyP99Micros`), or the field's short forms with the
 * statistic first (`p99_startup`, `mean_pending`). Case, "_" and "-" do not matter, nor does the unit at the end. Those of a resource
 * beside CPU and memory have it in brackets: `strandedMean[nvidia.com/gpu]`.
 */
import type { Micros } from '../../engine/index.ts';
import { parseDuration } from './duration.ts';
import { METRICS, type Metric } from './metrics.ts';
import { resourceMetrics, resourceNameParts } from './resource-names.ts';

const STATISTICS = /^(mean|max|p50|p90|p99)[_-](.+)$/i;

function plain(name: string): string {
  return name
    .toLowerCase()
    .replace(/[_-]/g, '')
    .replace(/micros$/, '');
}

/** Finds a metric among `metrics` by any of its names; undefined when there is none. */
export function metricNamed(name: string, metrics: readonly Metric[] = METRICS): Metric | undefined {
  const parts = resourceNameParts(name);
  if (parts === undefined) return found(name, metrics);
  // The name of the resource is Kubernetes' own and is taken as it is written.
  const measures = resourceMetrics(parts.resource);
  const bare = measures.map((metric) => ({ ...metric, name: resourceNameParts(metric.name)?.measure as string }));
  const measure = found(parts.measure, bare);
  return measure === undefined ? undefined : measures[bare.indexOf(measure)];
}

function found<T extends { readonly name: string }>(name: string, metrics: readonly T[]): T | undefined {
  const [, statistic, rest] = STATISTICS.exec(name) ?? [];
  const wanted =
    statistic === undefined || rest === undefined
      ? [plain(name)]
      : [plain(name), plain(rest + statistic), plain(`${rest}latency${statistic}`)];
  return metrics.find((metric) => wanted.includes(plain(metric.name)));
}

/** The names a message offers, and examples of short forms. */
export function acceptedMetrics(metrics: readonly Metric[] = METRICS): string {
  const names = metrics.map(({ name }) => name);
  return `${names.join(', ')}, strandedMean[RESOURCE], or short as in p99_startup, mean_pending`;
}

/** Those of which a direction is good. */
export function judgedMetrics(metrics: readonly Metric[] = METRICS): Metric[] {
  return metrics.filter(({ better }) => better === 'lower' || better === 'higher');
}

/** What a value of this metric may look like, for messages. */
export function acceptedValue({ unit }: Metric): string {
  return unit === 'µs' ? 'a duration such as 500ms or 5s' : 'a number';
}

/** A value as a person writes it for this metric: a duration where its unit is µs; undefined for anything else. */
export function metricValue({ unit }: Metric, written: string | number): number | undefined {
  if (unit !== 'µs') {
    const value = typeof written === 'number' ? written : Number(written.trim() === '' ? Number.NaN : written);
    return Number.isFinite(value) ? value : undefined;
  }
  if (written === 0) return 0;
  return typeof written === 'string' ? (parseDuration(written.replaceAll(' ', '')) as Micros | undefined) : undefined;
}
