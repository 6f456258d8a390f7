/** `clockwork plan` end to end: the built program, as a person calls it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { build, clockwork, contents, folder, ROOT } from './testing/command.ts';

beforeAll(build);

const PODS = Array.from(
  { length: 6 },
  (_, i) => `apiVersion: v1
kind: Pod
metadata: { name: web-${i} }
spec: { containers: [{ name: main, image: nginx, resources: { requests: { cpu: "1", memory: 2Gi } } }] }
`,
).join('---\n');
const PLAN = `name: web
find: nodes
nodes: { types: [{ type: m5.large, most: 8 }] }
pods: [pods.yaml]
`;

describe('clockwork plan', () => {
  const at = folder({ 'plan.yaml': PLAN, 'pods.yaml': PODS });

  test('prints the answer with its price and the Pod for which one step less has no room, and writes the folder', () => {
    const { code, out, err } = clockwork(at, 'plan', 'plan.yaml');
    expect(code).toBe(0);
    expect(out).toMatch(
      /^web: 6 Nodes, 0\.576 an hour\n {2}not 5 Nodes: Pod default\/web-5 fits nowhere: 0\/5 nodes are available: 5 Insufficient cpu/,
    );
    expect(out).toMatch(/\nReport: out\/web-[0-9a-f]{12}\/report\.html\n$/);
    expect(err).toContain('5 Nodes: Pod default/web-5 fits nowhere');
    const [, path = ''] = /Plan folder: (.*)/.exec(out) ?? [];
    expect(Object.keys(contents(join(at, path))).sort()).toEqual([
      'inputs/machine-types.csv',
      'inputs/pods.yaml',
      'plan.yaml',
      'report.html',
      'summary.json',
      'tries.csv',
    ]);
  });

  test('--json prints summary.json and nothing else', () => {
    const { out, err } = clockwork(at, 'plan', 'plan.yaml', '--json', '--out', 'json');
    expect(out).toBe(readFileSync(join(at, 'json/summary.json'), 'utf8'));
    expect(JSON.parse(out)).toMatchObject({
      plan: 'web',
      met: true,
      result: { find: 'nodes', count: 6, pricePerHour: 0.576 },
    });
    expect(err).toBe('');
  });

  test('the folder is verified by answering it again, its report is written again, and it has no trace', () => {
    clockwork(at, 'plan', 'plan.yaml', '--out', 'first');
    const before = contents(join(at, 'first'));
    expect(clockwork(at, 'verify', 'first')).toMatchObject({ code: 0, out: 'same  summary.json\nsame  tries.csv\n' });
    expect(clockwork(at, 'report', 'first').code).toBe(0);
    expect(contents(join(at, 'first'))).toEqual(before);
    const trace = clockwork(at, 'report', 'first', '--trace');
    expect(trace).toMatchObject({
      code: 2,
      err: 'clockwork: first: is the folder of a plan, which has no trace; accepted is a run folder\n',
    });
    const compared = clockwork(at, 'compare', 'first');
    expect(compared.code).toBe(2);
  });

  test('the command of a try, run in the folder, says the same of it', () => {
    clockwork(at, 'plan', 'plan.yaml', '--out', 'tries');
    const five = clockwork(join(at, 'tries'), 'plan', 'plan.yaml', '--try', '5');
    expect(five.code).toBe(1);
    expect(five.out).toContain('5 Nodes: do not meet the objectives (0 of 1 run)');
    expect(five.out).toContain('Pod default/web-5 fits nowhere');
    expect(clockwork(join(at, 'tries'), 'plan', 'plan.yaml', '--try', '6').code).toBe(0);
    expect(existsSync(join(at, 'tries/out'))).toBe(false);
  });

  test('no number that does is exit code 1, and the folder has the evidence', () => {
    const few = folder({ 'plan.yaml': PLAN.replace('most: 8', 'most: 3'), 'pods.yaml': PODS });
    const { code, out } = clockwork(few, 'plan', 'plan.yaml', '--out', 'few');
    expect(code).toBe(1);
    expect(out).toContain('web: no number of Nodes that was tried does\n  not 3 Nodes: Pod default/web-3 fits nowhere');
    expect(readFileSync(join(few, 'few/report.html'), 'utf8')).toContain(
      'No number of Nodes that was tried, up to 3, meets the objectives.',
    );
  });

  test('an edited plan does not go into the folder of another', () => {
    clockwork(at, 'plan', 'plan.yaml', '--out', 'kept');
    const other = folder({ 'plan.yaml': PLAN.replace('m5.large', 'm5.xlarge'), 'pods.yaml': PODS });
    const { code, err } = clockwork(other, 'plan', 'plan.yaml', '--out', join(at, 'kept'));
    expect(code).toBe(2);
    expect(err).toContain('holds something else than this plan; choose another --out or remove it');
  });

  test.each([
    ['no plan', ['plan'], 'found no plan; accepted: a plan file, or --types'],
    ['a plan that is not there', ['plan', 'none.yaml'], 'none.yaml: no such file'],
    [
      'an unknown type',
      ['plan', 'wrong.yaml'],
      'wrong.yaml:3: nodes.types[0].type: found m5.lrge, which the catalogue does not have; accepted: m5.large',
    ],
    ['--try and --out', ['plan', 'plan.yaml', '--try', '3', '--out', 'x'], '--out is given; accepted not with --try'],
    [
      'a word that no type has',
      ['plan', '--types', 'zx'],
      '--types is zx; accepted: a part of a type or provider, such as m5 or gcp',
    ],
  ])('%s is exit code 2', (_, args, message) => {
    const wrong = folder({ 'plan.yaml': PLAN, 'pods.yaml': PODS, 'wrong.yaml': PLAN.replace('m5.large', 'm5.lrge') });
    const { code, err } = clockwork(wrong, ...args);
    expect(err).toContain(message);
    expect(code).toBe(2);
  });
});

describe('clockwork plan --types', () => {
  test('lists the catalogue, all of it or what has a word', () => {
    const all = clockwork(ROOT, 'plan', '--types').out.trim().split('\n');
    const some = clockwork(ROOT, 'plan', '--types', 'g5.').out.trim().split('\n');
    expect(all.length).toBeGreaterThan(100);
    expect(some).toHaveLength(1 + 4 + 1);
    expect(some[1]).toMatch(/^g5\.xlarge +aws +4 +16384Mi +1 +58 +3920m +14162Mi +1\.006$/);
    expect(all).toEqual(expect.arrayContaining([some.at(-1)]));
  });

  test('--json gives them as objects', () => {
    const types = JSON.parse(clockwork(ROOT, 'plan', '--types', 'm5.large', '--json').out) as unknown[];
    expect(types).toMatchObject([{ type: 'm5.large', capacity: { cpu: '2' }, pricePerHour: 0.096 }]);
  });
});
