/**
 * Which runs a study consists of: every combination of its factors, every policy, every run, in one fixed order. Each is
 * a pure function of the study and its own three coordinates.
 */
import { BadInputError } from '../bad-input.ts';
import { formatCell } from './cell-text.ts';
import { parseFieldPath, withField } from './field-path.ts';
import { type Experiment, experimentSchema, type PolicySpec } from './schema.ts';

/** One combination of factor values. */
export interface Case {
  /** Position among the combinations; the last factor varies fastest. */
  readonly index: number;
  /** Values by factor path, in the order of the file. */
  readonly factors: Readonly<Record<string, unknown>>;
}

export interface RunTask {
  readonly case: Case;
  readonly policy: string;
  readonly run: number;
  /** Decide by the scheduler's plain rules alone, without its index: slower, and the same. */
  readonly plain?: boolean;
}

/** All combinations; one without factors when the experiment has none. */
export function casesOf(experiment: Experiment): Case[] {
  let combinations: Record<string, unknown>[] = [{}];
  for (const [path, values] of Object.entries(experiment.factors ?? {})) {
    combinations = combinations.flatMap((before) => values.map((value) => ({ ...before, [path]: value })));
  }
  return combinations.map((factors, index) => ({ index, factors }));
}

/**
 * The first `runs` runs of every policy and case. Runs vary slowest, so that a study that is interrupted has compared all
 * policies on the runs it finished, and one that goes on for longer begins with the same tasks.
 */
export function tasksOf(experiment: Experiment, runs: number): RunTask[] {
  const cases = casesOf(experiment);
  const tasks: RunTask[] = [];
  for (let run = 0; run < runs; run++) {
    for (const each of cases) {
      for (const { name } of experiment.policies) tasks.push({ case: each, policy: name, run });
    }
  }
  return tasks;
}

/** Name of a run's folder and of messages about it. */
export function taskName(task: RunTask): string {
  const prefix = Object.keys(task.case.factors).length === 0 ? '' : `case${task.case.index}-`;
  return `${prefix}${task.policy}-${task.run}`;
}

/** How a person sees which run it is. */
export function taskTitle(task: RunTask): string {
  const factors = Object.entries(task.case.factors).map(([path, value]) => `, ${path} ${formatCell(value)}`);
  return `policy ${task.policy}, run ${task.run}${factors.join('')}`;
}

/** The experiment with a case's factor values put in. @throws BadInputError when a value does not fit its field. */
export function experimentOfCase(experiment: Experiment, { factors }: Case): Experiment {
  const { factors: _, ...rest } = experiment;
  let changed: unknown = rest;
  for (const [path, value] of Object.entries(factors)) changed = withField(changed, parseFieldPath(path), value);
  const result = experimentSchema.safeParse(changed);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const what = JSON.stringify(factors);
  throw new BadInputError(`factors ${what}: ${issue?.path.join('.')}: ${issue?.message}`);
}

export function policyOf(experiment: Experiment, name: string): PolicySpec {
  const policy = experiment.policies.find((candidate) => candidate.name === name);
  if (policy === undefined) throw new RangeError(`no policy ${name}`);
  return policy;
}
