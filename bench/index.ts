/** The library's front door: everything the command line does with studies, as functions. */
export { BadInputError } from './bad-input.ts';
export { checkStudy } from './experiments/check-study.ts';
export { loadStudy, type Overrides, type Study, studyOfManifests } from './experiments/load.ts';
export { type Metric, METRICS } from './experiments/metrics.ts';
export { repeatRun, type RepeatVerdict } from './experiments/repeat-run.ts';
export { type Case, casesOf, type RunTask, tasksOf } from './experiments/run-plan.ts';
export type { FailedRun, RunResult, RunTables, UnschedulableReason } from './experiments/run-result.ts';
export { InterruptedError, type RunnerOptions, runStudy } from './experiments/runner.ts';
export { type Experiment, experimentJsonSchema } from './experiments/schema.ts';
export { type SimulatedRun, simulate } from './experiments/simulate.ts';
export { loadStudyPlugins } from './experiments/study-plugins.ts';
export type { CaseSummary, MetricSummary, StudySummary } from './experiments/summary.ts';
export { loadPlugins } from './policies/load-plugins.ts';
export type { PluginModule, PluginParts, PluginTools } from './policies/plugin-module.ts';
export { type Manifest, type ManifestSet, readManifests } from './workloads/manifests.ts';
