/**
 * The library's front door: everything the command line does, as functions. bench/README.md shows them at work; the engine, the models and
 * the statistics alone are `kube-clockwork/engine`, `kube-clockwork/models` and `kube-clockwork/results`.
 *
 * What a person got wrong is a BadInputError, whose message names file, line and field, what was found and what is accepted.
 */
export { BadInputError } from './bad-input.ts';

// A study: from an object, a file, or plain manifests.
export { loadStudy, type Overrides, type Study, studyOfManifests } from './experiments/load.ts';
export { type Experiment, experimentJsonSchema } from './experiments/schema.ts';
export { type ExperimentInput, type PolicyInput, type StudyOptions, studyOf } from './experiments/study-of.ts';

// Policies of one's own.
export { loadPlugins, pluginRegistry } from './policies/load-plugins.ts';
export type { PluginModule, PluginParts, PluginTools } from './policies/plugin-module.ts';

// Runs: all of a study in this process, all of it into a run folder, or a single one.
export { prepareStudy } from './experiments/check-study.ts';
export { type Case, casesOf, type RunTask, tasksOf } from './experiments/run-plan.ts';
export {
  type FailedRun,
  failed,
  type RunResult,
  type RunTables,
  type UnschedulableReason,
} from './experiments/run-result.ts';
export { InterruptedError } from './experiments/interruption.ts';
export { type RunnerOptions, runStudy } from './experiments/runner.ts';
export { type EventObserver, type SimulatedRun, simulate } from './experiments/simulate.ts';
export {
  type SimulateStudyOptions,
  simulateStudy,
  type StudyOutcome,
  type StudyRun,
} from './experiments/simulate-study.ts';

// Results: the summary in numbers and as the table of the command line, and the tables.
export { findMetric, type MetricChoice } from './experiments/find-metric.ts';
export { formatMetric, type Metric, METRICS } from './experiments/metrics.ts';
export { readSummary, readTable } from './experiments/read-run-folder.ts';
export type { CaseSummary, MetricSummary, PairSummary, StudySummary } from './experiments/summary.ts';
export { summaryText } from './cli/summary-text.ts';

// What is done with run folders.
export { compareFolders } from './experiments/compare-folders.ts';
export { type FailCondition, failures, parseFailCondition } from './experiments/fail-condition.ts';
export { type RunVerdict, verifyFolder } from './experiments/verify-folder.ts';
export { writeReport } from './experiments/write-report.ts';
export { writeTrace } from './experiments/write-trace.ts';

// Questions of capacity.
export { type Answer, answerPlan, type Question, questionOf } from './capacity/answer.ts';
export type { Evidence, Failure, Tried } from './capacity/candidate.ts';
export { type LoadedPlan, loadPlan, type PlanInput, planOf } from './capacity/load-plan.ts';
export { openPlanFolder, planFolderName, planSummary, type PlanSummary } from './capacity/plan-folder.ts';
export { planJsonSchema } from './capacity/plan-schema.ts';
export { answerLines } from './capacity/plan-words.ts';
export { type FileVerdict, repeatPlan, writePlanReport, writeResults } from './capacity/write-plan.ts';
export type { MachineType } from './catalogue/machine-types.ts';
export { readCatalogue } from './catalogue/with-type.ts';

// kube-scheduler's own benchmark files.
export {
  type Measurement,
  runWorkload,
  type RunOptions as WorkloadOptions,
  type WorkloadResult,
} from './workloads/scheduler-perf/run-workload.ts';
export { type PerfWorkload, readPerfFile, type Selection } from './workloads/scheduler-perf/test-file.ts';

// A cluster that one types at, manifests, and recordings of real components.
export { ShellSession } from './cli/shell-session.ts';
export { type FileOutcome, replayFile, type ReplayOptions } from './conformance/replay-files.ts';
export { type Manifest, type ManifestSet, readManifests } from './workloads/manifests.ts';
