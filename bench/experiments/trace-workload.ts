/** The Pods of an experiment that come by the clock of a recorded trace. */
import { PODS } from '../../models/objects/resources.ts';
import { type TypicalPod, typicalPods } from '../workloads/openb/fragmentation.ts';
import { podsByClock } from '../workloads/openb/clock.ts';
import { parsePods } from '../workloads/openb/trace.ts';
import { parseJobs, podsOfJobs } from '../workloads/philly/jobs.ts';
import { changedPods, type TimedPod } from '../workloads/timed-pods.ts';
import { parseDuration } from './duration.ts';
import type { Study } from './load.ts';
import type { Experiment, WorkloadTrace } from './schema.ts';
import type { Batch } from './workload-input.ts';

interface TraceWorkload {
  readonly batches: readonly Batch[];
  /** Of the openb Pods; Philly's ask for whole GPUs only. */
  readonly typicalGpuPods: readonly TypicalPod[];
  readonly notes: readonly string[];
}

/** @throws BadInputError */
export function traceWorkload(experiment: Experiment, inputs: Study['inputs']): TraceWorkload {
  const notes: string[] = [];
  const typicalGpuPods: TypicalPod[] = [];
  const batches = experiment.workload.flatMap((entry) => {
    if (!('trace' in entry)) return [];
    const { trace, at } = entry;
    const beginMicros = parseDuration(at ?? '0s') as number;
    const read = readTrace(trace, inputs[trace.file] ?? '');
    notes.push(...read.notes);
    if (typicalGpuPods.length === 0) typicalGpuPods.push(...read.typicalGpuPods);
    return changedPods(read.pods, trace).map(
      ({ atMicros, pod }): Batch => ({
        atMicros: beginMicros + atMicros,
        objects: [{ resource: PODS, object: pod }],
      }),
    );
  });
  return { batches, typicalGpuPods, notes };
}

function readTrace(
  { kind, file, perGpu }: WorkloadTrace['trace'],
  text: string,
): Pick<TraceWorkload, 'typicalGpuPods' | 'notes'> & { pods: readonly TimedPod[] } {
  if (kind === 'philly') return { pods: podsOfJobs(parseJobs(text, file), perGpu), typicalGpuPods: [], notes: [] };
  const rows = parsePods(text, file);
  const { pods, leftOut } = podsByClock(rows);
  const notes = leftOut === 0 ? [] : [`${file}: ${leftOut} rows without a start are left out, they never ran`];
  return { pods, typicalGpuPods: typicalPods(rows), notes };
}
