/** Replays recorded durations for people. */
import { humanDuration, shortHumanDuration } from '../../../models/objects/duration-text.ts';
import { primitiveReplayer } from '../controllers/primitive-replayer.ts';

interface DurationInput {
  /** Nanoseconds as decimal text. */
  readonly ns: string;
}

const NANOS_PER_SECOND = 1_000_000_000n;

export const durationReplayer = primitiveReplayer<DurationInput>('duration', 'durations', (input, recorded) => {
  const seconds = Number(BigInt(input.ns) / NANOS_PER_SECOND);
  const nanos = Number(BigInt(input.ns) % NANOS_PER_SECOND);
  const found = { human: humanDuration(seconds, nanos), short: shortHumanDuration(seconds, nanos) };
  return { expected: recorded, found };
});
