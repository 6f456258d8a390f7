/** Writes the answer of a plan into its folder, and answers it again from there. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { planPage } from '../../results/index.ts';
import { answerPlan } from './answer.ts';
import { loadPlan } from './load-plan.ts';
import { planSummary, type PlanSummary, resultFiles, writeWhole } from './plan-folder.ts';
import { planReportOf } from './plan-report-data.ts';

/** Writes the answer and the report into a folder that `openPlanFolder` has made. */
export function writeResults(folder: string, summary: PlanSummary): void {
  for (const [name, text] of Object.entries(resultFiles(summary))) writeWhole(join(folder, name), text);
  writePlanReport(folder);
}

/** Gives the size in bytes. @throws BadInputError unless the folder holds an answered plan */
export function writePlanReport(folder: string): number {
  const page = planPage(planReportOf(folder));
  writeWhole(join(folder, 'report.html'), page);
  return Buffer.byteLength(page);
}

export interface FileVerdict {
  readonly file: string;
  readonly agrees: boolean;
  /** The first line that differs; undefined when none does. */
  readonly line?: number;
}

/** Answers the plan of a folder again and compares the files of its answer. @throws BadInputError */
export function repeatPlan(folder: string): FileVerdict[] {
  const loaded = loadPlan(join(folder, 'plan.yaml'));
  const files = resultFiles(planSummary(loaded, answerPlan(loaded)));
  return Object.entries(files).map(([file, text]) => {
    const path = join(folder, file);
    const recorded = existsSync(path) ? readFileSync(path, 'utf8') : '';
    if (recorded === text) return { file, agrees: true };
    const lines = recorded.split('\n');
    return { file, agrees: false, line: text.split('\n').findIndex((line, i) => line !== lines[i]) + 1 };
  });
}
