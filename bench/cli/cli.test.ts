/**
 * The command line end to end: the built program, as a person calls it. Holds the contract of exit codes, messages, run
 * folders and repeatability; studies.test.ts that of interruption and failure.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { build, clockwork, contents, digests, EXPERIMENT, folder, type Outcome, ROOT } from './testing/command.ts';

beforeAll(build);

const NODE = `apiVersion: v1
kind: Node
metadata:
  name: node-a
status:
  allocatable: { cpu: "2", memory: 4Gi, pods: "110" }
  capacity: { cpu: "2", memory: 4Gi, pods: "110" }
`;

const pod = (name: string, cpu = '500m'): string => `apiVersion: v1
kind: Pod
metadata:
  name: ${name}
spec:
  containers:
  - name: main
    image: nginx
    resources:
      requests:
        cpu: ${cpu}
`;

describe('clockwork run', () => {
  const at = folder({ 'e.yaml': EXPERIMENT });
  const first = (): Outcome => clockwork(at, 'run', 'e.yaml', '--out', 'first');

  test('writes the run folder and prints policies side by side with a digest for each run', () => {
    const { code, out } = first();
    expect(code).toBe(0);
    expect(out).toContain('small: spread, pack; 3 runs each; seed 7');
    expect(out).toMatch(/spread +pack +against spread/);
    expect(digests(out)).toHaveLength(6);
    expect(Object.keys(contents(join(at, 'first'))).sort()).toEqual(
      'checkpoints.csv experiment.yaml nodes.csv pods.csv report.html runs.csv summary.csv summary.json timeseries.csv'.split(
        ' ',
      ),
    );
    expect(readFileSync(join(at, 'first/pods.csv'), 'utf8').trim().split('\n')).toHaveLength(1 + 6 * 30);
  });

  test('the same again, and with one worker or three, gives the same bytes in every file but machine.json', () => {
    first();
    for (const workers of ['1', '3']) {
      clockwork(at, 'run', 'e.yaml', '--out', `w${workers}`, '--workers', workers);
      expect(contents(join(at, `w${workers}`))).toEqual(contents(join(at, 'first')));
    }
  });

  test('the plain rules give the same bytes as the index', () => {
    first();
    clockwork(at, 'run', 'e.yaml', '--out', 'plain', '--plain');
    expect(contents(join(at, 'plain'))).toEqual(contents(join(at, 'first')));
  });

  test('report writes the same page again from the files alone', () => {
    first();
    const page = readFileSync(join(at, 'first/report.html'), 'utf8');
    rmSync(join(at, 'first/report.html'));
    const { code, out } = clockwork(at, 'report', 'first');
    expect([code, out]).toEqual([0, expect.stringMatching(/^Report: first\/report\.html \([0-9]+ KiB\)\n$/)]);
    expect(readFileSync(join(at, 'first/report.html'), 'utf8')).toBe(page);
    expect(clockwork(at, 'report', 'nothing')).toMatchObject({ code: 2 });
  });

  test('another seed changes the digests', () => {
    const other = clockwork(at, 'run', 'e.yaml', '--out', 'seed', '--seed', '8');
    expect(other.out).toContain('; seed 8');
    expect(digests(other.out)).toHaveLength(6);
    expect(digests(other.out).filter((digest) => digests(first().out).includes(digest))).toEqual([]);
  });

  test('no file but machine.json holds a path or the name of the machine', () => {
    first();
    const text = Object.values(contents(join(at, 'first'))).join('');
    expect(text).not.toContain(tmpdir());
    expect(text).not.toContain(ROOT);
  });

  test('--json prints one document and nothing else', () => {
    const { out, code } = clockwork(at, 'run', 'e.yaml', '--out', 'json', '--json', '--runs', '1');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ experiment: 'small', runs: 1, policies: ['spread', 'pack'] });
  });

  test('factors run every value with every policy', () => {
    const factors = `${EXPERIMENT}factors: { "cluster.nodes[0].count": [6, 9] }\n`;
    const { out, code } = clockwork(folder({ 'f.yaml': factors }), 'run', 'f.yaml', '--out', 'f', '--runs', '1');
    expect(code).toBe(0);
    expect(out).toContain('cluster.nodes[0].count = 9');
    expect(digests(out)).toHaveLength(4);
  });

  test('plain manifests run without an experiment, and say what was created and what was not placed', () => {
    const pods = [pod('a'), pod('b'), pod('big', '"3"')].map((text) =>
      text.replace('spec:', '  namespace: team\nspec:'),
    );
    const at = folder({ 'nodes.yaml': NODE, 'pods.yaml': pods.join('---\n') });
    const { out, err, code } = clockwork(at, 'run', '--nodes', 'nodes.yaml', '--pods', 'pods.yaml', '--out', 'o');
    expect(err).toContain('created namespace team');
    expect(out).toMatch(/Pods placed +2/);
    expect(out).toMatch(/1 Pod: 0\/1 nodes are available: 1 Insufficient cpu/);
    expect(code).toBe(0);
  });
});

describe('a policy with a plugin of its own', () => {
  test('is run from its file, and repeated from the run folder', () => {
    const examples = join(ROOT, 'bench/policies/examples');
    const policy = '{ name: fewest, scheduler: fewest-pods.yaml, plugins: [fewest-pods.ts] }';
    const at = folder({
      'e.yaml': EXPERIMENT.replace('{ name: pack }', policy),
      'fewest-pods.yaml': readFileSync(join(examples, 'fewest-pods.yaml'), 'utf8'),
      'fewest-pods.ts': readFileSync(join(examples, 'fewest-pods.ts'), 'utf8'),
    });
    const { out, code, err } = clockwork(at, 'run', 'e.yaml', '--out', 'o', '--runs', '1');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/spread +fewest/);
    expect(clockwork(at, 'verify', 'o').code).toBe(0);
  });
});

describe('a run that fails', () => {
  test('is recorded, the others go on, and the exit code is 1', () => {
    const clash = pod('job-3').replace('spec:', '  namespace: default\nspec:');
    const factors = 'factors: { "workload[0].arrivals.name": [job, task] }\n';
    const text = EXPERIMENT.replace('policies:', '  - manifests: clash.yaml\npolicies:');
    const at = folder({ 'e.yaml': `${text}${factors}`, 'clash.yaml': clash });
    const { out, code } = clockwork(at, 'run', 'e.yaml', '--out', 'o', '--runs', '1');
    expect(code).toBe(1);
    expect(out).toMatch(/FAILED spread run 0 .*=job: .*the API server refused Pod default\/job-3: .*already exists/);
    expect(digests(out)).toHaveLength(2);
    expect(readFileSync(join(at, 'o/runs.csv'), 'utf8').match(/,failed,/g)).toHaveLength(2);
  });
});

describe('clockwork compare', () => {
  test('puts each policy of two folders side by side, run by run', () => {
    const at = folder({ 'e.yaml': EXPERIMENT });
    clockwork(at, 'run', 'e.yaml', '--out', 'a');
    clockwork(at, 'run', 'e.yaml', '--out', 'b', '--set', 'cluster.nodes[0].count=9');
    const { out, code } = clockwork(at, 'compare', 'a', 'b');
    expect(code).toBe(0);
    expect(out).toMatch(/policy spread: a, b; 3 runs each/);
    expect(out).toMatch(/a +b +against a/);
    expect(out).toMatch(/Pods placed +30 +30 +equal in all 3 runs/);
    const gate = clockwork(at, 'compare', 'a', 'b', '--fail-if', 'nodesInUseMean worse by > 5 %');
    expect(gate).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^FAILED policy spread: b against a: .* holds: /),
    });
    expect(clockwork(at, 'compare', 'a', 'b', '--fail-if', 'podsScheduled worse').code).toBe(0);
    expect(clockwork(at, 'compare', 'a', 'b', '--fail-if', 'podsScheduled != 3')).toMatchObject({
      code: 2,
      err: expect.stringContaining('accepted: METRIC worse|better [by > AMOUNT]'),
    });
    expect(clockwork(at, 'compare', '.')).toMatchObject({
      code: 2,
      err: expect.stringContaining('holds no summary.json'),
    });
  });
});

describe('a study that decides the number of runs', () => {
  test('makes the same ones with any number of workers, says why it stopped, and is verified', () => {
    const auto = EXPERIMENT.replace(
      'runs: 3',
      'runs: auto\nprecision: 0.02\nmaxRuns: 8\nmainMetrics: [nodesInUseMean]',
    );
    const at = folder({ 'e.yaml': auto.replace('count: 30', 'count: 10') });
    const { out, code } = clockwork(at, 'run', 'e.yaml', '--out', 'a', '--workers', '1');
    expect(code).toBe(0);
    expect(out).toContain('8 runs each');
    expect(out).toMatch(
      /NOT PRECISE: stopped at the most runs \(8\); the widest interval is ± .* %: nodesInUseMean of/,
    );
    clockwork(at, 'run', 'e.yaml', '--out', 'b', '--workers', '3');
    expect(contents(join(at, 'b'))).toEqual(contents(join(at, 'a')));
    expect(clockwork(at, 'verify', 'a').out).toContain('16 of 16 runs are the same');
  });
});

describe('objectives', () => {
  test('are listed as met or missed, and one that is missed makes the exit code 1', () => {
    const objectives = (time: string): string =>
      `${EXPERIMENT}objectives:\n  - { metric: p99_startup, atMost: ${time}, shareOfRuns: 0.5 }\n  - { metric: podsUnscheduled, atMost: 0 }\n`;
    const at = folder({ 'met.yaml': objectives('1h'), 'missed.yaml': objectives('1ms') });
    const met = clockwork(at, 'run', 'met.yaml', '--out', 'met');
    expect(met.code).toBe(0);
    expect(met.out).toMatch(
      /met {2,}spread +Pod start-up latency, p99 ≤ 1h in 50 % of the runs +in 3 of 3 runs, worst/,
    );
    const missed = clockwork(at, 'run', 'missed.yaml', '--out', 'missed');
    expect(missed.code).toBe(1);
    expect(missed.out).toMatch(/MISSED +pack +Pod start-up latency, p99 ≤ 1 ms/);
  });
});

describe('clockwork verify', () => {
  const at = folder({ 'e.yaml': EXPERIMENT });

  test('repeats every run of a folder, and names the events where a record differs', () => {
    clockwork(at, 'run', 'e.yaml', '--out', 'o', '--runs', '1');
    expect(clockwork(at, 'verify', 'o')).toMatchObject({
      code: 0,
      out: expect.stringContaining('2 of 2 runs are the same'),
    });
    const path = join(at, 'o/checkpoints.csv');
    const lines = readFileSync(path, 'utf8').split('\n');
    const wrong = lines.map((line, index) => (index === 2 ? line.replace(/[0-9a-f]{16}$/, '0123456789abcdef') : line));
    writeFileSync(path, wrong.join('\n'));
    const { code, out } = clockwork(at, 'verify', 'o');
    expect(code).toBe(1);
    expect(out).toMatch(/DIFFERS {2}policy spread, run 0: differs from the record between event \d+ .* and event \d+/);
  });

  test('what is no run folder is refused', () => {
    expect(clockwork(at, 'verify', '.')).toMatchObject({
      code: 2,
      err: 'clockwork: .: holds no experiment.yaml; accepted is a finished run folder\n',
    });
  });
});

describe('bad input gives one message with file and line, and exit code 2:', () => {
  const at = folder({
    'nodes.yaml': NODE,
    'good.yaml': pod('a'),
    'broken.yaml': pod('a').replace('  name: a', '  name: [a'),
    'negative.yaml': pod('a', '-1'),
    'twice.yaml': `${pod('a')}---\n${pod('a')}`,
    'field.yaml': pod('a').replace('    image', '    imagePolicy: x\n    image'),
    'e-field.yaml': EXPERIMENT.replace('runs:', 'repeats:'),
    'e-broken.yaml': EXPERIMENT.replace('zones: [a, b]', 'zones: [a, b'),
    'e-negative.yaml': EXPERIMENT.replace('cpu: 4', 'cpu: -4'),
    'e-policy.yaml': EXPERIMENT.replace('{ name: pack }', '{ name: mystery }'),
    's.yaml':
      'apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\nprofiles:\n- plugins:\n    score:\n      enabled:\n      - name: NoSuchPlugin\n',
    'e-objective.yaml': `${EXPERIMENT}objectives: [{ metric: p99_startup }]\n`,
    'e-metric.yaml': `${EXPERIMENT}objectives: [{ metric: latency, atMost: 3 }]\n`,
    'e-missing.yaml': EXPERIMENT.replace('workload:\n', 'workload:\n  - manifests: nowhere.yaml\n'),
    'e-windows.yaml': EXPERIMENT.replace('runs:', 'repeats:').replaceAll('\n', '\r\n'),
    'empty.yaml': '',
    'e-slip.yaml': EXPERIMENT.replace('count: 6', 'cuont: 6'),
    'other.yaml': pod('b'),
    'comment.yaml': '# nothing yet\n',
    'plan.yaml': 'name: p\nfind: nodes\n',
    'perf.yaml': '- name: A\n  workloadTemplate: []\n',
  });
  const manifests = (file: string): string[] => ['run', '--nodes', 'nodes.yaml', '--pods', file];

  test.each([
    ['broken YAML in a manifest', manifests('broken.yaml'), 'broken.yaml:5: is not valid YAML'],
    [
      'a negative quantity',
      manifests('negative.yaml'),
      'negative.yaml:11: spec.containers[0].resources.requests.cpu: found -1; accepted',
    ],
    [
      'a name defined twice',
      manifests('twice.yaml'),
      'twice.yaml:16: metadata.name: Pod default/a is defined a second time; the first is at twice.yaml:4',
    ],
    ['an unknown field of a Pod', manifests('field.yaml'), 'field.yaml:8: spec.containers[0].imagePolicy'],
    ['a missing manifest', manifests('none.yaml'), 'none.yaml: no such file or folder'],
    ['a missing experiment', ['run', 'none.yaml'], 'none.yaml: no such file'],
    [
      'an unknown field of an experiment',
      ['run', 'e-field.yaml'],
      'e-field.yaml:3: repeats: there is no such field; accepted: name, description, seed, runs',
    ],
    ['broken YAML in an experiment', ['run', 'e-broken.yaml'], 'e-broken.yaml:6: is not valid YAML'],
    [
      'a negative quantity in an experiment',
      ['run', 'e-negative.yaml'],
      'e-negative.yaml:6: cluster.nodes[0].capacity.cpu: found -4; accepted',
    ],
    [
      'a policy that does not exist',
      ['run', 'e-policy.yaml'],
      'policy mystery has no scheduler; accepted without one: spread, pack',
    ],
    [
      'a plugin that the scheduler does not have',
      [...manifests('good.yaml'), '--policy', 's.yaml'],
      's.yaml:7: profiles[0].plugins.score.enabled[0].name: found "NoSuchPlugin"',
    ],
    ['a missing file of an experiment', ['run', 'e-missing.yaml'], 'nowhere.yaml: no such file or folder'],
    [
      'an objective without a bound',
      ['run', 'e-objective.yaml'],
      'e-objective.yaml:16: objectives[0]: found neither atMost nor atLeast; accepted: one',
    ],
    [
      'an objective of an unknown metric',
      ['run', 'e-metric.yaml'],
      'e-metric.yaml:16: objectives[0].metric: found "latency"; accepted: pods, podsScheduled, ',
    ],
    ['an unknown command', ['simulate'], "command is 'simulate'; accepted: run, verify"],
    ['a slip in a command', ['verfiy', 'o'], 'did you mean verify?'],
    ['a slip in an option', ['run', '--sede', '1'], 'did you mean --seed?'],
    [
      'a slip in a field',
      ['run', 'e-slip.yaml'],
      'e-slip.yaml:6: cluster.nodes[0].cuont: there is no such field; accepted: name, count',
    ],
    ['and what may have been meant', ['run', 'e-slip.yaml'], 'did you mean count?'],
    [
      'an unknown option',
      ['run', '--sede', '1'],
      'option --sede is not known; accepted with run: --nodes, --pods, --policy, --seed',
    ],
    ['an option without a value', [...manifests('good.yaml'), '--pods'], '--pods has no value'],
    [
      'a number of runs that is none',
      ['run', 'e-field.yaml', '--runs', 'many'],
      'accepted: a whole number from 1, or auto',
    ],
    [
      'a field of a file with Windows line ends',
      ['run', 'e-windows.yaml'],
      'e-windows.yaml:3: repeats: there is no such field',
    ],
    ['an empty file', ['run', 'empty.yaml'], 'empty.yaml: is empty; accepted is one experiment'],
    ['a file of comments', ['run', 'comment.yaml'], 'comment.yaml: is empty; accepted is one experiment'],
    ['a folder', ['run', '.'], '.: is a folder; accepted is a file'],
    [
      'a manifest as experiment',
      ['run', 'good.yaml'],
      'good.yaml: is a Kubernetes manifest: clockwork run --nodes FILE',
    ],
    ['a plan as experiment', ['run', 'plan.yaml'], 'plan.yaml: is a plan: clockwork plan FILE'],
    ['an experiment as plan', ['plan', 'e-field.yaml'], 'e-field.yaml: is an experiment: clockwork run FILE'],
    ['a scheduler_perf file as experiment', ['run', 'perf.yaml'], 'perf.yaml: is a scheduler_perf file'],
    [
      'manifests without any object',
      manifests('empty.yaml'),
      'empty.yaml: holds no object; accepted are Kubernetes manifests',
    ],
    ['no Node at all', ['run', '--nodes', 'other.yaml', '--pods', 'good.yaml'], 'found no Node in other.yaml'],
    ['a wrong number', ['run', 'e-field.yaml', '--workers', '0'], '--workers is 0; accepted: a whole number from 1'],
    ['nothing to run', ['run'], 'found no experiment'],
  ])('%s', (_, args, message) => {
    const { code, out, err } = clockwork(at, ...args);
    expect(err).toContain(message);
    expect(err.trim().split('\n')).toHaveLength(1);
    expect(out).toBe('');
    expect(code).toBe(2);
  });
});

describe('a run folder', () => {
  test('of another experiment is refused', () => {
    const at = folder({ 'e.yaml': EXPERIMENT });
    clockwork(at, 'run', 'e.yaml', '--out', 'o', '--runs', '1');
    const { code, err } = clockwork(at, 'run', 'e.yaml', '--out', 'o', '--runs', '2');
    expect(code).toBe(2);
    expect(err).toContain('o: holds another experiment; choose another --out or remove it');
  });
});
