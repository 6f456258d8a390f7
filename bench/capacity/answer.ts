/** Answers a plan: by search over simulations, with the evidence for the answer and for one step less. */
import type { Node } from '../../models/objects/node.ts';
import type { Pod } from '../../models/objects/pod.ts';
import { covers, type Evidence, misfitText, sumsOfNodes, sumsOfPods, tryNodes } from './candidate.ts';
import { cheapestMix, priceOf } from './cheapest-mix.ts';
import { Fit } from './fit.ts';
import { type LeastCount, leastCount } from './least-count.ts';
import type { LoadedPlan } from './load-plan.ts';
import { mixSequence, nodesOfType } from './node-supply.ts';
import type { MachineType } from './plan-schema.ts';

/** A candidate and what was found about it. */
export interface Tried {
  /** For example "812 Nodes" or "3 big, 2 small". */
  readonly what: string;
  readonly evidence: Evidence;
}

export type Answer =
  | {
      readonly find: 'nodes';
      /** Undefined: no number up to the plan's `most` does. */
      readonly count: number | undefined;
      /** Fewer are ruled out by the sums of requests. */
      readonly ruledOutBelow: number;
      readonly answer: Tried | undefined;
      readonly oneLess: Tried | undefined;
      readonly search: LeastCount;
      /** Nodes of the answer by what they offer. */
      readonly kinds: readonly string[];
    }
  | {
      readonly find: 'cheapest';
      readonly counts: Readonly<Record<string, number>> | undefined;
      readonly price: number;
      readonly answer: Tried | undefined;
      /** One Node of each type less. */
      readonly oneLess: readonly Tried[];
      readonly tried: number;
    }
  | { readonly find: 'replicas'; readonly count: number; readonly limit: string | undefined }
  | {
      readonly find: 'removable';
      /** Nodes that can be lost, each alone. */
      readonly alone: readonly string[];
      /** Why the others cannot. */
      readonly needed: readonly { readonly node: string; readonly why: string }[];
      /** Nodes that can be taken out one after the other, those with the least on them first. */
      readonly together: readonly string[];
    };

export function answerPlan(loaded: LoadedPlan, progress: (text: string) => void = () => {}): Answer {
  switch (loaded.plan.find) {
    case 'nodes':
      return fewestNodes(loaded, progress);
    case 'cheapest':
      return cheapest(loaded, progress);
    case 'replicas':
      return replicas(loaded);
    case 'removable':
      return removable(loaded);
    default:
      throw new RangeError(`no such question: ${String(loaded.plan.find)}`);
  }
}

function fewestNodes(loaded: LoadedPlan, progress: (text: string) => void): Answer {
  const { plan, pods, bound, nodes } = loaded;
  const [type] = plan.nodes.types ?? [];
  const supply = type === undefined ? mixSequence(nodes) : (count: number): Node[] => nodesOfType(type, count);
  const most = Math.min(plan.most, type?.most ?? plan.most);
  const asked = sumsOfPods([...pods, ...bound]);
  let least = 1;
  while (least < most && !covers(sumsOfNodes(supply(least)), asked)) least = nextCount(supply, asked, least, most);
  const known = new Map<number, Tried>();
  const look = (count: number): Tried => {
    let tried = known.get(count);
    if (tried === undefined) {
      tried = { what: nodesText(count), evidence: tryNodes(loaded, supply(count)) };
      known.set(count, tried);
      progress(`${tried.what}: ${tried.evidence.meets ? 'do' : (tried.evidence.failure ?? 'do not')}`);
    }
    return tried;
  };
  const search = leastCount({ least, most, lookBelow: plan.lookBelow }, (count) => look(count).evidence.meets);
  const { count } = search;
  return {
    find: 'nodes',
    count,
    ruledOutBelow: least,
    answer: count === undefined ? undefined : look(count),
    oneLess: count === undefined || count <= 1 ? undefined : look(count - 1),
    search,
    kinds: count === undefined ? [] : kindsOf(supply(count)),
  };
}

/** The least count above `least` whose sums cover what is asked, or `most`: the sums rise with the count. */
function nextCount(
  supply: (count: number) => Node[],
  asked: ReturnType<typeof sumsOfPods>,
  least: number,
  most: number,
): number {
  let high = least;
  do high = Math.min(most, high * 2);
  while (high < most && !covers(sumsOfNodes(supply(high)), asked));
  let low = least;
  while (high - low > 1) {
    const middle = low + ((high - low) >> 1);
    if (covers(sumsOfNodes(supply(middle)), asked)) high = middle;
    else low = middle;
  }
  return high;
}

function nodesText(count: number): string {
  return count === 1 ? '1 Node' : `${count} Nodes`;
}

function kindsOf(nodes: readonly Node[]): string[] {
  const counts = new Map<string, number>();
  for (const { status } of nodes) {
    const kind = Object.entries(status?.allocatable ?? {})
      .map(([name, amount]) => `${name} ${amount}`)
      .join(', ');
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a).map(([kind, count]) => `${count} × ${kind}`);
}

