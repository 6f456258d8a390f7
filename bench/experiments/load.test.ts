/** Tests of the experiment file: what is accepted, what is refused with which words, and the exported schema. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatDuration, parseDuration } from './duration.ts';
import { parseFieldPath, withField } from './field-path.ts';
import { loadStudy, type Overrides } from './load.ts';
import { experimentJsonSchema } from './schema.ts';

const SMALL = `name: small
cluster:
  nodes:
    - name: worker
      count: 3
      capacity: {cpu: 4, memory: 8Gi}
workload:
  - deployment:
      name: web
      replicas: 2
      template:
        spec: {containers: [{name: main, image: nginx}]}
policies:
  - name: spread
  - name: pack
`;

function write(text: string, others: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'clockwork-'));
  for (const [name, content] of Object.entries(others)) writeFileSync(join(folder, name), content);
  writeFileSync(join(folder, 'e.yaml'), text);
  return join(folder, 'e.yaml');
}

function messageOf(text: string, overrides: Overrides = {}): string {
  const file = write(text);
  try {
    loadStudy(file, overrides);
  } catch (error) {
    expect((error as Error).name).toBe('BadInputError');
    return (error as Error).message.replaceAll(file, 'e.yaml');
  }
  throw new Error('accepted');
}

describe('loadStudy', () => {
  test('fills in the defaults, so that the study is complete', () => {
    const { experiment } = loadStudy(write(SMALL));
    expect(experiment).toMatchObject({ seed: '1', runs: 1, stop: { after: '1h', settled: true }, sampleEvery: '10s' });
  });

  test('gathers the files it names under names without folders', () => {
    const text = SMALL.replace('workload:\n', 'workload:\n  - manifests: pods.yaml\n').replace(
      'name: pack',
      'name: mine\n    scheduler: s.yaml',
    );
    const study = loadStudy(write(text, { 'pods.yaml': 'pods', 's.yaml': 'config' }));
    expect(study.inputs).toEqual({ 'inputs/pods.yaml': 'pods', 'inputs/s.yaml': 'config' });
    expect(study.experiment.workload[0]).toEqual({ manifests: ['inputs/pods.yaml'] });
  });

  test('equal experiments have equal digests wherever they lie; another seed or input has another', () => {
    const text = SMALL.replace('workload:\n', 'workload:\n  - manifests: pods.yaml\n');
    const digest = (pods: string, overrides: Overrides = {}): string =>
      loadStudy(write(text, { 'pods.yaml': pods }), overrides).digest;
    expect(digest('x')).toBe(digest('x'));
    expect(digest('x')).not.toBe(digest('y'));
    expect(digest('x')).not.toBe(digest('x', { seed: '2' }));
  });

  test('--seed, --runs, --policy and --set change it', () => {
    const set = ['cluster.nodes[0].count=7', 'stop.after=5m', 'cluster.nodes[0].labels={a: b}'];
    const { experiment } = loadStudy(write(SMALL), { seed: '007', runs: 4, policies: ['pack'], set });
    expect(experiment).toMatchObject({ seed: '007', runs: 4, policies: [{ name: 'pack' }], stop: { after: '5m' } });
    expect(experiment.cluster.nodes[0]).toMatchObject({ count: 7, labels: { a: 'b' } });
  });

  test.each([
    [
      'an unknown field',
      SMALL.replace('replicas: 2', 'replica: 2'),
      'e.yaml:10: workload[0].deployment.replica: there is no such field; accepted: name, namespace, replicas, template',
    ],
    [
      'an unknown field at the top',
      `${SMALL}sede: 1\n`,
      'e.yaml:16: sede: there is no such field; accepted: name, description, seed',
    ],
    [
      'a field of the wrong type',
      SMALL.replace('count: 3', 'count: three'),
      'e.yaml:5: cluster.nodes[0].count: found "three"; accepted: a whole number from 0',
    ],
    [
      'a negative quantity',
      SMALL.replace('cpu: 4', 'cpu: -4'),
      'e.yaml:6: cluster.nodes[0].capacity.cpu: found -4; accepted: a quantity that is not negative',
    ],
    [
      'an unknown setting of a component',
      SMALL.replace('workload:', '  kubelet: {maxPod: 3}\nworkload:'),
      'e.yaml:7: cluster.kubelet.maxPod: there is no such field; accepted: maxPods, kubeAPIQPS',
    ],
    [
      'what is no quantity',
      SMALL.replace('8Gi', '8GiB'),
      'e.yaml:6: cluster.nodes[0].capacity.memory: found "8GiB"; accepted: a quantity',
    ],
    [
      'a negative quantity in a Pod template',
      SMALL.replace('image: nginx', 'image: nginx, resources: {requests: {cpu: -1}}'),
      'e.yaml:12: workload[0].deployment.template.spec.containers[0].resources.requests.cpu: found -1; accepted',
    ],
    [
      'a distribution that cannot be drawn',
      SMALL.replace(
        /deployment:[\s\S]*?policies/,
        'arrivals:\n      name: job\n      process: {kind: poisson, ratePerSecond: 1}\n      lifetimeSeconds: {kind: uniform, min: 5, max: 1}\n      templates: [{spec: {containers: []}}]\npolicies',
      ),
      'e.yaml:11: workload[0].arrivals.lifetimeSeconds: distribution.max is 1; it must not be below min, 5',
    ],
    [
      'a missing field',
      SMALL.replace('      count: 3\n', ''),
      'e.yaml:4: cluster.nodes[0].count: found nothing; accepted: a whole number from 0',
    ],
    [
      'no policies',
      SMALL.replace(/policies:[\s\S]*/, 'policies: []\n'),
      'e.yaml:13: policies: found a list; accepted: at least one policy',
    ],
    [
      'a duration without unit',
      `${SMALL}stop: {after: 10}\n`,
      'e.yaml:16: stop.after: found 10; accepted: a duration such as 1h30m, 30s or 500ms',
    ],
    [
      'a setting that the controller manager does not have',
      SMALL.replace('cluster:', 'cluster:\n  controllerManager: {qps: 20}'),
      'cluster.controllerManager.qps: there is no such field; accepted: controllers, workers, clientQps',
    ],
    [
      'a controller that is not modelled',
      SMALL.replace('cluster:', 'cluster:\n  controllerManager: {workers: {deployment: 2}}'),
      'cluster.controllerManager.workers.deployment',
    ],
    [
      'a policy named twice',
      SMALL.replace('name: pack', 'name: spread'),
      'policies[1].name: policy spread is named twice',
    ],
    [
      'a file that is not there',
      SMALL.replace('workload:\n', 'workload:\n  - manifests: pods.yaml\n'),
      'pods.yaml: no such file or folder',
    ],
    ['YAML that is broken', SMALL.replace('{cpu: 4', '{cpu: [4'), 'e.yaml:6: is not valid YAML'],
    ['a key given twice', `${SMALL}name: again\n`, 'e.yaml:16: is not valid YAML: Map keys must be unique'],
    ['an empty file', '', 'e.yaml: is empty'],
  ])('refuses %s', (_, text, message) => {
    expect(messageOf(text)).toContain(message);
  });

  test('a wrong --set names itself, not a line of the file', () => {
    expect(messageOf(SMALL, { set: ['cluster.nodes[0].count=-1'] })).toBe(
      '--set cluster.nodes[0].count=-1: cluster.nodes[0].count: found -1; accepted: a whole number from 0',
    );
    const wrong = (assignment: string): string => messageOf(SMALL, { set: [assignment] });
    expect(wrong('cluster.nodes[3].count=1')).toBe(
      '--set cluster.nodes[3].count=1: cluster.nodes has no item [3]; accepted: [0]',
    );
    expect(wrong('cluster.nods[0].count=1')).toBe(
      '--set cluster.nods[0].count=1: cluster has no list nods; it has nodes',
    );
    expect(wrong('cluster.nodes.count=1')).toBe(
      '--set cluster.nodes.count=1: cluster.nodes is a list of 1, so there is no field count; accepted: cluster.nodes[0] and so on',
    );
    expect(wrong('name.x=1')).toBe('--set name.x=1: name is "small", so there is no field x');
    expect(wrong('name[0]=1')).toBe('--set name[0]=1: name is "small", so there is no item [0]');
    expect(wrong('stopp.after=1m')).toContain('--set stopp.after=1m: stopp: there is no such field; accepted: name, ');
    expect(wrong('cluster..x=1')).toBe(
      "--set cluster..x=1: found 'cluster..x'; accepted is a path such as cluster.nodes[0].count",
    );
    expect(messageOf(SMALL, { set: ['count'] })).toContain("--set found 'count'; accepted is path=value");
    expect(messageOf(SMALL, { policies: ['best'] })).toBe('--policy is best; accepted: spread, pack');
  });
});

