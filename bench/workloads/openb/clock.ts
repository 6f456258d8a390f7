/**
 * The openb trace by its clock: each Pod is created when it was, and runs as long as it did (from its start to its deletion). Rows
 * that never ran are left out: they were cancelled while they waited.
 */
import { gpuPodObject } from '../../policies/gpu-sharing/gpu-objects.ts';
import { runsFor, type TimedPod } from '../timed-pods.ts';
import type { GpuPod } from './trace.ts';

export interface ReadTrace {
  readonly pods: readonly TimedPod[];
  /** Rows without a start, a creation or an end. */
  readonly leftOut: number;
}

export function podsByClock(rows: readonly GpuPod[]): ReadTrace {
  const pods = rows.flatMap((row): TimedPod[] => {
    const { createdSeconds, scheduledSeconds, deletedSeconds, phase } = row;
    if (createdSeconds === undefined || scheduledSeconds === undefined || deletedSeconds === undefined) return [];
    const runSeconds = Math.max(0, deletedSeconds - scheduledSeconds);
    const pod = runsFor(gpuPodObject(row), runSeconds, phase === 'Failed' ? 1 : 0);
    return [{ atSeconds: createdSeconds, pod }];
  });
  return { pods, leftOut: rows.length - pods.length };
}
