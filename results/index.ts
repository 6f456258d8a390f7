/** The only door of results: what bench may use of it. */
export { type Cell, type Column, Table } from './record/table.ts';
export { type GaugeSummary, TimeSeries } from './record/time-series.ts';
export { reportPage } from './report/page.ts';
export { planPage } from './report/plan-page.ts';
export type { Frontier, FrontierPoint, PlanReport, PlanTry } from './report/plan-report.ts';
export type {
  Band,
  Curves,
  Distribution,
  GaugeOverTime,
  HeatMap,
  HeatRow,
  PodLife,
  PodLives,
  PodTimes,
  ReportCase,
  ReportData,
  ReportMetric,
  ReportObjective,
  ReportRun,
  Spread,
  UnplacedReason,
} from './report/report-data.ts';
export { type BootstrapOptions, bootstrapInterval, bootstrapQuantileInterval } from './statistics/bootstrap.ts';
export { mean, median, quantile, quantileOfSorted, standardDeviation, variance } from './statistics/descriptive.ts';
export { holmCorrection } from './statistics/holm.ts';
export {
  comparePaired,
  type ComparisonOptions,
  type PairedComparison,
  type Verdict,
} from './statistics/paired-comparison.ts';
export { comparePolicies, type PolicyPair, type PolicySamples } from './statistics/policy-comparison.ts';
export { runsNeeded } from './statistics/sample-size.ts';
export {
  type StoppingDecision,
  type StoppingRule,
  sequentialStopping,
} from './statistics/sequential-stopping.ts';
export { studentTCdf, studentTQuantile, twoSidedPValue } from './statistics/student-t.ts';
export { confidenceInterval, type Interval, type Summary, summarize } from './statistics/summary.ts';
export { mser5, type WarmUp } from './statistics/warm-up.ts';
export { type SignedRankTest, wilcoxonSignedRank } from './statistics/wilcoxon.ts';
export { cellText, csvLines, csvText } from './write/csv.ts';
export { type JsonInput, jsonText } from './write/json.ts';
export {
  type TraceCounter,
  type TraceMark,
  type TracePart,
  type TraceSlice,
  type TraceTimeline,
  traceEventLines,
  traceEventText,
} from './write/trace-events.ts';
