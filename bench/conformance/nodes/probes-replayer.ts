/** Replays recorded probe workers, step by step. */
import {
  type HandlerResult,
  type ProbedContainer,
  ProbeWorker,
  type ProbeWorkerSpec,
} from '../../../models/kubelet/probe-worker.ts';
import { primitiveReplayer } from '../controllers/primitive-replayer.ts';

interface RecordedStep {
  readonly t: number;
  readonly state: 'running' | 'waiting' | 'terminated' | 'missing' | 'noID';
  readonly podPhase: string;
  readonly containerID: string;
  readonly started: boolean;
  readonly runningSince: number;
  readonly result: HandlerResult;
}

type RecordedWorker = ProbeWorkerSpec & { readonly steps: readonly RecordedStep[] };

/** The texts of the recorder's handler. */
const OUTPUT: Readonly<Record<HandlerResult, string>> = {
  success: '',
  failure: 'out',
  warning: 'warn',
  unknown: '',
  error: 'boom',
};

function containerOf(step: RecordedStep): ProbedContainer {
  const { state } = step;
  return {
    podPhase: step.podPhase,
    containerID: state === 'missing' ? undefined : state === 'noID' ? '' : step.containerID,
    state: state === 'waiting' || state === 'terminated' ? state : 'running',
    started: step.started,
    runningSeconds: step.t - step.runningSince,
  };
}

export const probesReplayer = primitiveReplayer<RecordedWorker>('probes', 'probe workers', (input, expected) => {
  const worker = new ProbeWorker(input);
  const found: unknown[] = [];
  for (const step of input.steps) {
    const outcome = worker.step(containerOf(step), step.result, OUTPUT[step.result]);
    found.push({ ...outcome, onHold: worker.onHold, result: worker.result ?? 'none' });
    if (!outcome.keepGoing) break;
  }
  return { expected, found };
});
