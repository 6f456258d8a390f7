/**
 * What a study goes through, end to end: it is interrupted and goes on, runs fail and others do not, it decides the number of its
 * runs, and it says how far it is.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { build, clockwork, contents, EXPERIMENT, folder, MAIN } from './testing/command.ts';

beforeAll(build);

const parts = (at: string): string[] => {
  const runs = join(at, 'runs');
  return existsSync(runs) ? readdirSync(runs).filter((name) => !name.endsWith('.part')) : [];
};

/** Starts the command, sends the signal when so many runs are finished, and gives the exit code and standard error. */
async function interrupted(
  at: string,
  out: string,
  runs: number,
  signal: NodeJS.Signals,
  ...options: string[]
): Promise<{ code: number | null; err: string }> {
  const child = spawn(process.execPath, [MAIN, 'run', 'e.yaml', '--out', out, ...options], { cwd: at });
  let err = '';
  child.stderr.on('data', (text: Buffer) => (err += text.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  // At least one by this very process: before that it may not listen to signals yet.
  const wanted = Math.max(runs, parts(join(at, out)).length + 1);
  while (parts(join(at, out)).length < wanted && child.exitCode === null) await pause(5);
  child.kill(signal);
  return { code: await ended, err };
}

/** Where the machine is busy the signal may come after the last run: then there was nothing to interrupt, and it is tried again. */
const TRIED_AGAIN = { retry: 3, timeout: 120_000 };

describe('a study of two workers that is interrupted', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    'by %s, twice, goes on to the bytes of one that was not',
    TRIED_AGAIN,
    async (signal) => {
      const at = folder({ 'e.yaml': EXPERIMENT.replace('runs: 3', 'runs: 12').replace('count: 30', 'count: 200') });
      for (const runs of [2, 4]) {
        const { code, err } = await interrupted(at, 'o', runs, signal, '--workers', '2');
        expect({ code, err }).toEqual({
          code: 130,
          err: expect.stringContaining('interrupted; finished runs are in o, the same command goes on from there'),
        });
        expect(existsSync(join(at, 'o/summary.json'))).toBe(false);
      }
      const kept = parts(join(at, 'o'));
      expect(kept.length).toBeGreaterThanOrEqual(4);
      expect(kept.length).toBeLessThan(24);
      expect(clockwork(at, 'run', 'e.yaml', '--out', 'o', '--workers', '2').code).toBe(0);
      expect(clockwork(at, 'run', 'e.yaml', '--out', 'whole', '--workers', '1').code).toBe(0);
      expect(contents(join(at, 'o'))).toEqual(contents(join(at, 'whole')));
    },
  );

  test('and decides the number of its runs itself makes as many as without', TRIED_AGAIN, async () => {
    const auto = 'runs: auto\nprecision: 0.001\nmaxRuns: 7\nmainMetrics: [p50_startup]';
    const at = folder({ 'e.yaml': EXPERIMENT.replace('runs: 3', auto) });
    // Ten runs are the first batch of five of two policies; the second goes to the most.
    const { code } = await interrupted(at, 'o', 11, 'SIGINT', '--workers', '2');
    expect(code).toBe(130);
    const { code: done, out } = clockwork(at, 'run', 'e.yaml', '--out', 'o', '--workers', '2');
    expect(done).toBe(0);
    expect(out).toMatch(/7 runs each; seed 7\nNOT PRECISE: stopped at the most runs \(7\)/);
    clockwork(at, 'run', 'e.yaml', '--out', 'whole', '--workers', '1');
    expect(contents(join(at, 'o'))).toEqual(contents(join(at, 'whole')));
  });
});

test('a signal that comes when all runs are done does not keep the folder from being finished', async () => {
  const at = folder({ 'e.yaml': EXPERIMENT });
  const { code } = await interrupted(at, 'o', 6, 'SIGTERM', '--workers', '2');
  expect({ code, isFinished: existsSync(join(at, 'o/summary.json')) }).toEqual({ code: 0, isFinished: true });
  expect(existsSync(join(at, 'o/report.html'))).toBe(true);
});

