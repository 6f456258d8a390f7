/**
 * A scheduler_perf file: its test cases and their workloads, each ready to run, or with the reason why it is not modelled.
 */
import { resolve, dirname } from 'node:path';
import {
  readSchedulerConfiguration,
  type SchedulerConfiguration,
} from '../../../models/scheduler/config/scheduler-configuration.ts';
import { ConfigurationError } from '../../../models/scheduler/config/configuration-error.ts';
import { BadInputError } from '../../bad-input.ts';
import { fieldText, readDocuments } from '../documents.ts';
import { judgeGate } from './feature-gates.ts';
import { Fields } from './fields.ts';
import { MissingTemplateError } from './object-template.ts';
import type { Operation } from './operations.ts';
import { checkOpcode, NotModelledError, readOperation, templatePath } from './read-operation.ts';

/** What of a metric is collected: one item for each combination of values of its labels; without labels one for all. */
export interface MetricWanted {
  readonly metric: string;
  readonly labels: readonly { readonly label: string; readonly values: readonly string[] }[];
}

export interface PerfWorkload {
  /** "SchedulingBasic/5000Nodes". */
  readonly name: string;
  readonly labels: readonly string[];
  /** Pods a second that upstream's machine has to reach; undefined: none. */
  readonly threshold: number | undefined;
  /** The metric that the file's threshold is of, where it is not average throughput: it is not compared. */
  readonly thresholdOfOther: string | undefined;
  readonly featureGates: ReadonlyMap<string, boolean>;
  /** Gates that were given and change nothing, with why. */
  readonly gatesWithoutEffect: readonly string[];
  /** Undefined: upstream's default. */
  readonly metrics: readonly MetricWanted[] | undefined;
  readonly plan: WorkloadPlan;
}

export type WorkloadPlan =
  | {
      readonly runs: true;
      readonly operations: readonly Operation[];
      readonly configuration: SchedulerConfiguration;
    }
  | { readonly runs: false; readonly notModelled: string }
  /** A file that it names is not there. */
  | { readonly runs: false; readonly missing: string };

const CASE_FIELDS = [
  'name',
  'featureGates',
  'metricsCollectorConfig',
  'workloadTemplate',
  'workloads',
  'defaultPodTemplatePath',
  'schedulerConfigPath',
  'labels',
  'defaultThresholdMetricSelector',
];
const WORKLOAD_FIELDS = ['name', 'params', 'labels', 'threshold', 'thresholdMetricSelector', 'featureGates'];

/** Which workloads of a file are wanted. */
export interface Selection {
  /** "TEST" or "TEST/WORKLOAD"; none: all. */
  readonly tests: readonly string[];
  /** A workload has to have all of them. */
  readonly labels: readonly string[];
}

/** The wanted workloads in the file's order. Only these are read in full. @throws BadInputError with file, line and field */
export function readPerfFile(file: string, { tests, labels }: Selection): PerfWorkload[] {
  const documents = readDocuments(file);
  const [document] = documents;
  if (document === undefined || documents.length > 1 || !Array.isArray(document.value)) {
    throw new BadInputError('is no scheduler_perf file; accepted is one list of test cases', { file });
  }
  const cases = document.value.map((value, index) => new Fields(document, [index], value, CASE_FIELDS));
  const all = cases.flatMap((one) => workloadsOf(one));
  for (const test of tests) {
    if (all.some(({ name, testCase }) => name === test || testCase === test)) continue;
    const known = [...new Set(all.map(({ testCase }) => testCase))];
    const near = known.find((one) => test.startsWith(`${one}/`));
    const names = near === undefined ? known : all.filter(({ testCase }) => testCase === near).map(({ name }) => name);
    throw new BadInputError(`--test is ${test}; accepted: ${names.join(', ')}`, { file });
  }
  return all
    .filter(({ name, testCase }) => tests.length === 0 || tests.includes(name) || tests.includes(testCase))
    .filter((one) => labels.every((label) => one.labels.includes(label)))
    .map((one) => one.read());
}

interface NamedWorkload {
  readonly name: string;
  readonly testCase: string;
  readonly labels: readonly string[];
  read(): PerfWorkload;
}

function workloadsOf(testCase: Fields): NamedWorkload[] {
  const caseName = testCase.requiredText('name');
  const template = testCase.objects('workloadTemplate');
  for (const operation of template) checkOpcode(operation);
  return testCase.objects('workloads', WORKLOAD_FIELDS).map((workload) => {
    const name = `${caseName}/${workload.requiredText('name')}`;
    const labels = [...testCase.texts('labels'), ...workload.texts('labels')];
    return {
      name,
      testCase: caseName,
      labels,
      read: () => readWorkload({ name, labels, testCase, workload, template }),
    };
  });
}

