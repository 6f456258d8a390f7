/**
 * What a report is drawn from: summaries that stay small however many runs and Pods there were. Whoever reads the run folder
 * fills this in (and names everything in it); the rest of this folder only turns it into a page.
 *
 * Values are in their base unit: µs for times, 1 for fractions. `policies` is in the order of the study, and every list
 * "for each policy" has the same order; undefined stands for a policy without samples.
 */

/** Units that number-format.ts knows; any other text is put behind the number as it is. */
export type Unit = string;

export interface ReportData {
  readonly title: string;
  readonly description?: string | undefined;
  readonly seed: string;
  readonly studyDigest: string;
  readonly runsPerPolicy: number;
  readonly policies: readonly string[];
  /** What the reader must know before believing the page: what was not modelled. */
  readonly notes: readonly string[];
  /** One for each combination of factor values; one without title when there are no factors. */
  readonly cases: readonly ReportCase[];
  readonly runs: readonly ReportRun[];
  /** What the study had to meet, for each policy and case; none unless it says so. */
  readonly objectives?: readonly ReportObjective[];
}

/** In the words of whoever judged it. */
export interface ReportObjective {
  readonly policy: string;
  /** Title of the case. */
  readonly case: string;
  /** "start-up latency, p99 ≤ 5 s" */
  readonly asked: string;
  /** "in 4 of 5 runs, worst 6 s" */
  readonly kept: string;
  readonly met: boolean;
}

export interface ReportCase {
  /** "cluster.nodes.0.count = 500"; empty when the study has no factors. */
  readonly title: string;
  /** The factor values of the case by their names; none without factors. */
  readonly factors?: Readonly<Record<string, unknown>>;
  readonly metrics: readonly ReportMetric[];
  readonly distributions: readonly Distribution[];
  readonly gauges: readonly GaugeOverTime[];
  /** Titles of gauges that were 0 throughout, which need no chart. */
  readonly flat: readonly string[];
  readonly curves: readonly Curves[];
  readonly heatMaps: readonly HeatMap[];
  readonly lives: PodLives | undefined;
  readonly unplaced: readonly UnplacedReason[];
}

/** One number of each run. */
export interface ReportMetric {
  readonly name: string;
  readonly title: string;
  readonly unit: Unit;
  /** `neither`: compared, but no direction is good in itself. Undefined: not compared. */
  readonly better: 'lower' | 'higher' | 'neither' | undefined;
  /** In the first table; the others are in the full one. */
  readonly main: boolean;
  /** For each policy: run's key → value. Equal keys saw the same workload. */
  readonly samples: readonly ReadonlyMap<string, number>[];
}

/** How a quantity is spread over the Pods of a run. */
export interface Distribution {
  readonly title: string;
  readonly unit: Unit;
  /** What the title does not say. */
  readonly note?: string;
  /** Ascending, from 0 to 1. */
  readonly levels: readonly number[];
  readonly policies: readonly (Spread | undefined)[];
}

/** The quantile at each level: in the median run, and the lowest and highest of all runs. */
export interface Spread {
  readonly samples: number;
  readonly runs: number;
  readonly median: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** A quantity at common instants: the median run, and the lowest and highest of all runs. */
export interface GaugeOverTime {
  readonly name: string;
  readonly title: string;
  readonly unit: Unit;
  /** Heading under which it stands; gauges of one group follow each other. */
  readonly group: string;
  /** What the title does not say. */
  readonly note?: string;
  readonly policies: readonly (Band | undefined)[];
}

/** Points in ascending x, with the band over the runs. */
export interface Band {
  readonly runs: number;
  readonly x: readonly number[];
  readonly median: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** Any quantity over any other, such as fragmentation over the GPUs asked for so far. */
export interface Curves {
  readonly title: string;
  readonly xTitle: string;
  readonly xUnit: Unit;
  readonly yTitle: string;
  readonly yUnit: Unit;
  /** What the titles do not say. */
  readonly note?: string;
  readonly policies: readonly (Band | undefined)[];
}

/** Share of a resource in use, for groups of neighbouring rows (Nodes) and spans of time, of one run of one policy. */
export interface HeatMap {
  readonly policy: string;
  readonly title: string;
  readonly run: number;
  readonly startMicros: number;
  readonly endMicros: number;
  readonly rows: readonly HeatRow[];
}

export interface HeatRow {
  /** First and last Node of the group, or the only one. */
  readonly label: string;
  /** Fraction in use for each span of time; all rows have the same number of spans. One span: the state at the end. */
  readonly shares: readonly number[];
}

/** The same few Pods under each policy. */
export interface PodLives {
  readonly run: number;
  readonly pods: readonly PodLife[];
}

export interface PodLife {
  readonly pod: string;
  /** Why this Pod is shown: "median", "slowest". */
  readonly chosen: string;
  readonly policies: readonly (PodTimes | undefined)[];
}

/** Instants of virtual time; undefined for what has not come. */
export interface PodTimes {
  readonly createdMicros: number;
  readonly scheduledMicros: number | undefined;
  readonly runningMicros: number | undefined;
  readonly deletedMicros: number | undefined;
  readonly node: string;
  readonly attempts: number | undefined;
}

export interface UnplacedReason {
  readonly policy: string;
  readonly run: number;
  readonly pods: number;
  readonly reason: string;
}

export interface ReportRun {
  readonly factors: string;
  readonly policy: string;
  readonly seed: string;
  readonly run: number;
  readonly digest: string;
  readonly stopped: string;
  readonly events: number | undefined;
  readonly virtualMicros: number | undefined;
  /** The shell command that repeats it, from inside the run folder. */
  readonly command: string;
  /** Set when the run failed. */
  readonly error?: string | undefined;
}
