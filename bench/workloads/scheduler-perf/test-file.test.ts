/** What is read of a file, what is listed as not modelled, and what is refused with file and line. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type PerfWorkload, readPerfFile } from './test-file.ts';

function fileOf(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'clockwork-perf-'));
  writeFileSync(join(folder, 'pod.yaml'), 'apiVersion: v1\nkind: Pod\nmetadata: { generateName: p- }\n');
  writeFileSync(
    join(folder, 'scheduler.yaml'),
    'apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\nparallelism: 0\n',
  );
  writeFileSync(join(folder, 'config.yaml'), text);
  return join(folder, 'config.yaml');
}

const ALL = { tests: [], labels: [] };
const CASE = `- name: A
  featureGates: { SchedulerAsyncAPICalls: true }
  workloadTemplate:
  - opcode: createNodes
    countParam: $nodes
  - opcode: createPods
    count: 1
    podTemplatePath: pod.yaml
  workloads:
  - name: small
    labels: [short, integration-test]
    params: { nodes: 5 }
  - name: large
    labels: [performance]
    threshold: 100
    featureGates: { SchedulerAsyncAPICalls: false, OpportunisticBatching: true }
    params: { nodes: 5000 }
- name: B
  workloadTemplate: [{ opcode: createPodGroups, count: 1 }]
  workloads: [{ name: only }]
`;

const namesOf = (workloads: readonly PerfWorkload[]): string[] => workloads.map(({ name }) => name);

describe('a file', () => {
  test('gives its workloads in order, with labels, thresholds and gates of workload over test case', () => {
    const [small, large] = readPerfFile(fileOf(CASE), ALL);
    expect(small).toMatchObject({ name: 'A/small', threshold: undefined, plan: { runs: true } });
    expect(small?.plan.runs === true && small.plan.operations).toMatchObject([{ opcode: 'createNodes', count: 5 }, {}]);
    expect(large).toMatchObject({ name: 'A/large', threshold: 100, labels: ['performance'] });
    expect([small, large].map((one) => one?.featureGates.get('SchedulerAsyncAPICalls'))).toEqual([true, false]);
  });

  test('lists what is not modelled with the reason', () => {
    const reasons = readPerfFile(fileOf(CASE), ALL).map(({ plan }) => ('notModelled' in plan ? plan.notModelled : ''));
    expect(reasons).toEqual([
      '',
      'OpportunisticBatching: true (opportunistic batching)',
      'opcode createPodGroups: PodGroups',
    ]);
  });

  test.each([
    [{ tests: ['A'], labels: [] }, ['A/small', 'A/large']],
    [{ tests: ['A/large', 'B'], labels: [] }, ['A/large', 'B/only']],
    [{ tests: [], labels: ['short', 'integration-test'] }, ['A/small']],
    [{ tests: ['A'], labels: ['performance'] }, ['A/large']],
  ])('is read in part for %j', (selection, names) => {
    expect(namesOf(readPerfFile(fileOf(CASE), selection))).toEqual(names);
  });

  test('leaves out a threshold of another metric, and names that metric', () => {
    const selector = 'thresholdMetricSelector: { name: scheduler_x, dataBucket: Perc99 }';
    const text = CASE.replace('threshold: 100', `threshold: 100\n    ${selector}`);
    expect(readPerfFile(fileOf(text), ALL)[1]).toMatchObject({
      threshold: undefined,
      thresholdOfOther: 'scheduler_x Perc99',
    });
    expect(readPerfFile(fileOf(CASE), ALL)[1]).toMatchObject({ threshold: 100, thresholdOfOther: undefined });
  });

  test('names gates that change nothing', () => {
    const text = CASE.replace('SchedulerAsyncAPICalls: true', 'SchedulerQueueingHints: false');
    const [small] = readPerfFile(fileOf(text), ALL);
    expect(small?.gatesWithoutEffect[0]).toContain('SchedulerQueueingHints: false (hints stay on');
  });

  test('says which file a workload lacks, and reads the others', () => {
    const plans = readPerfFile(fileOf(CASE.replace('pod.yaml', 'nowhere.yaml')), ALL).map(({ plan }) => plan);
    const missing = expect.stringMatching(
      /config\.yaml:[0-9]+: .*nowhere\.yaml does not exist; accepted is the file of an object template$/,
    );
    expect(plans).toEqual([
      { runs: false, missing },
      expect.anything(),
      { runs: false, notModelled: expect.anything() },
    ]);
  });

  test('does not run with a gate that nobody knows', () => {
    const text = CASE.replace('SchedulerAsyncAPICalls: true', 'Mystery: true');
    expect(readPerfFile(fileOf(text), ALL)[0]?.plan).toMatchObject({
      notModelled: expect.stringContaining('Mystery is not known'),
    });
  });
});

describe('refused with file, line, what was found and what is accepted:', () => {
  test.each([
    [
      'an unknown opcode',
      ['opcode: createNodes', 'opcode: makeNodes'],
      'config.yaml:4: [0].workloadTemplate[0].opcode: found makeNodes; accepted: createNodes, createNamespaces',
    ],
    [
      'a field of an operation',
      ['countParam:', 'countParameter:'],
      'config.yaml:5: [0].workloadTemplate[0].countParameter: there is no such field; accepted: opcode, count, countParam',
    ],
    [
      'a field of a workload',
      ['threshold:', 'limit:'],
      'config.yaml:15: [0].workloads[1].limit: there is no such field',
    ],
    [
      'a parameter that is not there',
      ['$nodes', '$nods'],
      'config.yaml:5: [0].workloadTemplate[0].countParam: the workload has no parameter nods; accepted: nodes',
    ],
    ['a parameter without $', ['$nodes', 'nodes'], 'found nodes; accepted is $ and the name of a parameter'],
    [
      'a count below 0',
      ['count: 1', 'count: -1'],
      'config.yaml:7: [0].workloadTemplate[1].count: found -1; accepted is a whole number from 0',
    ],
    ['no count', ['count: 1', 'namespace: a'], 'found neither count nor countParam'],
    [
      'a parameter of another type',
      ['nodes: 5 }', 'nodes: many }'],
      'found "many"; accepted is a parameter that is a whole number from 0',
    ],
    ['a gate that is no flag', ['Calls: true', 'Calls: maybe'], 'found "maybe"; accepted: true, false'],
    [
      'measuring without waiting',
      ['count: 1', 'collectMetrics: true\n    skipWaitToCompletion: true\n    count: 1'],
      'accepted is one of them',
    ],
    [
      'a scheduler configuration that is wrong',
      ['  featureGates: {', '  schedulerConfigPath: scheduler.yaml\n  featureGates: {'],
      'scheduler.yaml:3: parallelism: found 0; should be',
    ],
    ['broken YAML', ['params: { nodes: 5 }', 'params: { nodes: 5'], 'is not valid YAML'],
    ['another kind of file', [CASE, 'kind: Pod\n'], 'is no scheduler_perf file; accepted is one list of test cases'],
  ])('%s', (_, [from, to], message) => {
    expect(() => readPerfFile(fileOf(CASE.replace(from as string, to as string)), ALL)).toThrow(message);
  });

  test('an unknown test or workload', () => {
    expect(() => readPerfFile(fileOf(CASE), { tests: ['C'], labels: [] })).toThrow('--test is C; accepted: A, B');
    expect(() => readPerfFile(fileOf(CASE), { tests: ['A/tiny'], labels: [] })).toThrow('accepted: A/small, A/large');
  });
});
