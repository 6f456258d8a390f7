/** `clockwork plan`: answers a question about capacity, shows what the answer rests on, and writes the plan's folder. */
import { join, relative } from 'node:path';
import { answerPlan, questionOf } from '../capacity/answer.ts';
import { loadPlan, type LoadedPlan } from '../capacity/load-plan.ts';
import { openPlanFolder, planFolderName, planSummary, resultFiles } from '../capacity/plan-folder.ts';
import { answerLines, evidenceText, kindLines } from '../capacity/plan-words.ts';
import { writeResults } from '../capacity/write-plan.ts';
import { CHECK_FAILED, DONE } from './exit-code.ts';

export interface PlanOptions {
  readonly json: boolean;
  /** Folder; out/NAME-DIGEST unless given. */
  readonly out: string | undefined;
  /** Look at this candidate alone. */
  readonly candidate: string | undefined;
}

/** Gives the exit code: 1 when nothing meets the objectives. @throws BadInputError */
export function plan(file: string, options: PlanOptions): number {
  const loaded = loadPlan(file);
  const say = (text: string): void => void (options.json ? undefined : process.stderr.write(`${text}\n`));
  for (const note of loaded.notes) say(note);
  if (options.candidate !== undefined) return look(loaded, options.candidate, options.json);
  const folder = options.out ?? planFolderName(loaded);
  openPlanFolder(folder, loaded);
  const answer = answerPlan(loaded, say);
  const summary = planSummary(loaded, answer);
  writeResults(folder, summary);
  if (options.json) process.stdout.write(resultFiles(summary)['summary.json']);
  else {
    const places = [
      `Plan folder: ${relative('.', folder) || '.'}`,
      `Report: ${relative('.', join(folder, 'report.html'))}`,
    ];
    process.stdout.write(
      `${[...answerLines(loaded.plan.name, answer), ...kindLines(answer).map((line) => `  ${line}`), '', ...places].join('\n')}\n`,
    );
  }
  return summary.met ? DONE : CHECK_FAILED;
}

/** One candidate, without a search and without a folder. */
function look(loaded: LoadedPlan, candidate: string, json: boolean): number {
  const tried = questionOf(loaded).look(candidate);
  if (json) process.stdout.write(`${JSON.stringify(tried, null, 2)}\n`);
  else process.stdout.write(`${loaded.plan.name}:\n  ${evidenceText(tried)}\n`);
  return tried.evidence.meets ? DONE : CHECK_FAILED;
}
