/** The package as others get it: its doors open by its own name, and it holds what it reads and nothing else. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

beforeAll(() => {
  execFileSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.json'], { cwd: ROOT });
});

/** What a program that imports the package by its name prints, as JSON. */
function program<T>(text: string): T {
  const args = ['--input-type=module', '--eval', text];
  return JSON.parse(execFileSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' })) as T;
}

/** A small study and a plugin of one's own, as the text of a program. */
const STUDY = `
  import { compareFolders, findMetric, readSummary, readTable, runStudy, simulateStudy, studyOf, verifyFolder } from 'kube-clockwork';
  const spec = { containers: [{ name: 'main', image: 'nginx', resources: { requests: { cpu: 1 } } }] };
  const base = {
    name: 'small',
    runs: 2,
    cluster: { nodes: [{ name: 'worker', count: 4, capacity: { cpu: 8, memory: '16Gi' } }] },
    workload: [{ arrivals: { name: 'job', process: { kind: 'poisson', ratePerSecond: 2, count: 8 }, templates: [{ spec }] } }],
  };
  const plugin = {
    name: 'FirstByName',
    make: (args) => ({ dependsOn: { node: ['name'] }, score: (_state, _pod, node) => (node.name === args.name ? 100 : 0) }),
  };
  const kind = { apiVersion: 'kubescheduler.config.k8s.io/v1', kind: 'KubeSchedulerConfiguration' };
  const score = { enabled: [{ name: 'FirstByName', weight: 1000 }] };
  const profile = { plugins: { score }, pluginConfig: [{ name: 'FirstByName', args: { name: 'worker-2' } }] };
  const mine = { name: 'mine', scheduler: { ...kind, profiles: [profile] }, plugins: [plugin] };
`;

describe('by its own name', () => {
  test('every door opens', () => {
    const doors = ['kube-clockwork', 'kube-clockwork/engine', 'kube-clockwork/models', 'kube-clockwork/results'];
    const names = program<string[][]>(
      `const doors = await Promise.all(${JSON.stringify(doors)}.map((door) => import(door)));
       console.log(JSON.stringify(doors.map((door) => Object.keys(door))));`,
    );
    expect(names[0]).toEqual(
      expect.arrayContaining(['studyOf', 'simulateStudy', 'runStudy', 'answerPlan', 'verifyFolder']),
    );
    expect(names[1]).toEqual(expect.arrayContaining(['Simulation', 'Server', 'sampler']));
    expect(names[2]).toEqual(expect.arrayContaining(['createCluster', 'PODS', 'DEPLOYMENTS']));
    expect(names[3]).toEqual(expect.arrayContaining(['summarize', 'comparePaired', 'reportPage']));
  });

  test('a study from an object, with a plugin that is an object too, is simulated without a file', () => {
    const found = program<{ nodes: string[]; inUse: number; verdict: string; runs: number }>(`${STUDY}
      const { summary, runs } = await simulateStudy(studyOf({ ...base, policies: [{ name: 'spread' }, mine] }));
      const { summary: inUse, comparison } = findMetric(summary, { metric: 'nodesInUseMax', policy: 'mine' });
      const placed = runs.filter(({ task }) => task.policy === 'mine').flatMap(({ tables }) => tables.pods.map((row) => row[1]));
      console.log(JSON.stringify({ nodes: placed, inUse: inUse.mean, verdict: comparison.verdict, runs: runs.length }));`);
    // Eight Pods of 1 cpu in each of two runs fill worker-2.
    expect(found.nodes.filter((node) => node === 'worker-2')).toHaveLength(16);
    expect([found.runs, found.inUse]).toEqual([4, 1]);
    expect(found.verdict).toBe('better');
  });

  test('a run folder refuses a plugin that is an object, for nobody could repeat it', () => {
    const message = program<string>(`${STUDY}
      const study = studyOf({ ...base, policies: [mine] });
      console.log(JSON.stringify(await runStudy(study, { folder: 'out/never' }).catch((error) => error.message)));`);
    expect(message).toContain('policy mine brings a plugin as an object; accepted with a run folder: files of plugins');
    expect(existsSync(join(ROOT, 'out/never'))).toBe(false);
  });

  test('a run folder is written, read, compared and verified', () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'clockwork-library-')), 'run');
    const found = program<{ same: boolean; pods: number; first: string; compared: number; agrees: boolean }>(`${STUDY}
      const folder = ${JSON.stringify(folder)};
      const study = studyOf({ ...base, policies: [{ name: 'spread' }, { name: 'pack' }] });
      const summary = await runStudy(study, { folder, workers: 1 });
      const inMemory = (await simulateStudy(study)).summary;
      const pods = readTable(folder, 'pods.csv');
      console.log(JSON.stringify({
        same: JSON.stringify(readSummary(folder)) === JSON.stringify(summary) && JSON.stringify(inMemory) === JSON.stringify(summary),
        pods: pods.length,
        first: pods[0].policy + ' ' + pods[0].pod,
        compared: compareFolders([folder, folder]).length,
        agrees: (await verifyFolder(folder)).agrees,
      }));`);
    expect(found).toEqual({ same: true, pods: 32, first: 'spread default/job-0', compared: 2, agrees: true });
    expect(existsSync(join(folder, 'report.html'))).toBe(true);
  });

  test('what is wrong is named by its field', () => {
    const message = program<string>(`${STUDY}
      try { studyOf({ ...base, clutser: {} }); } catch (error) { console.log(JSON.stringify(error.name + ': ' + error.message)); }`);
    expect(message).toMatch(/^BadInputError: experiment: clutser: there is no such field; accepted: name, /);
  });
});

