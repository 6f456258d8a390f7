/** A plan's question and answer in words, for the terminal, for summary.json and for the report. */
import { formatMetric } from '../experiments/metrics.ts';
import type { Answer } from './answer.ts';
import { type Failure, percent, type Tried } from './candidate.ts';
import { nodesText, type NodesAnswer } from './fewest-nodes.ts';
import type { LoadedPlan } from './load-plan.ts';
import type { ReplicasAnswer } from './replicas.ts';
import { scarcest, type Shares } from './sums.ts';

export function questionText(loaded: LoadedPlan): string {
  const { plan, types, nodes, pods, bound, template } = loaded;
  const all = podsText(pods.length + bound.length);
  const wanted = objectivesText(loaded);
  switch (plan.find) {
    case 'nodes': {
      const which =
        types[0] === undefined ? `Nodes in the mix of the ${nodes.length} given` : `Nodes of ${types[0].name}`;
      return `How many ${which} do ${all} need${wanted}?`;
    }
    case 'cheapest':
      return `Which mix of ${listText(types.map(({ name }) => name))} costs least for ${all}${wanted}?`;
    case 'replicas':
      return `How many more Pods like ${template?.metadata.name} fit on ${nodesText(nodes.length)}?`;
    case 'removable':
      return `Which of ${nodesText(nodes.length)} can be lost, so that the others take their Pods?`;
    default:
      throw new RangeError('no such question');
  }
}

function podsText(count: number): string {
  return count === 1 ? '1 Pod' : `${count} Pods`;
}

