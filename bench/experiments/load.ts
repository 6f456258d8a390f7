/**
 * Reads an experiment file (or makes the experiment of plain manifests), checks it, fills in defaults and gathers every
 * file it names, so that what is run stands complete in one value: a study. Two equal studies give equal results, on
 * any machine, from any folder.
 */
import { basename, dirname } from 'node:path';
import { parse } from 'yaml';
import { PODS } from '../../models/objects/resources.ts';
import { BadInputError } from '../bad-input.ts';
import { builtInCatalogue } from '../catalogue/machine-types.ts';
import type { PluginModule } from '../policies/plugin-module.ts';
import { ruleProblem } from '../workloads/manifest-rules.ts';
import { checkFields } from '../workloads/manifest-fields.ts';
import { refuseOtherKinds } from '../workloads/document-kind.ts';
import { fieldText, type FieldPath, parseDocuments, readText, type SourceDocument } from '../workloads/documents.ts';
import { parseFieldPath, withField } from './field-path.ts';
import { podOfTemplate } from './pod-template.ts';
import { asksCatalogue, checkNodeTypes } from './node-groups.ts';
import { type Experiment, experimentSchema, type PodTemplate, type WorkloadFgd } from './schema.ts';
import { firstFinding } from './schema-errors.ts';
import { digestOf, Inputs } from './study-inputs.ts';

/** Everything that decides the results. */
export interface Study {
  /** Complete; the files it names are keys of `inputs`. */
  readonly experiment: Experiment;
  /** Texts by name, for example "inputs/pods.yaml". */
  readonly inputs: Readonly<Record<string, string>>;
  /** 12 hexadecimal digits of a hash over experiment and inputs. */
  readonly digest: string;
  /** Plugins that are objects of this program, by policy; the others are inputs. */
  readonly plugins?: ReadonlyMap<string, readonly PluginModule[]>;
  /** For messages only: the path of each input as the person named it. */
  readonly sources: Readonly<Record<string, string>>;
}

/** What the command line may change in an experiment. */
export interface Overrides {
  readonly seed?: string | undefined;
  readonly runs?: number | 'auto' | undefined;
  /** Only these policies. */
  readonly policies?: readonly string[] | undefined;
  /** path=value; the value is read as YAML. */
  readonly set?: readonly string[] | undefined;
}

/** @throws BadInputError with file, line and field. */
export function loadStudy(file: string, overrides: Overrides = {}): Study {
  const documents = parseDocuments(file, readText(file));
  const [document, second] = documents;
  if (document === undefined) throw new BadInputError('is empty; accepted is one experiment', { file });
  refuseOtherKinds(document, 'experiment');
  if (second !== undefined) {
    throw new BadInputError('a second document begins here; accepted is one experiment', { file, line: second.line });
  }
  const study = completeStudy(checkedExperiment(document, overrides), dirname(file));
  checkNodeTypes(study, document);
  return study;
}

/** Checks a value as an experiment; `document` tells the place of its fields. */
export function checkedExperiment(document: SourceDocument, overrides: Overrides = {}): Experiment {
  const changed = new Map<string, string>();
  let value = document.value;
  for (const assignment of [...overrideAssignments(overrides), ...(overrides.set ?? [])]) {
    const { path, field } = parseAssignment(assignment);
    changed.set(fieldText(path), assignment);
    const before = value;
    value = named(assignment, () => withField(before, path, field));
  }
  const result = experimentSchema.safeParse(value, { reportInput: false });
  if (!result.success) throw experimentError(document, value, result.error.issues, changed);
  checkTemplates(result.data, document);
  const { objectives = [], policies } = result.data;
  const known = policies.map(({ name }) => name);
  for (const [index, objective] of objectives.entries()) {
    const unknown = objective.policies?.find((name) => !known.includes(name));
    if (unknown === undefined) continue;
    const path = ['objectives', index, 'policies'];
    const place = { file: document.file, line: document.lineOf(path), field: fieldText(path) };
    throw new BadInputError(`found ${unknown}; accepted: ${known.join(', ')}`, place);
  }
  return withPolicies(result.data, overrides.policies, document);
}

/** Checks the Pod templates of the workload as manifests are checked. */
function checkTemplates(experiment: Experiment, document: SourceDocument): void {
  const check = (template: PodTemplate, path: FieldPath): void => {
    const fail = (field: FieldPath, message: string): BadInputError => {
      const place = [...path, ...field];
      return new BadInputError(message, { file: document.file, line: document.lineOf(place), field: fieldText(place) });
    };
    checkFields(PODS, { spec: template.spec }, { error: fail, report: () => {} });
    const problem = ruleProblem(PODS, podOfTemplate(template, 'default', 'pod'));
    if (problem !== undefined) throw fail(problem.field, problem.message);
  };
  experiment.workload.forEach((entry, index) => {
    if ('deployment' in entry) check(entry.deployment.template, ['workload', index, 'deployment', 'template']);
    else if ('arrivals' in entry) {
      entry.arrivals.templates.forEach((template, at) =>
        check(template, ['workload', index, 'arrivals', 'templates', at]),
      );
    }
  });
}

function overrideAssignments({ seed, runs }: Overrides): string[] {
  const seedText = seed === undefined ? [] : [`seed=${JSON.stringify(seed)}`];
  return runs === undefined ? seedText : [...seedText, `runs=${runs}`];
}

