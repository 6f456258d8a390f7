/**
 * Pods of a trace with the time at which each is created, and what an experiment may do to them: begin later in the trace, take
 * the first so many, let them come faster, let each come several times. Run times are never changed.
 */
import { BEHAVIOUR_PREFIX } from '../../models/index.ts';
import type { Pod } from '../../models/objects/pod.ts';

export interface TimedPod {
  /** From the start of the trace. */
  readonly atSeconds: number;
  readonly pod: Pod;
}

export interface TraceChanges {
  /** Pods before this time are left out; the others come by so much earlier. */
  readonly fromSeconds: number;
  /** At most so many Pods, counted before copies. */
  readonly first?: number | undefined;
  /** Times between arrivals are divided by this. */
  readonly compress: number;
  /** Each Pod comes so many times, at once. */
  readonly copies: number;
}

const MICROS = 1_000_000;

/** In order of time. */
export function changedPods(pods: readonly TimedPod[], changes: TraceChanges): { atMicros: number; pod: Pod }[] {
  const { fromSeconds, first = pods.length, compress, copies } = changes;
  const taken = pods
    .filter(({ atSeconds }) => atSeconds >= fromSeconds)
    .toSorted((a, b) => a.atSeconds - b.atSeconds)
    .slice(0, first);
  return taken.flatMap(({ atSeconds, pod }) => {
    const atMicros = Math.round(((atSeconds - fromSeconds) * MICROS) / compress);
    return Array.from({ length: copies }, (_, copy) => ({ atMicros, pod: copy === 0 ? pod : copyOf(pod, copy) }));
  });
}

function copyOf(pod: Pod, copy: number): Pod {
  return { ...pod, metadata: { ...pod.metadata, name: `${pod.metadata.name}-copy-${copy}` } };
}

/** A Pod that runs so long and then exits, once. */
export function runsFor(pod: Pod, runSeconds: number, exitCode: number): Pod {
  const annotations = {
    ...pod.metadata.annotations,
    [`${BEHAVIOUR_PREFIX}run-seconds`]: `${runSeconds}`,
    ...(exitCode === 0 ? {} : { [`${BEHAVIOUR_PREFIX}exit-code`]: `${exitCode}` }),
  };
  return { ...pod, metadata: { ...pod.metadata, annotations }, spec: { ...pod.spec, restartPolicy: 'Never' } };
}