describe('runs that fail', () => {
  const plugin = (name: string, score: string): string =>
    `export const plugin = { name: '${name}', make: () => ({ dependsOn: { requested: true }, score: () => { ${score} } }) };\n`;
  const configuration = (name: string): string =>
    `apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\nprofiles:\n- plugins:\n    score:\n      enabled:\n      - name: ${name}\n`;
  const policies =
    'policies: [{ name: spread }, { name: ends, scheduler: ends.yaml, plugins: [ends.ts] }, { name: throws, scheduler: throws.yaml, plugins: [throws.ts] }]';
  const files = {
    'e.yaml': EXPERIMENT.replace('runs: 3', 'runs: 2').replace(
      'policies: [{ name: spread }, { name: pack }]',
      policies,
    ),
    'ends.ts': plugin('Ends', 'process.exit(3)'),
    'ends.yaml': configuration('Ends'),
    'throws.ts': plugin('Throws', "throw new Error('no score')"),
    'throws.yaml': configuration('Throws'),
  };

  test('are recorded with what a plugin threw, or that it wanted to end the program; the others go on; the exit code is 1', () => {
    const at = folder(files);
    const { code, out } = clockwork(at, 'run', 'e.yaml', '--out', 'o', '--workers', '2');
    expect(code).toBe(1);
    expect(out).toMatch(/FAILED ends run 1: PluginError: plugin Ends, Score .*: process\.exit\(3\) was called/);
    expect(out).toMatch(/FAILED throws run 0: PluginError: plugin Throws, Score .*: no score/);
    const rows = readFileSync(join(at, 'o/runs.csv'), 'utf8').trim().split('\n').slice(1);
    expect(rows.map((row) => `${row.split(',')[0]} ${row.includes(',failed,')}`)).toEqual([
      'spread false',
      'ends true',
      'throws true',
      'spread false',
      'ends true',
      'throws true',
    ]);
    expect(readFileSync(join(at, 'o/report.html'), 'utf8')).toContain('4 of 6 runs failed');
    expect(clockwork(at, 'run', 'e.yaml', '--out', 'one', '--workers', '1').code).toBe(1);
    expect(contents(join(at, 'one'))).toEqual(contents(join(at, 'o')));
  }, 60_000);

  test('may fail for want of memory: a worker that dies takes its run with it, and no other', () => {
    const hold = plugin('Ends', 'for (;;) (globalThis.held ??= []).push(new Array(1e5).fill({}))');
    const at = folder({ ...files, 'ends.ts': hold });
    // The limit is an argument of Node itself, which a thread would refuse.
    const args = ['--max-old-space-size=200', MAIN, 'run', 'e.yaml', '--out', 'o', '--workers', '2', '--runs', '1'];
    const { status, stdout } = spawnSync(process.execPath, args, { cwd: at, encoding: 'utf8' });
    expect(stdout).toMatch(/FAILED ends run 0: Error: Worker terminated due to reaching memory limit/);
    expect(stdout).toMatch(/^[0-9a-f]{16} {2}spread run 0$/m);
    expect(status).toBe(1);
  }, 120_000);
});

const script = spawnSync('script', ['--version']).status === 0;
if (!script) process.stderr.write('LEFT OUT: progress on a terminal, for there is no script (util-linux)\n');

test.skipIf(!script)(
  'on a terminal a line says what is finished, running, left and the time to go; elsewhere nothing does',
  () => {
    const at = folder({ 'e.yaml': EXPERIMENT });
    const command = `'${process.execPath}' '${MAIN}' run e.yaml --out o --workers 1`;
    const { stdout } = spawnSync('script', ['-qec', command, '/dev/null'], { cwd: at, encoding: 'utf8' });
    const lines = stdout.split('\r\u001b[K').map((line) => line.split('\r')[0] as string);
    expect(lines).toContain('░░░░░░░░░░░░░░░░░░░░░░░░ 0 of 6 runs finished, 1 running, 5 left');
    expect(
      lines.some((line) =>
        /^█{11,12}░{11,12} 3 of 6 runs finished, [01] running, [23] left, about \d+s to go$/.test(line),
      ),
    ).toBe(true);
    expect(lines.at(-1)).toContain('small: spread, pack; 3 runs each; seed 7');
    expect(clockwork(at, 'run', 'e.yaml', '--out', 'plain').err).toBe('');
  },
  60_000,
);

describe('--fail-if', () => {
  test('gates on the policies of one folder and between two, and refuses what has no good direction', () => {
    const at = folder({ 'e.yaml': EXPERIMENT });
    expect(clockwork(at, 'run', 'e.yaml', '--out', 'a').code).toBe(0);
    expect(clockwork(at, 'run', 'e.yaml', '--out', 'b', '--set', 'cluster.nodes[0].count=12').code).toBe(0);
    expect(clockwork(at, 'compare', 'a', '--fail-if', 'nodesInUseMean better by > 1 %')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^FAILED small: pack against spread: 'nodesInUseMean better by > 1 %' holds: /),
    });
    expect(clockwork(at, 'compare', 'a', 'b', '--fail-if', 'podsUnscheduled worse')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/No --fail-if condition holds\n$/),
    });
    expect(clockwork(at, 'compare', 'a', 'b', '--fail-if', 'nodesInUseMean worse by > 5 %').code).toBe(1);
    expect(clockwork(at, 'compare', 'a', 'b', '--fail-if', 'cpuUtilisationMean worse')).toMatchObject({
      code: 2,
      err: expect.stringContaining("--fail-if found metric 'cpuUtilisationMean'; accepted: podsScheduled, "),
    });
  }, 60_000);
});
