/**
 * What came out of one scheduling attempt, up to the point where a Node is chosen or the Pod fits nowhere.
 */
import type { NodeInfo } from '../cache/node-info.ts';
import type { CycleState } from '../framework/cycle-state.ts';
import type { FitError } from '../framework/fit-error.ts';
import type { NodeVerdicts } from '../framework/node-verdicts.ts';
import type { PostFilterResult } from '../framework/plugin.ts';
import type { Status } from '../framework/status.ts';
import type { PluginScores } from '../profile/profile.ts';

interface Attempt {
  /** For the extension points that follow. */
  readonly state: CycleState;
  /** Feasible Nodes found and Nodes refused. */
  readonly evaluated: number;
}

export interface FoundNode extends Attempt {
  readonly result: 'scheduled';
  readonly node: NodeInfo;
  readonly feasible: number;
  /** Total of the chosen Node; undefined when it was the only one and so was not scored. */
  readonly total: number | undefined;
  /** What each Score plugin gave the chosen Node, weighted. Absent when it was not scored, or not one plugin after the other. */
  readonly scoresByPlugin?: () => Readonly<Record<string, number>>;
}

export interface FoundNothing extends Attempt {
  readonly result: 'unschedulable';
  readonly fitError: FitError;
  /** Undefined when no plugin takes part in PostFilter, or it was not asked for. */
  readonly postFilter: PostFilterResult | undefined;
}

export interface AttemptFailed extends Attempt {
  readonly result: 'error';
  readonly status: Status;
}

export type PodDecision = FoundNode | FoundNothing | AttemptFailed;

/** Everything that plugins said in an attempt. Filled in only for those who ask. */
export interface AttemptRecord {
  /** The rejection of the Pod as a whole. */
  preFilter?: Status;
  /** The only Nodes that came into question. */
  preFilterNodes?: ReadonlySet<string>;
  /** Why Nodes were refused. */
  verdicts?: NodeVerdicts;
  /** The nominated Node was feasible, and no other was looked at. */
  viaNominatedNode?: boolean;
  feasible?: readonly NodeInfo[];
  scores?: readonly PluginScores[];
  totals?: readonly number[];
  /** Why there are no scores. */
  scoreError?: Status;
  /** Indices into `feasible` of the greatest totals. */
  best?: readonly number[];
}
