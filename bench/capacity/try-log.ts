/** Everything that a search looked at, each candidate once, in the order in which it was asked for. */
import { BadInputError } from '../bad-input.ts';
import type { Evidence, Tried } from './candidate.ts';

export class TryLog {
  readonly #known = new Map<string, Tried>();
  readonly #progress: (text: string) => void;

  constructor(progress: (text: string) => void) {
    this.#progress = progress;
  }

  look(named: Omit<Tried, 'evidence'>, evidence: () => Evidence): Tried {
    let tried = this.#known.get(named.candidate);
    if (tried === undefined) {
      tried = { ...named, evidence: evidence() };
      this.#known.set(named.candidate, tried);
      const { meets, failure } = tried.evidence;
      this.#progress(`${tried.what}: ${meets ? 'do' : (failure?.why ?? 'do not')}`);
    }
    return tried;
  }

  get tries(): readonly Tried[] {
    return [...this.#known.values()];
  }
}

/** A whole number that a person wrote for `--try`. @throws BadInputError */
export function wholeCandidate(text: string, most: number): number {
  const value = /^[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 0 && value <= most) return value;
  throw new BadInputError(`--try is ${text}; accepted: a whole number from 0 to ${most}`);
}
