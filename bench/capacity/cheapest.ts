/** `find: cheapest`: the counts of several types that cost least. */
import type { Node } from '../../models/objects/node.ts';
import { BadInputError } from '../bad-input.ts';
import { type Tried, tryNodes } from './candidate.ts';
import { cheapestMix, priceOf } from './cheapest-mix.ts';
import { sumsToMove } from './fewest-nodes.ts';
import type { LoadedPlan } from './load-plan.ts';
import { nodesOfType } from './node-supply.ts';
import { type Sums, sumsOfNodes } from './sums.ts';
import { TryLog } from './try-log.ts';

export interface CheapestAnswer {
  readonly find: 'cheapest';
  /** By name of the type; undefined: no mix does. */
  readonly counts: Readonly<Record<string, number>> | undefined;
  /** Of all Nodes of the answer for an hour. */
  readonly pricePerHour: number | undefined;
  readonly answer: Tried | undefined;
  /** One Node of each type less. */
  readonly oneLess: readonly Tried[];
  readonly tries: readonly Tried[];
}

export class CheapestQuestion {
  readonly #loaded: LoadedPlan;
  readonly #log: TryLog;

  constructor(loaded: LoadedPlan, progress: (text: string) => void) {
    this.#loaded = loaded;
    this.#log = new TryLog(progress);
  }

  /** "big=3,small=2"; types that are not named have none. */
  look(candidate: string): Tried {
    const { types } = this.#loaded;
    const accepted = types.map(({ name }) => `${name}=N`).join(',');
    const counts = new Map<string, number>();
    for (const part of candidate.split(',')) {
      const [, name = '', count = ''] = /^([^=]+)=([0-9]{1,6})$/.exec(part.trim()) ?? [];
      if (!types.some((type) => type.name === name) || counts.has(name)) {
        throw new BadInputError(`--try is ${candidate}; accepted: ${accepted}`);
      }
      counts.set(name, Number(count));
    }
    return this.#look(types.map(({ name }) => counts.get(name) ?? 0));
  }

  #look(counts: readonly number[]): Tried {
    const { types } = this.#loaded;
    const prices = types.map(({ price = 0 }) => ({ price }));
    const named = {
      what: types.flatMap(({ name }, i) => (counts[i] === 0 ? [] : [`${counts[i]} ${name}`])).join(' + ') || 'no Node',
      candidate: types.map(({ name }, i) => `${name}=${counts[i]}`).join(','),
      size: priceOf(prices, counts),
    };
    return this.#log.look(named, () => tryNodes(this.#loaded, this.#nodes(counts)));
  }

  #nodes(counts: readonly number[]): Node[] {
    return this.#loaded.types.flatMap((type, i) => nodesOfType(type, counts[i] as number));
  }

  answer(): CheapestAnswer {
    const { plan, types } = this.#loaded;
    const asked = sumsToMove(this.#loaded);
    const each = types.map((type) => sumsOfNodes(nodesOfType(type, 1)));
    const offered = (counts: readonly number[], resource: string): number =>
      counts.reduce((sum, count, i) => sum + count * (each[i]?.get(resource) ?? 0), 0);
    const found = cheapestMix({
      types: types.map(({ price = 0, most = plan.most }, i) => ({
        price,
        most: Math.min(most, aloneEnough(each[i] as Sums, asked)),
      })),
      lookBelow: plan.lookBelow,
      mostTries: plan.mostTries,
      suffices: (counts) => [...asked].every(([resource, amount]) => offered(counts, resource) >= amount),
      meets: (counts) => this.#look(counts).evidence.meets,
    });
    const { counts } = found;
    if (counts === undefined) {
      const { tries } = this.#log;
      return { find: 'cheapest', counts: undefined, pricePerHour: undefined, answer: undefined, oneLess: [], tries };
    }
    const oneLess = counts.flatMap((count, i) =>
      count === 0 ? [] : [this.#look(counts.map((own, j) => (i === j ? own - 1 : own)))],
    );
    const answer = this.#look(counts);
    return {
      find: 'cheapest',
      counts: Object.fromEntries(types.map(({ name }, i) => [name, counts[i] as number])),
      pricePerHour: answer.size,
      answer,
      oneLess,
      tries: this.#log.tries,
    };
  }
}

/** More Nodes of a type than this are of no use in a search: they hold four times what is asked, in whatever resource is scarcest. */
const GENEROSITY = 4;

function aloneEnough(one: Sums, asked: Sums): number {
  const counts = [...asked].map(([resource, amount]) => {
    const offered = one.get(resource) ?? 0;
    return offered > 0 ? Math.ceil(amount / offered) : amount > 0 ? Infinity : 0;
  });
  const enough = Math.max(...counts) * GENEROSITY + GENEROSITY;
  return Number.isFinite(enough) ? enough : Number.MAX_SAFE_INTEGER;
}
