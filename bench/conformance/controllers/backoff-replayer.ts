/** Replays recorded delays of the rate limiters and back-offs. */
import {
  DecayingBackoff,
  ItemExponentialBackoff,
  ItemFastSlowBackoff,
  StepBackoff,
  TokenBucket,
} from '../../../models/controllers/backoff.ts';
import { primitiveReplayer } from './primitive-replayer.ts';

interface BackoffStep {
  readonly op: string;
  readonly eventSec: number;
  readonly nowSec: number;
}

interface BackoffInput {
  readonly op: string;
  readonly ops?: readonly string[];
  readonly baseNs?: string;
  readonly maxNs?: string;
  readonly fastNs?: string;
  readonly slowNs?: string;
  readonly maxFastAttempts?: number;
  readonly qps?: number;
  readonly burst?: number;
  readonly timesNs?: readonly string[];
  readonly initialNs?: string;
  readonly steps?: readonly BackoffStep[] | number;
  readonly capNs?: string;
  readonly durationNs?: string;
  readonly factor?: number;
}

function byItem(limiter: ItemExponentialBackoff | ItemFastSlowBackoff, ops: readonly string[]): unknown[] {
  return ops.map((op) => {
    const [verb, item] = op.split(' ') as [string, string];
    if (verb === 'requeues') return limiter.requeues(item);
    if (verb === 'when') return String(limiter.whenNanos(item));
    limiter.forget(item);
    return null;
  });
}

function decaying(input: BackoffInput): unknown[] {
  const backoff = new DecayingBackoff(Number(input.initialNs), Number(input.maxNs));
  return (input.steps as readonly BackoffStep[]).map((step) => {
    const event = step.eventSec * 1e9;
    const now = step.nowSec * 1e9;
    switch (step.op) {
      case 'isInBackOffSince':
        return backoff.isInBackoffSince('id', event, now);
      case 'isInBackOffSinceUpdate':
        return backoff.isInBackoffSinceUpdate('id', event);
      case 'next':
        backoff.next('id', event, now);
        break;
      case 'reset':
        backoff.reset('id');
        return null;
      case 'gc':
        backoff.collect(now);
        break;
      default:
    }
    return String(backoff.getNanos('id'));
  });
}

function run(input: BackoffInput): unknown {
  switch (input.op) {
    case 'itemExponential':
      return byItem(new ItemExponentialBackoff(Number(input.baseNs), Number(input.maxNs)), input.ops ?? []);
    case 'itemFastSlow': {
      const { fastNs, slowNs, maxFastAttempts = 0 } = input;
      return byItem(new ItemFastSlowBackoff(Number(fastNs), Number(slowNs), maxFastAttempts), input.ops ?? []);
    }
    case 'bucket': {
      const bucket = new TokenBucket(input.qps ?? 0, input.burst ?? 0);
      return (input.timesNs ?? []).map((time) => String(bucket.reserveNanos(Number(time))));
    }
    case 'flowcontrolBackoff':
      return decaying(input);
    case 'waitBackoffStep': {
      const { durationNs, factor = 0, steps, capNs } = input;
      const backoff = new StepBackoff(Number(durationNs), factor, steps as number, Number(capNs));
      return Array.from({ length: 12 }, () => String(backoff.stepNanos()));
    }
    default:
      throw new RangeError(`operation is ${input.op}; it is not one of the recorded ones`);
  }
}

export const backoffReplayer = primitiveReplayer<BackoffInput>('backoff', 'back-off delays', (input, recorded) => ({
  expected: recorded,
  found: run(input),
}));