describe('parts', () => {
  test.each([
    ['1h30m', 5_400_000_000],
    ['1.5s', 1_500_000],
    ['250ms', 250_000],
    ['0', 0],
    ['10us', 10],
  ])('duration %s is %i µs', (text, micros) => {
    expect(parseDuration(text)).toBe(micros);
    expect(parseDuration(formatDuration(micros))).toBe(micros);
  });

  test.each(['', '10', '-1s', '1 s', '1d', 's'])('%j is no duration', (text) =>
    expect(parseDuration(text)).toBeUndefined(),
  );

  test('a field path reads names, indices and quoted keys', () => {
    expect(parseFieldPath('a.b[0]["x/y"].c')).toEqual(['a', 'b', 0, 'x/y', 'c']);
    expect(parseFieldPath('a.0.b')).toEqual(['a', 0, 'b']);
    expect(() => parseFieldPath('a..b')).toThrow('accepted is a path');
  });

  test('withField shares what it does not change', () => {
    const before = { a: { b: 1 }, c: { d: 2 } };
    const after = withField(before, ['a', 'b'], 3) as typeof before;
    expect(after).toEqual({ a: { b: 3 }, c: { d: 2 } });
    expect(after.c).toBe(before.c);
  });
});

test('the exported JSON Schema is the one in the tree (npm run schema writes it)', () => {
  const written = readFileSync(new URL('experiment.schema.json', import.meta.url), 'utf8');
  expect(`${JSON.stringify(experimentJsonSchema(), null, 2)}\n`).toBe(written);
});