function cheapest(loaded: LoadedPlan, progress: (text: string) => void): Answer {
  const { plan, pods, bound } = loaded;
  const machines = plan.nodes.types as readonly MachineType[];
  const asked = sumsOfPods([...pods, ...bound]);
  const each = machines.map((type) => sumsOfNodes(nodesOfType(type, 1)));
  const types = machines.map(({ price = 1, most = plan.most }, i) => ({
    price,
    most: Math.min(most, aloneEnough(each[i] as readonly number[], asked)),
  }));
  const known = new Map<string, Tried>();
  const look = (counts: readonly number[]): Tried => {
    const key = counts.join();
    let tried = known.get(key);
    if (tried === undefined) {
      const nodes = machines.flatMap((type, i) => nodesOfType(type, counts[i] as number));
      tried = { what: mixText(machines, counts), evidence: tryNodes(loaded, nodes) };
      known.set(key, tried);
      progress(`${tried.what}, price ${priceOf(types, counts)}: ${tried.evidence.meets ? 'do' : 'do not'}`);
    }
    return tried;
  };
  const found = cheapestMix({
    types,
    lookBelow: plan.lookBelow,
    mostTries: plan.mostTries,
    suffices: (counts) =>
      asked.every((amount, r) => counts.reduce((sum, count, i) => sum + count * (each[i]?.[r] as number), 0) >= amount),
    meets: (counts) => look(counts).evidence.meets,
  });
  const { counts, price, tried } = found;
  if (counts === undefined) {
    return { find: 'cheapest', counts: undefined, price, answer: undefined, oneLess: [], tried: tried.length };
  }
  const oneLess = counts.flatMap((count, i) =>
    count === 0 ? [] : [look(counts.map((own, j) => (i === j ? own - 1 : own)))],
  );
  const byName = Object.fromEntries(machines.map(({ name }, i) => [name, counts[i] as number]));
  return { find: 'cheapest', counts: byName, price, answer: look(counts), oneLess, tried: known.size };
}

/** More Nodes of a type than this are of no use in a search: they hold four times what is asked, in whatever resource is scarcest. */
const GENEROSITY = 4;

function aloneEnough(one: readonly number[], asked: readonly number[]): number {
  const counts = asked.map((amount, i) =>
    (one[i] as number) > 0 ? Math.ceil(amount / (one[i] as number)) : amount > 0 ? Infinity : 0,
  );
  const enough = Math.max(...counts) * GENEROSITY + GENEROSITY;
  return Number.isFinite(enough) ? enough : Number.MAX_SAFE_INTEGER;
}

function mixText(types: readonly MachineType[], counts: readonly number[]): string {
  return types.map(({ name }, i) => `${counts[i]} ${name}`).join(', ');
}

/** Pods one after the other until the scheduler finds no Node; the first run only, for each further one the choice of equals differs. */
function replicas({ plan, nodes, bound, pods, template, policy }: LoadedPlan): Answer {
  const counts: { count: number; limit: string | undefined }[] = [];
  for (let run = 0; run < plan.runs; run++) {
    const fit = new Fit(nodes, bound, { ...policy, run });
    const misfit = fit.place(pods);
    if (misfit !== undefined)
      return { find: 'replicas', count: 0, limit: `already without replicas, ${misfitText(misfit)}` };
    const { metadata, ...rest } = template as Pod;
    const podOf = (number: number): Pod =>
      ({ ...rest, metadata: { ...metadata, name: `${metadata.name}-${number}` } }) as Pod;
    const filled = fit.fill(podOf, plan.most);
    counts.push({ count: filled.count, limit: filled.misfit && misfitText(filled.misfit) });
  }
  const least = counts.reduce((a, b) => (b.count < a.count ? b : a));
  return { find: 'replicas', ...least };
}

function removable({ nodes, bound, pods, policy }: LoadedPlan): Answer {
  const fit = new Fit(nodes, bound, { ...policy, run: 0 });
  const misfit = fit.place(pods);
  if (misfit !== undefined) {
    return { find: 'removable', alone: [], together: [], needed: [{ node: '', why: misfitText(misfit) }] };
  }
  const alone: string[] = [];
  const needed: { node: string; why: string }[] = [];
  const names = fit.nodes.map(({ name }) => name);
  for (const name of names) {
    const lost = fit.lose([name]);
    if (lost === undefined) alone.push(name);
    else needed.push({ node: name, why: misfitText(lost) });
  }
  const load = new Map(fit.nodes.map(({ name, requested }) => [name, Number(requested.milliCpu)]));
  const lightestFirst = alone.toSorted((a, b) => (load.get(a) as number) - (load.get(b) as number) || (a < b ? -1 : 1));
  const together = lightestFirst.filter((name) => fit.nodes.length > 1 && fit.lose([name], true) === undefined);
  return { find: 'removable', alone, needed, together };
}
