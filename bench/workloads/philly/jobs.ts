/**
 * Multi-GPU training jobs of Microsoft's Philly cluster (Jeon et al., USENIX ATC 2019; a CSV of job_id, num_gpus, submit_s,
 * first_start_s, last_end_s, busy_s, attempts). The file has totals per job, so attempts are taken to be alike: of n attempts each runs a
 * n-th of the busy time, and the i-th is submitted i n-ths of the way from the first start to the last end after the job was. All but
 * the last fail. A job of more than 8 GPUs is one Pod for each 8. Requests of cpu and memory are not in the file.
 */
import type { ResourceList } from '../../../models/objects/meta.ts';
import type { Pod } from '../../../models/objects/pod.ts';
import { BadInputError } from '../../bad-input.ts';
import { GPU_COUNT, GPU_MILLI } from '../../policies/gpu-sharing/gpu-objects.ts';
import { parseCsv } from '../openb/trace.ts';
import { runsFor, type TimedPod } from '../timed-pods.ts';

export interface PhillyJob {
  readonly name: string;
  readonly gpus: number;
  readonly submitSeconds: number;
  readonly firstStartSeconds: number;
  readonly lastEndSeconds: number;
  readonly busySeconds: number;
  readonly attempts: number;
}

/** What a Pod requests for each of its GPUs. */
export interface PerGpu {
  readonly cpuMilli: number;
  readonly memoryMib: number;
}

/** The largest machine of the cluster has so many. */
const GPUS_OF_A_POD = 8;

const COLUMNS = ['num_gpus', 'submit_s', 'first_start_s', 'last_end_s', 'busy_s', 'attempts'] as const;

/** @throws BadInputError */
export function parseJobs(text: string, file: string): PhillyJob[] {
  return parseCsv(text, file, ['job_id', ...COLUMNS]).map(({ row, line }) => {
    const [gpus, submitSeconds, firstStartSeconds, lastEndSeconds, busySeconds, attempts] = COLUMNS.map((column) => {
      const value = Number(row[column]);
      if (row[column] !== '' && Number.isSafeInteger(value) && value >= 0) return value;
      throw new BadInputError(`${column} is "${row[column]}"; accepted are whole numbers from 0`, { file, line });
    }) as [number, number, number, number, number, number];
    const name = (row.job_id as string).toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
    return { name, gpus, submitSeconds, firstStartSeconds, lastEndSeconds, busySeconds, attempts };
  });
}

export function podsOfJobs(jobs: readonly PhillyJob[], perGpu: PerGpu): TimedPod[] {
  return jobs.flatMap((job) => {
    const attempts = Math.max(1, job.attempts);
    const spanSeconds = Math.max(0, job.lastEndSeconds - job.firstStartSeconds);
    return Array.from({ length: attempts }, (_, attempt) => {
      const atSeconds = job.submitSeconds + Math.round((attempt * spanSeconds) / attempts);
      const exitCode = attempt + 1 < attempts ? 1 : 0;
      return workers(job, attempt, perGpu).map((pod) => ({
        atSeconds,
        pod: runsFor(pod, Math.round(job.busySeconds / attempts), exitCode),
      }));
    }).flat();
  });
}

function workers({ name, gpus }: PhillyJob, attempt: number, { cpuMilli, memoryMib }: PerGpu): Pod[] {
  return Array.from({ length: Math.ceil(gpus / GPUS_OF_A_POD) }, (_, worker): Pod => {
    const own = Math.min(GPUS_OF_A_POD, gpus - worker * GPUS_OF_A_POD);
    const requests: ResourceList = { cpu: `${own * cpuMilli}m`, memory: `${own * memoryMib}Mi` };
    const annotations = { [GPU_COUNT]: `${own}`, [GPU_MILLI]: '1000' };
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `${name}-${attempt}-${worker}`, namespace: 'default', labels: { job: name }, annotations },
      spec: { containers: [{ name: 'main', image: 'main', resources: { requests, limits: requests } }] },
    };
  });
}