describe('packed', () => {
  const packed = (): string[] => {
    const text = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    return (JSON.parse(text) as { files: { path: string }[] }[])[0]?.files.map(({ path }) => path) ?? [];
  };

  test('it holds the built files, what they read, the examples and the READMEs, and no tests', () => {
    const files = packed();
    const { bin, exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      bin: Record<string, string>;
      exports: Record<string, string>;
    };
    const doors = [...Object.values(bin), ...Object.values(exports)].map((path) => path.replace(/^\.\//, ''));
    const wanted = [
      ...doors,
      ...doors.filter((path) => path.endsWith('index.js')).map((path) => path.replace(/\.js$/, '.d.ts')),
      'dist/bench/experiments/worker-thread.js',
      'dist/bench/experiments/worker.js',
      'bench/catalogue/machine-types.csv',
      'bench/scenarios/quickstart.yaml',
      'bench/examples/policy-study.ts',
      'bench/examples/policy-study.golden.txt',
      'bench/policies/examples/fewest-pods.ts',
      'bench/README.md',
      'results/README.md',
      'README.md',
      'LICENSE',
    ];
    expect(wanted.filter((path) => !files.includes(path))).toEqual([]);
    expect(files.filter((path) => /\.test\.|\.map$|\/micro\/|\/testing\/|tsbuildinfo/.test(path))).toEqual([]);
  });
});

/** Names of functions, classes and constants that a door takes from a file, and the text of that file. */
function valuesOf(door: string): { readonly name: string; readonly text: string }[] {
  const doorText = readFileSync(join(ROOT, door), 'utf8');
  return [...doorText.matchAll(/^export \{([^}]*)\} from '(\.[^']+)';$/gm)].flatMap(([, names = '', file = '']) => {
    const text = readFileSync(join(ROOT, door, '..', file), 'utf8');
    const values = names.split(',').map((name) => name.trim());
    return values
      .filter((name) => name !== '' && !name.startsWith('type '))
      .map((name) => ({ name: name.split(' as ')[0] as string, text }));
  });
}

test.each(['bench', 'engine', 'models', 'results'])('everything that one can call of %s says what it is', (folder) => {
  const values = valuesOf(`${folder}/index.ts`);
  expect(values.length).toBeGreaterThan(5);
  const silent = values.filter(({ name, text }) => {
    const at = text.search(new RegExp(`^export (?:async |abstract )?(?:function\\*?|class|const) ${name}\\b`, 'm'));
    // A note to the linter may stand between the docstring and what it is about.
    const before = text.slice(0, Math.max(0, at)).replace(/(?:\/\/ .*\n)+$/, '');
    return !before.endsWith('*/\n');
  });
  expect(silent.map(({ name }) => name)).toEqual([]);
});
