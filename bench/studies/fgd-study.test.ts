/** The FGD study with the real scheduler, against what is published: one full run of each policy. Needs ../shared. */
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { GPU_POLICIES } from '../policies/gpu-sharing/gpu-policies.ts';
import { checkFgdRun } from './fgd-check.ts';

const openb = `${process.env.CLOCKWORK_SHARED ?? '../shared'}/traces/openb`;
const deterministic = Object.keys(GPU_POLICIES).filter((policy) => policy !== 'gpu-random');

describe.skipIf(!existsSync(openb))('full runs of the FGD study (needs ../shared)', () => {
  test.each(deterministic)('%s places all Pods of gpuspec33 with their devices as published', (policy) => {
    const result = checkFgdRun({ openb, trace: 'gpuspec33', policy, seed: 42 });
    expect(result.placements).toEqual({ pods: 10_866, wrong: 0 });
    expect(result.countsEqual).toBe(true);
    expect(result.curvePoints).toBe(20);
    expect(result.curveDifference.allocated).toBeLessThan(0.0101);
    expect(result.curveDifference.fragmented).toBeLessThan(0.0001);
    expect(result.curveDifference.fragmentedOfIdle).toBeLessThan(0.000101);
  });

  test('gpu-random ends within the published spread', () => {
    const { final } = checkFgdRun({ openb, trace: 'default', policy: 'gpu-random', seed: 42 });
    expect(final.allocated).toBeGreaterThan(86);
    expect(final.allocated).toBeLessThan(89);
  });
});
