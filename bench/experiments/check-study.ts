/** What has to be right before anything runs. */
import { BadInputError } from '../bad-input.ts';
import { checkPlacement } from '../studies/placement-run.ts';
import { inUserNames, type Study } from './load.ts';
import { checkPolicies } from './policies.ts';
import { casesOf, experimentOfCase } from './run-plan.ts';
import { loadStudyPlugins } from './study-plugins.ts';
import { workloadInput, workloadOf } from './workload-input.ts';

/**
 * Loads the plugins of a study's policies, and checks what only building shows.
 * @returns what the person should know of the input: kinds and fields that no model reads, namespaces that were made; files have the names
 * of their inputs, as in the summary
 * @throws BadInputError
 */
export async function prepareStudy(study: Study): Promise<readonly string[]> {
  await loadStudyPlugins(study, (input) => study.sources[input] ?? input);
  return checkStudy(study);
}

/** Checks manifests, factor values and policies; as `prepareStudy`, with the plugins loaded. */
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
