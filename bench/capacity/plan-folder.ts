/**
 * The folder of a plan: the plan as resolved with its inputs, the answer, every try, the report. All bytes follow from the plan; nothing
 * in it depends on the machine.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { type Cell, csvLines } from '../../results/index.ts';
import { BadInputError } from '../bad-input.ts';
import type { Answer } from './answer.ts';
import type { Tried } from './candidate.ts';
import type { LoadedPlan } from './load-plan.ts';
import { answerText, questionText } from './plan-words.ts';

/** What summary.json of a plan holds. */
export interface PlanSummary {
  readonly plan: string;
  readonly description?: string;
  /** Of plan and inputs; the same in the name of the folder. */
  readonly planDigest: string;
  readonly seed: string;
  readonly runs: number;
  readonly policy: string;
  readonly question: string;
  /** One sentence. */
  readonly answer: string;
  /** Whether there is an answer that meets the objectives. */
  readonly met: boolean;
  readonly result: Answer;
  readonly notes: readonly string[];
}

/** What summary.json of a plan folder holds. */
export function planSummary(loaded: LoadedPlan, result: Answer): PlanSummary {
  const { plan, digest, notes } = loaded;
  return {
    plan: plan.name,
    ...(plan.description !== undefined && { description: plan.description }),
    planDigest: digest,
    seed: String(plan.seed),
    runs: plan.runs,
    policy: plan.policy.name,
    question: questionText(loaded),
    answer: answerText(result),
    met: result.find === 'removable' || result.answer !== undefined,
    result,
    notes,
  };
}

/** out/NAME-DIGEST. */
export function planFolderName({ plan, digest }: LoadedPlan): string {
  const name =
    plan.name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, '') || 'plan';
  return `out/${name}-${digest}`;
}

export function isPlanFolder(folder: string): boolean {
  return existsSync(join(folder, 'plan.yaml'));
}

/** The text of plan.yaml. */
export function planText({ plan }: LoadedPlan): string {
  return stringify(plan, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** The files that follow from plan and answer, by name; report.html is drawn from these. */
export function resultFiles(summary: PlanSummary): Record<'summary.json' | 'tries.csv', string> {
  // Where every mix of a wide search would be an object of its own, the table says the same on a line.
  const { tries, ...result } = summary.result;
  return {
    'summary.json': `${JSON.stringify({ ...summary, result: { ...result, tries: tries.length } }, null, 2)}\n`,
    'tries.csv': triesCsv(tries),
  };
}

const COLUMNS = 'order,what,candidate,size,meets,runs,runsMet,requested,startupP99Seconds,failedRun,pod,lost,why'.split(
  ',',
);

function triesCsv(tries: readonly Tried[]): string {
  return csvLines([COLUMNS, ...tries.map((tried, order) => rowOf(tried, order))]);
}

function rowOf({ what, candidate, size, evidence }: Tried, order: number): Cell[] {
  const { meets, runs, runsMet, requested, startupP99Seconds, failure } = evidence;
  const shares = Object.entries(requested).map(([name, share]) => `${name}=${Number(share.toPrecision(6))}`);
  return [
    order,
    what,
    candidate,
    size,
    meets ? 'yes' : 'no',
    runs,
    runsMet,
    shares.join(' '),
    startupP99Seconds.join(' '),
    failure?.run ?? null,
    failure?.pod ?? '',
    failure?.lost ?? '',
    failure?.why ?? '',
  ];
}

/** Writes a file so that it is there whole or not at all. */
export function writeWhole(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.part`, text);
  renameSync(`${path}.part`, path);
}

/** @throws BadInputError when the folder holds something else */
export function openPlanFolder(folder: string, loaded: LoadedPlan): void {
  const path = join(folder, 'plan.yaml');
  const text = planText(loaded);
  const files = Object.entries(loaded.inputs);
  const isOther =
    existsSync(join(folder, 'experiment.yaml')) || (!existsSync(path) && existsSync(join(folder, 'summary.json')));
  const same = ([name, content]: readonly [string, string]): boolean =>
    existsSync(join(folder, name)) && readFileSync(join(folder, name), 'utf8') === content;
  if (isOther || (existsSync(path) && ![['plan.yaml', text] as const, ...files].every(same))) {
    throw new BadInputError('holds something else than this plan; choose another --out or remove it', { file: folder });
  }
  for (const [name, content] of files) writeWhole(join(folder, name), content);
  writeWhole(path, text);
}
