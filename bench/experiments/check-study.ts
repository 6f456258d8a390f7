/**
 * Checks before anything runs what only building shows: manifests, factor values, policies. Gives what the user should
 * know about the input. @throws BadInputError
 */
import type { Study } from './load.ts';
import { checkPolicies } from './policies.ts';
import { casesOf, experimentOfCase } from './run-plan.ts';
import { workloadInput, workloadOf } from './workload-input.ts';

export function checkStudy(study: Study): readonly string[] {
  const { notes } = workloadInput(study);
  checkPolicies(study);
  for (const each of casesOf(study.experiment)) {
    if (Object.keys(each.factors).length > 0) workloadOf(experimentOfCase(study.experiment, each), study.inputs);
  }
  return notes;
}
