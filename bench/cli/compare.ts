/** `clockwork compare DIR|FILE …`: run folders side by side. With --fail-if it gates a CI job. */
import { BadInputError } from '../bad-input.ts';
import { compareFolders } from '../experiments/compare-folders.ts';
import { failures, parseFailCondition } from '../experiments/fail-condition.ts';
import { CHECK_FAILED, DONE } from './exit-code.ts';
import { summaryText } from './summary-text.ts';

export interface CompareOptions {
  /** Conditions of fail-condition.ts; any that holds makes the exit code 1. */
  readonly failIf: readonly string[];
  readonly json: boolean;
}

/** Gives the exit code. @throws BadInputError */
export function compare(paths: readonly string[], options: CompareOptions): number {
  const conditions = options.failIf.map((text) => parseFailCondition(text));
  const compared = compareFolders(paths);
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
