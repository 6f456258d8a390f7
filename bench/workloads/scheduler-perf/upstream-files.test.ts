/** Upstream's own files, unchanged: every small workload end to end. Skipped where `../shared` is missing. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { runWorkload } from './run-workload.ts';
import { readPerfFile } from './test-file.ts';

const SHARED = process.env.CLOCKWORK_SHARED ?? fileURLToPath(new URL('../../../../shared', import.meta.url));
const FOLDER = join(SHARED, 'scheduler_perf');
const isMissing = !existsSync(FOLDER);
const fileOf = (folder: string): string => join(FOLDER, folder, 'performance-config.yaml');

const SMALL = { tests: [], labels: ['integration-test', 'short'] };
const ENVIRONMENT = { seed: '1', wallClock: () => 0 };

/** Workloads that run, and those that need what is not modelled, of each folder. */
const FOLDERS: readonly (readonly [folder: string, runs: number, notModelled: number])[] = [
  ['misc', 13, 1],
  ['affinity', 24, 0],
  ['topology_spreading', 4, 0],
  ['default_preemption', 6, 0],
  ['volumes', 10, 0],
  ['batching', 0, 2],
  ['podgroup/basicscheduling', 0, 1],
  ['podgroup/gangscheduling', 0, 1],
];

describe.skipIf(isMissing)('upstream files (skipped: ../shared/scheduler_perf is missing)', () => {
  test.each(FOLDERS)('%s: %i small workloads run, %i are not modelled', (folder, runs, notModelled) => {
    const workloads = readPerfFile(fileOf(folder), SMALL);
    const running = workloads.filter(({ plan }) => plan.runs);
    expect([running.length, workloads.length - running.length]).toEqual([runs, notModelled]);
    for (const workload of running) {
      const { measurements } = runWorkload(workload, ENVIRONMENT);
      expect(measurements.length, workload.name).toBeGreaterThan(0);
      for (const { pods, items } of measurements) {
        const { plan } = workload;
        const measured = plan.runs
          ? plan.operations.filter((one) => one.opcode === 'createPods' && one.collectMetrics)
          : [];
        expect(
          measured.map((one) => one.opcode === 'createPods' && one.count),
          workload.name,
        ).toContain(pods);
        expect(items[0]?.data.Average, workload.name).toBeGreaterThan(0);
      }
    }
  });

  test.each(FOLDERS)('%s: every workload of the file can be read', (folder) => {
    expect(readPerfFile(fileOf(folder), { tests: [], labels: [] }).length).toBeGreaterThan(0);
  });

  test('stress lacks a template: its workloads are listed with the name of the file', () => {
    const plans = readPerfFile(fileOf('stress'), SMALL).map(({ plan }) => plan);
    const missing = expect.stringContaining('pod-victim.yaml does not exist');
    expect(plans).toEqual([
      { runs: false, missing },
      { runs: false, missing },
    ]);
  });
});
