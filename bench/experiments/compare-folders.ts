/**
 * Run folders side by side: the policies of one, or each policy over several (yesterday's against today's). Runs of equal seed and number are
 * pairs; the first folder is the baseline.
 */
import { BadInputError } from '../bad-input.ts';
import { readSummary } from './read-run-folder.ts';
import type { SummarizedRun } from './run-result.ts';
import { type StudySummary, summarizeCase } from './summary.ts';

interface NamedSummary {
  readonly path: string;
  readonly summary: StudySummary;
}

/**
 * @param paths of run folders or their summary.json
 * @returns of one folder its own policies; of several one comparison for each policy that all have, with the folders in the place of policies
 * @throws BadInputError for what is no run folder, and for folders without a common policy
 */
export function compareFolders(paths: readonly string[]): StudySummary[] {
  if (paths.length === 0) throw new BadInputError('found no folder; accepted: run folders, or their summary.json');
  const summaries = paths.map((path) => ({ path, summary: readSummary(path) }));
  const [first] = summaries;
  return summaries.length === 1 && first !== undefined ? [ofOneFolder(first.summary)] : comparisonsOf(summaries);
}

/** Judged anew, so that a folder of an earlier version says what this one knows. */
function ofOneFolder(summary: StudySummary): StudySummary {
  const { cases, policies, results } = summary;
  return { ...summary, cases: cases.map(({ factors }) => summarizeCase(factors, policies, results)) };
}

function comparisonsOf(summaries: readonly NamedSummary[]): StudySummary[] {
  const [first] = summaries as readonly [NamedSummary, ...NamedSummary[]];
  const common = first.summary.policies.filter((policy) =>
    summaries.every(({ summary }) => summary.policies.includes(policy)),
  );
  if (common.length === 0) {
    const found = summaries.map(({ path, summary }) => `${path}: ${summary.policies.join(', ')}`).join('; ');
    throw new BadInputError(`found no policy that all folders have (${found})`);
  }
  const labels = summaries.map(({ path }) => path.replace(/\/+$/, ''));
  return common.map((policy): StudySummary => {
    const results = summaries.flatMap(({ summary }, index) =>
      summary.results
        .filter((result) => result.policy === policy)
        .map((result): SummarizedRun => ({ ...result, policy: labels[index] as string })),
    );
    return {
      ...first.summary,
      experiment: `policy ${policy}`,
      policies: labels,
      cases: first.summary.cases.map(({ factors }) => summarizeCase(factors, labels, results)),
      results,
    };
  });
}
