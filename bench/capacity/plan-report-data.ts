/** From the files of a plan's folder to the data of its report. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { csvParse } from 'd3-dsv';
import { parse } from 'yaml';
import { type Frontier, median, type PlanReport } from '../../results/index.ts';
import { BadInputError } from '../bad-input.ts';
import { parseDuration } from '../experiments/duration.ts';
import type { Answer } from './answer.ts';
import type { Tried } from './candidate.ts';
import type { PlanSummary } from './plan-folder.ts';
import type { Plan } from './plan-schema.ts';
import { detailLines, missesOf, missesTitle, sharesText } from './plan-words.ts';
import { scarcest } from './sums.ts';

/** Tries on the page; tries.csv has all of a wide search. */
const MOST_TRIES = 500;
const MOST_MISSES = 20;

const SIZES: Readonly<Record<Plan['find'], readonly [title: string, unit: string]>> = {
  nodes: ['Nodes', 'Nodes'],
  cheapest: ['price of an hour', ''],
  replicas: ['more replicas', 'Pods'],
  removable: ['Nodes taken out', 'Nodes'],
};

/** @throws BadInputError unless the folder holds an answered plan */
export function planReportOf(folder: string): PlanReport {
  const read = (name: string): string => {
    const file = join(folder, name);
    if (!existsSync(file)) {
      throw new BadInputError(`holds no ${name}; accepted is the folder of a plan that was answered`, { file: folder });
    }
    return readFileSync(file, 'utf8');
  };
  const plan = parse(read('plan.yaml')) as Plan;
  const summary = JSON.parse(read('summary.json')) as PlanSummary;
  const tries = csvParse(read('tries.csv')).map((row) => triedOf(row));
  const result = { ...summary.result, tries } as Answer;
  const chosen = result.answer?.candidate;
  const [sizeTitle, sizeUnit] = SIZES[plan.find];
  const { policy, runs, seed } = summary;
  return {
    title: summary.plan,
    description: summary.description,
    meta: `policy ${policy} · ${runs === 1 ? 'one run' : `${runs} runs`} of each candidate · seed ${seed}`,
    digest: summary.planDigest,
    question: summary.question,
    answer: summary.answer,
    details: detailLines(result),
    notes: summary.notes,
    missesTitle: missesTitle(result),
    misses: missesOf(result).slice(0, MOST_MISSES),
    frontier: frontierOf(plan, result, [sizeTitle, sizeUnit]),
    nodes: result.find === 'nodes' ? result.kinds : [],
    sizeTitle,
    sizeUnit,
    tries: tries.slice(0, MOST_TRIES).map((tried) => ({
      what: tried.what,
      size: tried.size,
      meets: tried.evidence.meets,
      chosen: tried.candidate !== '' && tried.candidate === chosen,
      runs: tried.evidence.runs,
      runsMet: tried.evidence.runsMet,
      requested: sharesText(tried.evidence.requested),
      why: tried.evidence.failure?.why ?? '',
      command: tried.candidate === '' ? '' : `npx clockwork plan plan.yaml --try ${tried.candidate}`,
    })),
    moreTries: Math.max(0, tries.length - MOST_TRIES),
  };
}

function triedOf(row: Readonly<Record<string, string>>): Tried {
  const cell = (column: string): string => row[column] ?? '';
  const words = (column: string): string[] =>
    cell(column)
      .split(' ')
      .filter((word) => word !== '');
  const failure = { run: Number(cell('failedRun')), why: cell('why'), pod: cell('pod'), lost: cell('lost') };
  return {
    what: cell('what'),
    candidate: cell('candidate'),
    size: Number(cell('size')),
    evidence: {
      meets: cell('meets') === 'yes',
      runs: Number(cell('runs')),
      runsMet: Number(cell('runsMet')),
      failure: failure.why === '' ? undefined : failure,
      requested: Object.fromEntries(
        words('requested').map((word): [string, number] => {
          const at = word.lastIndexOf('=');
          return [word.slice(0, at), Number(word.slice(at + 1))];
        }),
      ),
      startupP99Seconds: words('startupP99Seconds').map(Number),
    },
  };
}

function frontierOf(
  plan: Plan,
  answer: Answer,
  [sizeTitle, sizeUnit]: readonly [string, string],
): Frontier | undefined {
  // Of Nodes that can be lost, those that were taken out one after the other; every single one has a row in the table.
  const tries = answer.find === 'removable' ? togetherTries(answer.tries, answer.together[0]) : answer.tries;
  const byLatency = plan.objectives.startup !== undefined && tries.filter(hasStartup).length > 1;
  const score = byLatency ? startupScore : requestedScore;
  const points = tries.flatMap((tried) => {
    const scores = score(tried).filter(Number.isFinite);
    if (scores.length === 0) return [];
    return [
      {
        label: tried.what,
        size: tried.size,
        score: median(scores),
        low: Math.min(...scores),
        high: Math.max(...scores),
        meets: tried.evidence.meets,
        chosen: tried.candidate === answer.answer?.candidate,
      },
    ];
  });
  if (points.length === 0) return undefined;
  const scoreOf = byLatency
    ? { scoreTitle: 'Pod start-up, p99', scoreUnit: 'µs', ...startupObjective(plan) }
    : { scoreTitle: requestedTitle(tries), scoreUnit: 'fraction' };
  return { sizeTitle, sizeUnit, ...scoreOf, points };
}

function togetherTries(tries: readonly Tried[], first: string | undefined): readonly Tried[] {
  return tries.filter(({ size, candidate }) => size > 1 || candidate === first);
}

function hasStartup({ evidence }: Tried): boolean {
  return evidence.startupP99Seconds.length > 0;
}

function startupScore({ evidence }: Tried): number[] {
  return evidence.startupP99Seconds.map((seconds) => seconds * 1e6);
}

function startupObjective({ objectives: { startup } }: Plan): Pick<Frontier, 'objective'> {
  return startup === undefined ? {} : { objective: { limit: parseDuration(startup.p99) as number, better: 'lower' } };
}

function requestedScore({ evidence }: Tried): number[] {
  const most = scarcest(evidence.requested);
  return most === undefined ? [] : [most.share];
}

/** Names the resource where it is the same everywhere. */
function requestedTitle(tries: readonly Tried[]): string {
  const resources = new Set(tries.map(({ evidence }) => scarcest(evidence.requested)?.resource));
  const [only] = resources;
  return resources.size === 1 && only !== undefined ? `${only} requested` : 'requested of the scarcest resource';
}