function parseAssignment(text: string): { path: FieldPath; field: unknown } {
  const at = text.indexOf('=');
  if (at < 1) throw new BadInputError(`--set found '${text}'; accepted is path=value`);
  const path = named(text, () => parseFieldPath(text.slice(0, at)));
  try {
    return { path, field: parse(text.slice(at + 1)) };
  } catch {
    throw new BadInputError(`--set ${text}: the value is not valid YAML`);
  }
}

/** With the assignment in front of what is wrong about its path. */
function named<T>(assignment: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof BadInputError) throw new BadInputError(`--set ${assignment}: ${error.message}`);
    throw error;
  }
}

function experimentError(
  document: SourceDocument,
  value: unknown,
  issues: Parameters<typeof firstFinding>[0],
  changed: ReadonlyMap<string, string>,
): BadInputError {
  const { finding, more } = firstFinding(issues, value);
  const field = fieldText(finding.path);
  const message = more === 0 ? finding.message : `${finding.message} (and ${more} more)`;
  const isUnknown = finding.message.startsWith('there is no such field');
  const culprit = [...changed.keys()].find(
    (path) =>
      field === path ||
      field.startsWith(`${path}.`) ||
      (isUnknown && /^[.[]/.test(path.slice(field.length)) && path.startsWith(field)),
  );
  if (culprit !== undefined) return new BadInputError(`--set ${changed.get(culprit)}: ${field}: ${message}`);
  return new BadInputError(message, { file: document.file, line: document.lineOf(finding.path), field });
}

function withPolicies(
  experiment: Experiment,
  names: readonly string[] | undefined,
  document: SourceDocument,
): Experiment {
  const known = experiment.policies.map(({ name }) => name);
  const twice = known.findIndex((name, index) => known.indexOf(name) !== index);
  if (twice !== -1) {
    const path = ['policies', twice, 'name'];
    const place = { file: document.file, line: document.lineOf(path), field: fieldText(path) };
    throw new BadInputError(`policy ${known[twice]} is named twice`, place);
  }
  if (names === undefined || names.length === 0) return experiment;
  for (const name of names) {
    if (!known.includes(name)) throw new BadInputError(`--policy is ${name}; accepted: ${known.join(', ')}`);
  }
  return { ...experiment, policies: experiment.policies.filter(({ name }) => names.includes(name)) };
}

/** Gathers the files that an experiment names, relative to `folder`, and names them anew. @throws BadInputError */
export function completeStudy(written: Experiment, folder: string): Study {
  const inputs = new Inputs(folder);
  const experiment: Experiment = {
    ...written,
    cluster: {
      ...written.cluster,
      nodes: written.cluster.nodes.map((entry) => {
        if ('manifests' in entry) return { ...entry, manifests: inputs.take(entry.manifests) };
        return 'openb' in entry ? { ...entry, openb: inputs.takeFile(entry.openb) } : entry;
      }),
      ...(asksCatalogue(written) && { catalogue: inputs.takeFile(written.cluster.catalogue ?? builtInCatalogue()) }),
    },
    workload: written.workload.map((entry) => {
      if ('manifests' in entry) return { ...entry, manifests: inputs.take(entry.manifests) };
      if ('trace' in entry) return { ...entry, trace: { ...entry.trace, file: inputs.takeFile(entry.trace.file) } };
      return 'fgd' in entry ? { fgd: withInputs(entry.fgd, inputs) } : entry;
    }),
    policies: written.policies.map((policy) => ({
      ...policy,
      ...(typeof policy.scheduler === 'string' ? { scheduler: inputs.takeFile(policy.scheduler) } : {}),
      ...(policy.plugins === undefined ? {} : { plugins: policy.plugins.map((file) => inputs.takeFile(file)) }),
    })),
  };
  return { experiment, inputs: inputs.texts, digest: digestOf(experiment, inputs.texts), sources: inputs.sources };
}

function withInputs({ pods, firstWords, published }: WorkloadFgd['fgd'], inputs: Inputs): WorkloadFgd['fgd'] {
  const own = { pods: inputs.takeFile(pods), firstWords: inputs.takeFile(firstWords) };
  if (published === undefined) return own;
  return { ...own, published: { ...published, finals: inputs.takeFile(published.finals) } };
}

/** A text with the names of inputs as the person gave them. */
export function inUserNames({ sources }: Pick<Study, 'sources'>, text: string): string {
  return text.replaceAll(/\binputs\/[^\s:]+/g, (name) => sources[name] ?? name);
}

/** Policies that need no file. */
const BUILT_IN = ['spread', 'pack'];

/** The study that files of manifests make: their Nodes, everything else as the workload, one run of each policy. */
export function studyOfManifests(
  nodes: readonly string[],
  pods: readonly string[],
  policies: readonly string[],
  overrides: Overrides = {},
): Study {
  const value = {
    name: 'manifests',
    cluster: { nodes: nodes.map((file) => ({ manifests: file })) },
    workload: [{ manifests: [...pods] }],
    policies: (policies.length === 0 ? ['spread'] : policies).map((policy) =>
      BUILT_IN.includes(policy) ? { name: policy } : { name: policyName(policy), scheduler: policy },
    ),
  };
  const document: SourceDocument = { file: 'command line', line: 1, value, lineOf: () => undefined };
  return completeStudy(checkedExperiment(document, overrides), '.');
}

/** A policy named after its file. */
function policyName(file: string): string {
  const base = basename(file)
    .replace(/\.[^.]*$/, '')
    .toLowerCase();
  return base.replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '') || 'policy';
}
