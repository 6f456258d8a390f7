/** What the report of a capacity plan is drawn from. Whoever reads the plan's folder fills it in and names everything in it. */
import type { Unit } from './report-data.ts';

export interface PlanReport {
  readonly title: string;
  readonly description?: string | undefined;
  /** A line below the title: policy, runs, seed. */
  readonly meta: string;
  readonly digest: string;
  readonly question: string;
  /** One sentence, and what it rests on. */
  readonly answer: string;
  readonly details: readonly string[];
  readonly notes: readonly string[];
  /** "Why not less" */
  readonly missesTitle: string;
  /** What stands next to the answer and does not do, with the reason. */
  readonly misses: readonly { readonly what: string; readonly why: string }[];
  /** Undefined where nothing was tried. */
  readonly frontier: Frontier | undefined;
  /** What the Nodes of the answer offer. */
  readonly nodes: readonly { readonly count: number; readonly offers: string }[];
  readonly sizeTitle: string;
  readonly sizeUnit: Unit;
  readonly tries: readonly PlanTry[];
  /** Left out of `tries` to keep the page small; tries.csv has them. */
  readonly moreTries: number;
}

/** One candidate that was simulated. */
export interface PlanTry {
  readonly what: string;
  readonly size: number;
  readonly meets: boolean;
  readonly chosen: boolean;
  readonly runs: number;
  readonly runsMet: number;
  readonly requested: string;
  /** Empty when it meets the objectives. */
  readonly why: string;
  /** The shell command that looks at it again, from inside the folder; empty where there is none. */
  readonly command: string;
}

/** What was tried, by size and by a score that says how near to the limit it was. */
export interface Frontier {
  /** What `size` counts, such as "Nodes" or "price of an hour". */
  readonly sizeTitle: string;
  readonly sizeUnit: Unit;
  readonly scoreTitle: string;
  readonly scoreUnit: Unit;
  readonly objective?: { readonly limit: number; readonly better: 'lower' | 'higher' } | undefined;
  readonly points: readonly FrontierPoint[];
}

export interface FrontierPoint {
  readonly label: string;
  readonly size: number;
  readonly score: number;
  /** Lowest and highest of the runs. */
  readonly low: number;
  readonly high: number;
  readonly meets: boolean;
  readonly chosen: boolean;
}
