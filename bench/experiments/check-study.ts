/**
 * Checks before anything runs what only building shows: manifests, factor values, policies. Gives what the user should
 * know about the input. @throws BadInputError
 */
import { BadInputError } from '../bad-input.ts';
import { checkPlacement } from '../studies/placement-run.ts';
import { inUserNames, type Study } from './load.ts';
import { checkPolicies } from './policies.ts';
import { casesOf, experimentOfCase } from './run-plan.ts';
import { workloadInput, workloadOf } from './workload-input.ts';

export function checkStudy(study: Study): readonly string[] {
  try {
    const { notes } = workloadInput(study);
    if (study.experiment.study === 'placement') checkPlacement(study);
    else if (study.experiment.workload.some((entry) => 'fgd' in entry)) {
      throw new BadInputError('workload: kind fgd is for placement studies; say study: placement');
    }
    checkPolicies(study);
    for (const each of casesOf(study.experiment)) {
      if (Object.keys(each.factors).length > 0) workloadOf(experimentOfCase(study.experiment, each), study.inputs);
    }
    return notes;
  } catch (error) {
    if (error instanceof BadInputError) throw new BadInputError(inUserNames(study, error.message));
    throw error;
  }
}
