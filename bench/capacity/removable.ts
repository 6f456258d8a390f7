/** `find: removable`: which Nodes a snapshot can lose, each alone and several together. */
import { BadInputError } from '../bad-input.ts';
import { closeNames } from '../catalogue/close-names.ts';
import { type Evidence, failureOf, type Failure, type Tried } from './candidate.ts';
import { nodesText } from './fewest-nodes.ts';
import { Fit, type Misfit } from './fit.ts';
import type { LoadedPlan } from './load-plan.ts';
import { withoutWaiting } from './replicas.ts';
import { settledPods } from './settled-pods.ts';
import { type Shares, sharesOf, sumsOfNodes, sumsOfPods } from './sums.ts';

/** More Nodes than this together are a candidate without its list. */
const MOST_NAMES = 20;

export interface RemovableAnswer {
  readonly find: 'removable';
  /** Nodes that can be lost, each alone. */
  readonly alone: readonly string[];
  /** Nodes that can be taken out one after the other, those with the least on them first. */
  readonly together: readonly string[];
  /** All of `together` at once; undefined where there are none. */
  readonly answer: Tried | undefined;
  /** The Nodes that cannot be lost, each with the reason. */
  readonly needed: readonly { readonly node: string; readonly why: string }[];
  /** Pods of the snapshot that have no Node and fit on none as it is; they are not asked for again. */
  readonly waiting: readonly Failure[];
  readonly tries: readonly Tried[];
}

export class RemovableQuestion {
  readonly #fit: Fit;
  readonly #loaded: LoadedPlan;
  readonly #waiting: readonly Failure[];

  constructor(loaded: LoadedPlan) {
    const { nodes, pods, policy } = loaded;
    this.#loaded = loaded;
    const settled = settledPods(nodes, loaded);
    this.#fit = new Fit(nodes, settled.bound, { ...policy, run: 0 });
    const misfits = this.#fit.placeSome([...settled.displaced, ...pods]);
    this.#waiting = misfits.map((misfit) => ({ run: 0, ...failureOf(misfit) }));
  }

  /** "worker-1,worker-2": these taken out one after the other. */
  look(candidate: string): Tried {
    const names = candidate.split(',').map((name) => name.trim());
    const known = [...this.#loaded.nodeNames];
    const unknown = names.find((name, i) => !known.includes(name) || names.indexOf(name) !== i);
    if (unknown !== undefined) {
      const near = closeNames(unknown, known);
      throw new BadInputError(
        `--try is ${candidate}: found ${unknown}; accepted: each Node once${near.length === 0 ? '' : `, such as ${near.join(', ')}`}`,
      );
    }
    for (const name of names) {
      const misfit = this.#fit.lose([name], true);
      if (misfit !== undefined) return this.#tried(names, { run: 0, ...failureOf(misfit) });
    }
    return this.#tried(names, undefined);
  }

  answer(): RemovableAnswer {
    const tries: Tried[] = [];
    const lost = (names: readonly string[], misfit: Misfit | undefined): Tried => {
      const tried = this.#tried(names, misfit && { run: 0, ...failureOf(misfit) });
      tries.push(tried);
      return tried;
    };
    for (const name of this.#fit.nodes.map((node) => node.name)) lost([name], this.#fit.lose([name]));
    const alone = tries.flatMap(({ candidate, evidence }) => (evidence.meets ? [candidate] : []));
    const needed = tries.flatMap(({ candidate: node, evidence: { failure } }) =>
      failure ? [{ node, why: failure.why }] : [],
    );
    const together: string[] = [];
    let answer: Tried | undefined;
    for (const name of this.#lightestFirst(alone)) {
      if (this.#fit.nodes.length <= 1) break;
      const names = [...together, name];
      const misfit = this.#fit.lose([name], true);
      const tried = names.length === 1 ? tries.find(({ candidate }) => candidate === name) : lost(names, misfit);
      if (misfit !== undefined) continue;
      together.push(name);
      answer = tried;
    }
    // Of long lists of Nodes only the answer is worth writing down.
    const short = tries.map((one) => (one === answer || one.size <= MOST_NAMES ? one : { ...one, candidate: '' }));
    return { find: 'removable', alone, together, answer, needed, waiting: this.#waiting, tries: short };
  }

  #lightestFirst(names: readonly string[]): string[] {
    const load = new Map(this.#fit.nodes.map(({ name, requested }) => [name, Number(requested.milliCpu)]));
    return names.toSorted((a, b) => (load.get(a) as number) - (load.get(b) as number) || (a < b ? -1 : 1));
  }

  #tried(names: readonly string[], failure: Failure | undefined): Tried {
    const meets = failure === undefined;
    const requested = this.#requestedWithout(names);
    const evidence: Evidence = { meets, runs: 1, runsMet: meets ? 1 : 0, failure, requested, startupP99Seconds: [] };
    const what =
      names.length === 1 ? `without ${names[0]}` : `without ${nodesText(names.length)}, ${names.at(-1)} last`;
    return { what, candidate: names.join(','), size: names.length, evidence };
  }

  /** Of what the other Nodes have; Pods that do not move go with their Nodes. */
  #requestedWithout(names: readonly string[]): Shares {
    const { nodes, pods } = this.#loaded;
    const rest = nodes.filter(({ metadata }) => !names.includes(metadata.name));
    const settled = settledPods(rest, this.#loaded);
    return sharesOf(
      sumsOfPods([...settled.bound, ...settled.displaced, ...withoutWaiting(pods, this.#waiting)]),
      sumsOfNodes(rest),
    );
  }
}
