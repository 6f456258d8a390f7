/** `clockwork plan`: answers a question about capacity and shows what the answer rests on. */
import { BadInputError } from '../bad-input.ts';
import { type Answer, answerPlan, type Tried } from '../capacity/answer.ts';
import { percent } from '../capacity/candidate.ts';
import { loadPlan } from '../capacity/load-plan.ts';
import { CHECK_FAILED, DONE } from './exit-code.ts';

/** Gives the exit code: 1 when nothing meets the objectives. @throws BadInputError */
export function plan(file: string, options: { readonly json: boolean }): number {
  const loaded = loadPlan(file);
  const answer = answered(() =>
    answerPlan(loaded, (text) => (options.json ? undefined : process.stderr.write(`${text}\n`))),
  );
  if (options.json) process.stdout.write(`${JSON.stringify({ plan: loaded.plan, answer }, null, 2)}\n`);
  else process.stdout.write(`${answerLines(loaded.plan.name, answer).join('\n')}\n`);
  const nothing =
    (answer.find === 'nodes' && answer.count === undefined) || (answer.find === 'cheapest' && !answer.counts);
  return nothing ? CHECK_FAILED : DONE;
}

/** A search that is too wide is the plan's fault. */
function answered(ask: () => Answer): Answer {
  try {
    return ask();
  } catch (error) {
    if (error instanceof RangeError) throw new BadInputError(error.message);
    throw error;
  }
}

const MOST_NAMES = 20;

function answerLines(name: string, answer: Answer): string[] {
  switch (answer.find) {
    case 'nodes':
      return nodesLines(name, answer);
    case 'cheapest':
      return cheapestLines(name, answer);
    case 'replicas':
      return [
        `${name}: ${answer.count} more fit`,
        ...(answer.limit === undefined ? ['  the greatest number that was tried'] : [`  then ${answer.limit}`]),
      ];
    case 'removable':
      return [
        `${name}: ${answer.alone.length} Nodes can be lost, each alone: ${namesText(answer.alone)}`,
        `  ${answer.together.length} can be taken out together: ${namesText(answer.together)}`,
        ...answer.needed.slice(0, MOST_NAMES).map(({ node, why }) => `  needed: ${node}: ${why}`),
        ...(answer.needed.length > MOST_NAMES ? [`  and ${answer.needed.length - MOST_NAMES} more are needed`] : []),
      ];
    default:
      throw new RangeError('no such answer');
  }
}

function nodesLines(name: string, answer: Extract<Answer, { find: 'nodes' }>): string[] {
  const { search, ruledOutBelow, oneLess } = answer;
  const tried = search.tried.map(({ count, meets }) => `${count}${meets ? '' : ' no'}`).join(', ');
  const story = [
    ...(ruledOutBelow > 1
      ? [`  fewer than ${ruledOutBelow} cannot: their sums of cpu, memory or Pods are too small`]
      : []),
    `  tried: ${tried}`,
    search.againstOrder.length === 0
      ? '  nothing that was tried speaks against more Nodes being better'
      : `  not monotone: ${search.againstOrder.join(', ')} do though a greater number does not`,
  ];
  if (answer.answer === undefined) return [`${name}: no number of Nodes that was tried does`, ...story];
  return [
    `${name}: ${answer.answer.what}`,
    evidenceLine(answer.answer),
    ...(oneLess === undefined ? [] : [evidenceLine(oneLess)]),
    ...story,
    ...answer.kinds.map((kind) => `  ${kind}`),
  ];
}

function cheapestLines(name: string, answer: Extract<Answer, { find: 'cheapest' }>): string[] {
  if (answer.answer === undefined) return [`${name}: no mix does; ${answer.tried} were simulated`];
  return [
    `${name}: ${answer.answer.what}, price ${answer.price}`,
    evidenceLine(answer.answer),
    ...answer.oneLess.map(evidenceLine),
    `  ${answer.tried} mixes were simulated; the others cost as much or more, or their sums are too small`,
  ];
}

function evidenceLine({ what, evidence }: Tried): string {
  const { meets, runs, runsMet, failure, used } = evidence;
  const share = used === undefined ? '' : `; requested: ${percent(used.cpu)} of cpu, ${percent(used.memory)} of memory`;
  const why = meets || failure === undefined ? '' : `; ${failure}`;
  return `  ${what}: ${meets ? 'meet' : 'do not meet'} the objectives (${runsMet} of ${runs} runs)${share}${why}`;
}

function namesText(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  const more = names.length - MOST_NAMES;
  return `${names.slice(0, MOST_NAMES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
