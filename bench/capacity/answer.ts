/** Answers a plan: by search over simulations, with the evidence for the answer and for one step less. */
import { BadInputError } from '../bad-input.ts';
import { WideSearchError } from './cheapest-mix.ts';
import { type CheapestAnswer, CheapestQuestion } from './cheapest.ts';
import { type NodesAnswer, NodesQuestion } from './fewest-nodes.ts';
import type { LoadedPlan } from './load-plan.ts';
import type { Tried } from './candidate.ts';
import { type RemovableAnswer, RemovableQuestion } from './removable.ts';
import { type ReplicasAnswer, ReplicasQuestion } from './replicas.ts';

export type Answer = NodesAnswer | CheapestAnswer | ReplicasAnswer | RemovableAnswer;

/** What each question can be asked. */
export interface Question {
  answer(): Answer;
  /** Looks at one candidate alone. @throws BadInputError where the text names none */
  look(candidate: string): Tried;
}

/** @param progress is told what was found of each candidate */
export function questionOf(loaded: LoadedPlan, progress: (text: string) => void = () => {}): Question {
  switch (loaded.plan.find) {
    case 'nodes':
      return new NodesQuestion(loaded, progress);
    case 'cheapest':
      return new CheapestQuestion(loaded, progress);
    case 'replicas':
      return new ReplicasQuestion(loaded);
    case 'removable':
      return new RemovableQuestion(loaded);
    default:
      throw new RangeError(`no such question: ${String(loaded.plan.find)}`);
  }
}

/** @throws BadInputError for a search that is too wide, which is the plan's fault */
export function answerPlan(loaded: LoadedPlan, progress?: (text: string) => void): Answer {
  try {
    return questionOf(loaded, progress).answer();
  } catch (error) {
    if (error instanceof WideSearchError)
      throw new BadInputError(error.message, { file: loaded.file, field: error.field });
    throw error;
  }
}
