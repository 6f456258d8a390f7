/**
 * `clockwork compare DIR|FILE …`: the policies of one run folder, or each policy over several folders (yesterday's against
 * today's). Runs of equal seed and number are pairs; the first folder is the baseline. With --fail-if it gates a CI job.
 */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BadInputError } from '../bad-input.ts';
import { failures, parseFailCondition } from '../experiments/fail-condition.ts';
import { type StudySummary, summarizeCase } from '../experiments/summary.ts';
import type { SummarizedRun } from '../experiments/run-result.ts';
import { readText } from '../workloads/documents.ts';
import { CHECK_FAILED, DONE } from './exit-code.ts';
import { summaryText } from './summary-text.ts';

interface NamedSummary {
  readonly path: string;
  readonly summary: StudySummary;
}

export interface CompareOptions {
  /** Conditions of fail-condition.ts; any that holds makes the exit code 1. */
  readonly failIf: readonly string[];
  readonly json: boolean;
}

/** Gives the exit code. @throws BadInputError */
export function compare(paths: readonly string[], options: CompareOptions): number {
  const conditions = options.failIf.map((text) => parseFailCondition(text));
  if (paths.length === 0) throw new BadInputError('found no folder; accepted: run folders, or their summary.json');
  const summaries = paths.map((path) => ({ path, summary: readSummary(path) }));
  const [first] = summaries;
  const compared =
    summaries.length === 1 && first !== undefined ? [ofOneFolder(first.summary)] : comparisonsOf(summaries);
  if (conditions.length > 0 && compared.every(({ policies }) => policies.length < 2)) {
    throw new BadInputError('--fail-if found one policy in one folder; accepted: two policies or more, or two folders');
  }
  const failed = compared.flatMap((summary) => failures(summary, conditions));
  if (options.json) {
    const document = conditions.length === 0 ? compared : { comparisons: compared, failed };
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  } else {
    process.stdout.write(compared.map((summary) => summaryText(summary)).join('\n'));
    for (const sentence of failed) process.stderr.write(`FAILED ${sentence}\n`);
    if (conditions.length > 0 && failed.length === 0) process.stdout.write(`\nNo --fail-if condition holds\n`);
  }
  return failed.length > 0 ? CHECK_FAILED : DONE;
}

/** Judged anew, so that a folder of an earlier version says what this one knows. */
function ofOneFolder(summary: StudySummary): StudySummary {
  const { cases, policies, results } = summary;
  return { ...summary, cases: cases.map(({ factors }) => summarizeCase(factors, policies, results)) };
}

function readSummary(path: string): StudySummary {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new BadInputError('no such file or folder', { file: path });
  const file = stats.isDirectory() ? join(path, 'summary.json') : path;
  if (!existsSync(file))
    throw new BadInputError('holds no summary.json; accepted is a finished run folder', { file: path });
  try {
    const summary = JSON.parse(readText(file)) as StudySummary;
    if (Array.isArray(summary.results) && Array.isArray(summary.cases)) return summary;
  } catch {
    // Falls through to the one message.
  }
  throw new BadInputError('is not the summary.json of a run folder', { file });
}

/** One comparison for each policy that all folders have, with the folders in the place of policies. */
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