interface WorkloadSource {
  readonly name: string;
  readonly labels: readonly string[];
  readonly testCase: Fields;
  readonly workload: Fields;
  readonly template: readonly Fields[];
}

function readWorkload(source: WorkloadSource): PerfWorkload {
  const { name, labels, testCase, workload } = source;
  const featureGates = gatesOf(testCase, workload);
  const verdicts = [...featureGates].map(([gate, value]) => ({ gate, value, verdict: judgeGate(gate, value) }));
  const refused = verdicts.flatMap(({ gate, value, verdict }) =>
    verdict.kind === 'not modelled' ? [`${gate}: ${value} (${verdict.why})`] : [],
  );
  return {
    name,
    labels,
    threshold: thresholdOf(testCase, workload),
    thresholdOfOther: selectedMetric(testCase, workload),
    featureGates,
    gatesWithoutEffect: verdicts.flatMap(({ gate, value, verdict }) =>
      verdict.kind === 'no effect' ? [`${gate}: ${value} (${verdict.why})`] : [],
    ),
    metrics: metricsOf(testCase),
    plan: refused.length > 0 ? { runs: false, notModelled: refused.join('; ') } : planOf(source),
  };
}

function planOf({ testCase, workload, template }: WorkloadSource): WorkloadPlan {
  try {
    const context = {
      params: workload.object('params'),
      defaultPodTemplate: templatePath(testCase, 'defaultPodTemplatePath'),
    };
    const operations = template.map((fields) => readOperation(fields, context));
    return { runs: true, operations, configuration: configurationOf(testCase) };
  } catch (error) {
    if (error instanceof MissingTemplateError) return { runs: false, missing: error.message };
    if (!(error instanceof NotModelledError)) throw error;
    return { runs: false, notModelled: error.message };
  }
}

/** The workload's gates win over the test case's. */
function gatesOf(...owners: readonly Fields[]): Map<string, boolean> {
  const gates = new Map<string, boolean>();
  for (const owner of owners) {
    const fields = owner.object('featureGates');
    for (const gate of fields?.keys ?? []) gates.set(gate, fields?.flag(gate) ?? false);
  }
  return gates;
}

/** A threshold of throughput; those of other metrics are not compared. */
function thresholdOf(testCase: Fields, workload: Fields): number | undefined {
  const value = workload.raw('threshold');
  if (selectedMetric(testCase, workload) !== undefined) return undefined;
  if (value === undefined || (typeof value === 'number' && value >= 0)) return value;
  throw workload.error('threshold', `found ${JSON.stringify(value)}; accepted is a number of Pods a second`);
}

/** What a threshold is compared with, unless it is average throughput. Source: scheduler_perf.go thresholdMetricSelector. */
function selectedMetric(testCase: Fields, workload: Fields): string | undefined {
  const selector = workload.object('thresholdMetricSelector') ?? testCase.object('defaultThresholdMetricSelector');
  if (selector === undefined) return undefined;
  const [name, bucket] = [selector.text('name') ?? 'SchedulingThroughput', selector.text('dataBucket') ?? 'Average'];
  return name === 'SchedulingThroughput' && bucket === 'Average' ? undefined : `${name} ${bucket}`;
}

function metricsOf(testCase: Fields): MetricWanted[] | undefined {
  const metrics = testCase.object('metricsCollectorConfig', ['metrics'])?.object('metrics');
  if (metrics === undefined) return undefined;
  return metrics.keys.map((metric): MetricWanted => {
    if (metrics.raw(metric) === undefined) return { metric, labels: [] };
    const labels = Array.isArray(metrics.raw(metric))
      ? metrics.objects(metric, ['label', 'values'])
      : [metrics.object(metric, ['label', 'values']) as Fields];
    return { metric, labels: labels.map((one) => ({ label: one.requiredText('label'), values: one.texts('values') })) };
  });
}

/** @throws BadInputError with the file and line of what is wrong in the KubeSchedulerConfiguration */
function configurationOf(testCase: Fields): SchedulerConfiguration {
  const path = testCase.text('schedulerConfigPath');
  if (path === undefined) return readSchedulerConfiguration();
  templatePath(testCase, 'schedulerConfigPath');
  const [document] = readDocuments(resolve(dirname(testCase.document.file), path));
  try {
    return readSchedulerConfiguration(document?.value ?? {});
  } catch (error) {
    if (!(error instanceof ConfigurationError) || document === undefined) throw error;
    const found = error.found === undefined ? 'nothing' : JSON.stringify(error.found);
    const place = { file: document.file, line: document.lineOf(error.path), field: fieldText(error.path) };
    throw new BadInputError(`found ${found}; ${error.accepted}`, place);
  }
}
