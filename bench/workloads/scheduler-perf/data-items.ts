/**
 * scheduler_perf's result format, and how its figures are made of samples. Source: test/integration/scheduler_perf/util.go DataItems,
 * dataItems2JSONFile.
 */
export interface DataItem {
  readonly data: Readonly<Record<string, number>>;
  readonly unit: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface DataItems {
  readonly version: 'v1';
  readonly dataItems: readonly DataItem[];
}

/** The value of a label that other items of the file have. */
const NOT_APPLICABLE = 'not applicable';

/** The file's content: as perfdash wants it, every item has every label that any has. */
export function dataItemsOf(items: readonly DataItem[]): DataItems {
  const names = [...new Set(items.flatMap(({ labels }) => Object.keys(labels)))].sort();
  const withAll = (labels: DataItem['labels']): DataItem['labels'] =>
    Object.fromEntries(names.map((name) => [name, labels[name] ?? NOT_APPLICABLE]));
  return { version: 'v1', dataItems: items.map((item) => ({ ...item, labels: withAll(item.labels) })) };
}

const PERCENTILES = [50, 90, 95, 99] as const;

/** Average and percentiles (the sample at rank ceil(n * p / 100)); undefined without samples. */
export function sampleData(samples: readonly number[]): Readonly<Record<string, number>> | undefined {
  if (samples.length === 0) return undefined;
  const sorted = [...samples].sort((a, b) => a - b);
  const sum = sorted.reduce((a, b) => a + b, 0);
  const data: Record<string, number> = { Average: sum / sorted.length };
  for (const percent of PERCENTILES) {
    data[`Perc${percent}`] = sorted[Math.ceil((sorted.length * percent) / 100) - 1] as number;
  }
  return data;
}
