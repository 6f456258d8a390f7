/** `find: nodes`: the fewest Nodes of one type, or in the proportions of given Nodes. */
import type { Node } from '../../models/objects/node.ts';
import { type Tried, tryNodes } from './candidate.ts';
import { priceOf } from './cheapest-mix.ts';
import { type LeastCount, leastCount } from './least-count.ts';
import type { LoadedPlan } from './load-plan.ts';
import { mixSequence, nodesOfType } from './node-supply.ts';
import { moves } from './settled-pods.ts';
import { covers, type Sums, sumsOfNodes, sumsOfPods } from './sums.ts';
import { TryLog, wholeCandidate } from './try-log.ts';

export interface NodesAnswer {
  readonly find: 'nodes';
  /** Undefined: no number up to the plan's `most` does. */
  readonly count: number | undefined;
  /** Fewer are ruled out by the sums of requests. */
  readonly ruledOutBelow: number;
  readonly answer: Tried | undefined;
  readonly oneLess: readonly Tried[];
  readonly againstOrder: LeastCount['againstOrder'];
  /** Nodes of the answer by what they offer, the most frequent first. */
  readonly kinds: readonly NodeKind[];
  /** Of all Nodes of the answer for an hour, where the type has a price. */
  readonly pricePerHour?: number;
  readonly tries: readonly Tried[];
}

export interface NodeKind {
  readonly count: number;
  /** "cpu 16, memory 64Gi, pods 110" */
  readonly offers: string;
}

export class NodesQuestion {
  readonly #loaded: LoadedPlan;
  readonly #log: TryLog;
  readonly #supply: (count: number) => Node[];
  readonly #most: number;

  constructor(loaded: LoadedPlan, progress: (text: string) => void) {
    const [type] = loaded.types;
    this.#loaded = loaded;
    this.#log = new TryLog(progress);
    this.#supply = type === undefined ? mixSequence(loaded.nodes) : (count) => nodesOfType(type, count);
    this.#most = Math.min(loaded.plan.most, type?.most ?? loaded.plan.most);
  }

  look(candidate: string): Tried {
    return this.#look(wholeCandidate(candidate, this.#most));
  }

  #look(count: number): Tried {
    const named = { what: nodesText(count), candidate: String(count), size: count };
    return this.#log.look(named, () => tryNodes(this.#loaded, this.#supply(count)));
  }

  answer(): NodesAnswer {
    const { plan, types } = this.#loaded;
    const asked = sumsToMove(this.#loaded);
    const most = this.#most;
    let least = 1;
    while (least < most && !covers(sumsOfNodes(this.#supply(least)), asked)) least = this.#nextCount(asked, least);
    const range = { least, most, lookBelow: plan.lookBelow };
    const { count, againstOrder } = leastCount(range, (n) => this.#look(n).evidence.meets);
    const answer = count === undefined ? undefined : this.#look(count);
    const oneLess = count === undefined || count <= 1 ? [] : [this.#look(count - 1)];
    const price = types[0]?.price;
    return {
      find: 'nodes',
      count,
      ruledOutBelow: least,
      answer,
      oneLess,
      againstOrder,
      kinds: count === undefined ? [] : kindsOf(this.#supply(count)),
      ...(price !== undefined && count !== undefined && { pricePerHour: priceOf([{ price }], [count]) }),
      tries: this.#log.tries,
    };
  }

  /** The least count above `least` whose sums cover what is asked, or the most: the sums rise with the count. */
  #nextCount(asked: Sums, least: number): number {
    let high = least;
    do high = Math.min(this.#most, high * 2);
    while (high < this.#most && !covers(sumsOfNodes(this.#supply(high)), asked));
    let low = least;
    while (high - low > 1) {
      const middle = low + ((high - low) >> 1);
      if (covers(sumsOfNodes(this.#supply(middle)), asked)) high = middle;
      else low = middle;
    }
    return high;
  }
}

/** What has to have room on any set of Nodes: Pods of DaemonSets come and go with these. */
export function sumsToMove({ pods, bound }: LoadedPlan): Sums {
  return sumsOfPods([...pods, ...bound.filter(moves)]);
}

export function nodesText(count: number): string {
  return count === 1 ? '1 Node' : `${count} Nodes`;
}

function kindsOf(nodes: readonly Node[]): NodeKind[] {
  const counts = new Map<string, number>();
  for (const { status } of nodes) {
    const offers = Object.entries(status?.allocatable ?? {})
      .map(([name, amount]) => `${name} ${amount}`)
      .join(', ');
    counts.set(offers, (counts.get(offers) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a).map(([offers, count]) => ({ count, offers }));
}
