/** Recorded traces as Pods with times: openb by its clock, Philly with its restarts, and what may be done to them. */
import { describe, expect, test } from 'vitest';
import { BEHAVIOUR_PREFIX } from '../../models/index.ts';
import { podsByClock } from './openb/clock.ts';
import { parsePods } from './openb/trace.ts';
import { parseJobs, podsOfJobs } from './philly/jobs.ts';
import { changedPods } from './timed-pods.ts';

const OPENB = [
  'name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,scheduled_time',
  'a,4000,1024,1,460,T4|P100,LS,Succeeded,100,400,150',
  'b,1000,512,0,0,,LS,Failed,130,230,130',
  'c,1000,512,1,1000,,LS,Pending,140,230,',
].join('\n');

test('openb Pods come when they were created, run from start to deletion, and fail where they failed', () => {
  const { pods, leftOut } = podsByClock(parsePods(OPENB, 'x.csv'));
  expect(leftOut).toBe(1);
  expect(pods.map(({ atSeconds }) => atSeconds)).toEqual([100, 130]);
  expect(pods.map(({ pod }) => pod.metadata.annotations)).toEqual([
    {
      'alibabacloud.com/gpu-count': '1',
      'alibabacloud.com/gpu-milli': '460',
      'alibabacloud.com/gpu-card-model': 'T4|P100',
      [`${BEHAVIOUR_PREFIX}run-seconds`]: '250',
    },
    { [`${BEHAVIOUR_PREFIX}run-seconds`]: '100', [`${BEHAVIOUR_PREFIX}exit-code`]: '1' },
  ]);
  expect(pods.every(({ pod }) => pod.spec.restartPolicy === 'Never')).toBe(true);
});

describe('changes', () => {
  const { pods } = podsByClock(parsePods(OPENB, 'x.csv'));
  const none = { fromSeconds: 0, compress: 1, copies: 1 };
  const timesAndNames = (changes: Parameters<typeof changedPods>[1]): [number, string][] =>
    changedPods(pods, changes).map(({ atMicros, pod }) => [atMicros, pod.metadata.name]);

  test('a later beginning leaves earlier Pods out and moves the others', () => {
    expect(timesAndNames({ ...none, fromSeconds: 110 })).toEqual([[20_000_000, 'b']]);
  });

  test('compression divides the times of arrival and leaves run times alone', () => {
    expect(timesAndNames({ ...none, compress: 4 })).toEqual([
      [25_000_000, 'a'],
      [32_500_000, 'b'],
    ]);
    expect(changedPods(pods, { ...none, compress: 4 })[0]?.pod).toBe(pods[0]?.pod);
  });

  test('copies come at once under names of their own, after the first so many are counted', () => {
    expect(timesAndNames({ ...none, first: 1, copies: 2 })).toEqual([
      [100_000_000, 'a'],
      [100_000_000, 'a-copy-1'],
    ]);
  });
});

test('a Philly job of 16 GPUs and two attempts is two Pods twice, of which the first attempt fails', () => {
  const csv =
    'job_id,num_gpus,submit_s,first_start_s,last_end_s,busy_s,attempts\napplication_15_2,16,1000,1010,3010,1800,2';
  const pods = podsOfJobs(parseJobs(csv, 'x.csv'), { cpuMilli: 2000, memoryMib: 1024 });
  expect(pods.map(({ atSeconds, pod }) => [atSeconds, pod.metadata.name])).toEqual([
    [1000, 'application-15-2-0-0'],
    [1000, 'application-15-2-0-1'],
    [2000, 'application-15-2-1-0'],
    [2000, 'application-15-2-1-1'],
  ]);
  const exitCodes = pods.map(({ pod }) => pod.metadata.annotations?.[`${BEHAVIOUR_PREFIX}exit-code`]);
  expect(exitCodes).toEqual(['1', '1', undefined, undefined]);
  expect(pods[0]?.pod.metadata.annotations?.[`${BEHAVIOUR_PREFIX}run-seconds`]).toBe('900');
  expect(pods[0]?.pod.spec.containers[0]?.resources?.requests).toEqual({ cpu: '16000m', memory: '8192Mi' });
});

test('a cell that is no number is refused with file and line', () => {
  const csv = 'job_id,num_gpus,submit_s,first_start_s,last_end_s,busy_s,attempts\nj,x,1,1,1,1,1';
  expect(() => parseJobs(csv, 'jobs.csv')).toThrow('jobs.csv:2: num_gpus is "x"; accepted are whole numbers from 0');
});