function listText(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

function objectivesText({ plan: { objectives, runs } }: LoadedPlan): string {
  const { survive, headroom, startup, inRuns } = objectives;
  const left = (['cpu', 'memory'] as const).filter((resource) => (headroom?.[resource] ?? 0) > 0);
  const parts = [
    ...(survive === 'nothing' ? [] : [`any one ${survive === 'node' ? 'Node' : 'zone'} may be lost`]),
    ...left.map((resource) => `${percent(headroom?.[resource] ?? 0)} of ${resource} is left`),
    ...(startup === undefined ? [] : [`Pod start-up p99 is at most ${startup.p99}`]),
  ];
  const share =
    inRuns < 1 ? ` in at least ${percent(inRuns)} of ${runs} runs` : runs > 1 ? ` in each of ${runs} runs` : '';
  return parts.length === 0 ? share : `, so that ${listText(parts)}${share}`;
}

/** One sentence. */
export function answerText(answer: Answer): string {
  switch (answer.find) {
    case 'nodes':
      if (answer.answer === undefined) {
        const most = Math.max(...answer.tries.map(({ size }) => size));
        return `No number of Nodes that was tried, up to ${most}, meets the objectives.`;
      }
      return `${meetText(answer.answer, answer.pricePerHour)}${lessText(answer.oneLess)}.`;
    case 'cheapest':
      if (answer.answer === undefined) return 'No mix meets the objectives.';
      return `${meetText(answer.answer, answer.pricePerHour)}${lessText(answer.oneLess)}.`;
    case 'replicas': {
      const [more] = answer.oneMore;
      const then = more?.evidence.failure === undefined ? '' : `; then ${more.evidence.failure.why}`;
      return `${answer.count} more fit${then}.`;
    }
    case 'removable':
      return `${nodesText(answer.alone.length)} can be lost, each alone; ${answer.together.length} of them together.`;
    default:
      throw new RangeError('no such answer');
  }
}

function meetText({ what }: Tried, pricePerHour: number | undefined): string {
  const cost = costText(pricePerHour);
  return `${what}${cost}${cost === '' ? '' : ','} meet the objectives`;
}

function costText(pricePerHour: number | undefined): string {
  return pricePerHour === undefined ? '' : `, ${formatMetric(pricePerHour, '')} an hour`;
}

function lessText(oneLess: readonly Tried[]): string {
  const missed = oneLess.filter(({ evidence }) => !evidence.meets);
  return missed.length === 0 ? '' : `; ${missed.map(({ what }) => what).join(' or ')} do not`;
}

const MOST_NAMES = 20;

/** For the terminal: the answer, why one step less does not do, and what else it rests on. */
export function answerLines(name: string, answer: Answer): string[] {
  return [`${name}: ${headText(answer)}`, ...[...missLines(answer), ...detailLines(answer)].map((line) => `  ${line}`)];
}

function headText(answer: Answer): string {
  switch (answer.find) {
    case 'nodes':
      if (answer.answer === undefined) return 'no number of Nodes that was tried does';
      return `${answer.answer.what}${costText(answer.pricePerHour)}`;
    case 'cheapest':
      if (answer.answer === undefined) return `no mix does; ${answer.tries.length} were simulated`;
      return `${answer.answer.what}${costText(answer.pricePerHour)}`;
    case 'replicas':
      return `${answer.count} more fit`;
    case 'removable':
      return `${nodesText(answer.alone.length)} can be lost, each alone`;
    default:
      throw new RangeError('no such answer');
  }
}

/** Heading of `missesOf`. */
export function missesTitle(answer: Answer): string {
  if (answer.answer === undefined) return 'Why not';
  return { nodes: 'Why not less', cheapest: 'Why not less', replicas: 'Why not more', removable: 'Why no others' }[
    answer.find
  ];
}

/** The candidates next to the answer that do not do; where there is no answer, the last that was tried. */
export function missesOf(answer: Answer): { readonly what: string; readonly why: string }[] {
  if (answer.find === 'removable') {
    const stops = answer.tries.filter(({ size, evidence }) => size > 1 && !evidence.meets);
    return [
      ...answer.needed.map(({ node, why }) => ({ what: `without ${node}`, why })),
      ...stops.map(({ what, evidence }) => ({ what, why: evidence.failure?.why ?? '' })),
    ];
  }
  const near = answer.find === 'replicas' ? answer.oneMore : answer.oneLess;
  const shown = answer.answer === undefined ? answer.tries.slice(-1) : near;
  return shown.flatMap(({ what, evidence: { failure, runs, runsMet } }) => {
    if (failure === undefined) return [];
    return [{ what, why: runs === 1 ? failure.why : `${failure.why} (met in ${runsMet} of ${runs} runs)` }];
  });
}

function missLines(answer: Answer): string[] {
  const misses = missesOf(answer);
  const lines = misses.slice(0, MOST_NAMES).map(({ what, why }) => `not ${what}: ${why}`);
  return misses.length > MOST_NAMES ? [...lines, `and ${misses.length - MOST_NAMES} more`] : lines;
}

/** What the answer rests on. */
export function detailLines(answer: Answer): string[] {
  switch (answer.find) {
    case 'nodes':
      return nodesDetails(answer);
    case 'cheapest':
      if (answer.answer === undefined) return [];
      return [
        evidenceText(answer.answer),
        `${answer.tries.length} mixes were simulated; the others cost as much or more, or their sums are too small`,
      ];
    case 'replicas':
      return replicasDetails(answer);
    case 'removable':
      return [
        `each alone: ${namesText(answer.alone)}`,
        `${answer.together.length} can be taken out together: ${namesText(answer.together)}`,
        ...waitingText(answer.waiting),
      ];
    default:
      throw new RangeError('no such answer');
  }
}

function nodesDetails({ answer, ruledOutBelow, againstOrder, tries }: NodesAnswer): string[] {
  const tried = tries
    .toSorted((a, b) => a.size - b.size)
    .map(({ size, evidence }) => `${size}${evidence.meets ? '' : ' no'}`);
  return [
    ...(answer === undefined ? [] : [evidenceText(answer)]),
    ...(ruledOutBelow > 1 ? [`fewer than ${ruledOutBelow} cannot: their sums of what Pods request are too small`] : []),
    `tried: ${tried.join(', ')}`,
    againstOrder.length === 0
      ? 'nothing that was tried speaks against more Nodes being better'
      : `not monotone: ${againstOrder.join(', ')} do though a greater number does not`,
  ];
}

function replicasDetails({ answer, oneMore, countsOfRuns, waiting }: ReplicasAnswer): string[] {
  return [
    ...(answer === undefined ? [] : [evidenceText(answer)]),
    ...waitingText(waiting),
    ...(oneMore.length === 0 ? ['that is the greatest number that was tried: most'] : []),
    ...(countsOfRuns.length > 1 ? [`in the runs: ${countsOfRuns.join(', ')}`] : []),
  ];
}

function waitingText(waiting: readonly Failure[]): string[] {
  const [first] = waiting;
  if (first === undefined) return [];
  return [`already without a Node, and left so: ${podsText(waiting.length)}; the first: ${first.why}`];
}

/** What the Nodes of the answer offer. */
export function kindLines(answer: Answer): string[] {
  return answer.find === 'nodes' ? answer.kinds.map(({ count, offers }) => `${count} × ${offers}`) : [];
}

/** "760 Nodes: do not meet the objectives (0 of 1 runs); requested: …; why". */
export function evidenceText({ what, evidence }: Tried): string {
  const { meets, runs, runsMet, failure, requested } = evidence;
  const why = meets || failure === undefined ? '' : `; ${failure.why}`;
  const verdict = `${meets ? 'meet' : 'do not meet'} the objectives (${runsMet} of ${runs === 1 ? '1 run' : `${runs} runs`})`;
  return `${what}: ${verdict}; requested: ${sharesText(requested)}${why}`;
}

/** Of cpu and memory, and of the scarcest resource where that is another. */
export function sharesText(shares: Shares): string {
  const shown = ['cpu', 'memory', scarcest(shares)?.resource].filter((name, i, all) => all.indexOf(name) === i);
  const parts = shown.flatMap((name) => {
    const share = shares[name ?? ''];
    return share === undefined ? [] : [`${percent(share)} of ${name === 'pods' ? 'the numbers of Pods' : name}`];
  });
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}

function namesText(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  const more = names.length - MOST_NAMES;
  return `${names.slice(0, MOST_NAMES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
