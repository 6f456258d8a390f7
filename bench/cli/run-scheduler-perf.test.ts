/** `clockwork run --scheduler-perf` on a small file: its files, its table, its exit codes. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { runSchedulerPerf, type SchedulerPerfOptions } from './run-scheduler-perf.ts';

const FILE = `- name: A
  workloadTemplate:
  - { opcode: createNodes, count: 2 }
  - { opcode: createPods, countParam: $pods, collectMetrics: true }
  workloads:
  - { name: ten, labels: [short], threshold: 1000000, params: { pods: 10 } }
  - { name: grouped, featureGates: { GenericWorkload: true }, params: { pods: 1 } }
  - { name: full, labels: [big], params: { pods: 500 } }
`;

const folder = mkdtempSync(join(tmpdir(), 'clockwork-perf-cli-'));
const file = join(folder, 'config.yaml');
writeFileSync(file, FILE);

afterEach(() => vi.restoreAllMocks());

interface Outcome {
  readonly code: number;
  readonly out: string;
}

function called(options: Partial<SchedulerPerfOptions>): Outcome {
  let out = '';
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  const base = {
    tests: [],
    labels: [],
    seed: undefined,
    json: false,
    checkThresholds: false,
    plain: false,
    out: join(folder, 'out'),
  };
  const code = runSchedulerPerf(file, { ...base, ...options });
  return { code, out };
}

const items = (
  out: string,
  name: string,
): { version: string; dataItems: { labels: Record<string, string>; unit: string }[] } =>
  JSON.parse(readFileSync(join(folder, out, name), 'utf8'));

test('writes data items that are virtual, and wall figures apart from them', () => {
  expect(called({ labels: ['short'], out: join(folder, 'a') }).code).toBe(0);
  const { version, dataItems } = items('a', 'data-items.json');
  expect(version).toBe('v1');
  expect(dataItems[0]).toMatchObject({
    unit: 'pods/s',
    labels: { Name: 'A/ten/namespace-1', Metric: 'SchedulingThroughput' },
  });
  expect(new Set(dataItems.map(({ labels }) => labels.Clock))).toEqual(new Set(['virtual']));
  expect(items('a', 'machine.json').dataItems.map(({ labels }) => [labels.Metric, labels.Clock])).toEqual([
    ['SimulatorThroughput', 'wall'],
  ]);
});

test('the same seed gives the same data items', () => {
  for (const out of ['b', 'c']) called({ labels: ['short'], seed: '7', out: join(folder, out) });
  expect(items('c', 'data-items.json')).toEqual(items('b', 'data-items.json'));
});

test('the table names both throughputs, and lists what is not modelled', () => {
  const { out } = called({ tests: ['A/ten', 'A/grouped'] });
  expect(out).toMatch(/virtual pods\/s.*wall pods\/s/);
  expect(out).toMatch(/A\/ten\/namespace-1 +10 /);
  expect(out).toContain('A/grouped: not modelled: GenericWorkload: true (PodGroups)');
  expect(out).toContain('no kubelets, no controllers');
});

test('thresholds count only when asked', () => {
  expect(called({ labels: ['short'] })).toMatchObject({ code: 0, out: expect.not.stringContaining('is below') });
  expect(called({ labels: ['short'], checkThresholds: true })).toMatchObject({
    code: 1,
    out: expect.stringContaining('A/ten: virtual throughput is below the threshold of 1000000'),
  });
});

test('a workload that cannot be finished has failed, with exit code 1', () => {
  const { code, out } = called({ tests: ['A/full'] });
  expect(code).toBe(1);
  expect(out).toContain('A/full: failed: namespace namespace-1: 80 of 500 Pods were scheduled');
});

test('--json prints one document', () => {
  const { out } = called({ tests: ['A'], labels: ['short'], json: true });
  expect(JSON.parse(out)).toMatchObject({
    seed: '1',
    workloads: [{ name: 'A/ten', outcome: 'ran', measurements: [{ pods: 10 }] }],
  });
});

test('a label that no workload has is refused', () => {
  expect(() => called({ labels: ['tiny'] })).toThrow('no workload has --label tiny');
});
