/** Plugins from files: the documented examples at work, and what is said of mistakes. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { PluginError } from '../../models/scheduler/framework/plugin-error.ts';
import type { PluginRegistry } from '../../models/scheduler/profile/registry.ts';
import { bound, SmallCluster, testNode, testPod } from '../../models/scheduler/testing/small-cluster.ts';
import { BadInputError } from '../bad-input.ts';
import { loadPlugins } from './load-plugins.ts';

const EXAMPLES = fileURLToPath(new URL('./examples', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'plugins-'));

async function example(name: string): Promise<SmallCluster> {
  const registry = await loadPlugins([`${name}.ts`], EXAMPLES);
  return new SmallCluster({ registry, configuration: parse(readFileSync(join(EXAMPLES, `${name}.yaml`), 'utf8')) });
}

/** A cluster of two Nodes with one plugin more. */
async function clusterWith(body: string, point = 'score'): Promise<SmallCluster> {
  const file = join(folder, `plugin-${body.length}-${point}.ts`);
  writeFileSync(file, `export const plugin = { name: 'Odd', make: (args: unknown) => (${body}) };\n`);
  const registry: PluginRegistry = await loadPlugins([file]);
  const configuration = {
    apiVersion: 'kubescheduler.config.k8s.io/v1',
    kind: 'KubeSchedulerConfiguration',
    profiles: [{ plugins: { [point]: { enabled: [{ name: 'Odd' }] } } }],
  };
  const cluster = new SmallCluster({ registry, configuration });
  cluster.cache.addNode(testNode('n0'));
  cluster.cache.addNode(testNode('n1'));
  return cluster;
}

test('FewestPods prefers the Node with the fewest Pods to the one with the most free resources', async () => {
  const cluster = await example('fewest-pods');
  cluster.cache.addNode(testNode('big', { cpu: '64', memory: '256Gi' }));
  cluster.cache.addNode(testNode('small'));
  for (let i = 0; i < 3; i++) cluster.cache.addPod(bound(testPod(`b${i}`), 'big'));
  cluster.cache.addPod(bound(testPod('s0', { cpu: '2', memory: '2Gi' }), 'small'));
  expect(cluster.place(testPod('p', { cpu: '500m' }))).toBe('small');
  expect(new SmallCluster().profile.weights.get('FewestPods')).toBeUndefined();
  expect(cluster.profile.weights.get('FewestPods')).toBe(12);
});

test('CpuHeadroom lets a Node take three quarters of its CPU and no more', async () => {
  const cluster = await example('cpu-headroom');
  cluster.cache.addNode(testNode('n0'));
  const placed = Array.from({ length: 8 }, (_, i) => cluster.place(testPod(`p${i}`, { cpu: '1' })));
  expect(placed.filter((node) => node === 'n0')).toHaveLength(3);
  const decision = cluster.decide(testPod('q', { cpu: '1' }));
  expect(decision.result === 'unschedulable' && decision.fitError.message()).toBe(
    '0/1 nodes are available: 1 Insufficient cpu, of which 0.75 may be used.',
  );
});

test('wrong arguments are said to be the plugin’s', async () => {
  const registry = await loadPlugins(['cpu-headroom.ts'], EXAMPLES);
  const text = readFileSync(join(EXAMPLES, 'cpu-headroom.yaml'), 'utf8').replace('0.75', '-1');
  expect(() => new SmallCluster({ registry, configuration: parse(text) })).toThrow(
    'plugin CpuHeadroom, making it: args.share is -1; accepted are numbers above 0, up to 1',
  );
});

test.each([
  [
    'throws',
    '{ score: () => { throw new Error("boom") } }',
    'score',
    'Score for Pod default/p on Node n0: it threw: boom',
  ],
  ['gives NaN', '{ score: () => 0 / 0 }', 'score', 'on Node n0: the score is NaN; accepted are numbers'],
  [
    'scores out of range',
    '{ score: () => 101 }',
    'score',
    'on Node n0: the score is 101; accepted are whole numbers from 0 to 100',
  ],
  ['scores in fractions', '{ score: (s, p, n) => n.name === "n1" ? 0.5 : 1 }', 'score', 'on Node n1: the score is 0.5'],
  ['is asynchronous', '{ score: async () => 1 }', 'score', 'it answered with a promise'],
  ['answers true', '{ filter: () => true }', 'filter', 'Filter for Pod default/p on Node n0: it answered true'],
  [
    'fails before filtering',
    '{ preFilter: () => { throw "no" }, filter: () => undefined }',
    'preFilter',
    'PreFilter for Pod default/p: it threw: no',
  ],
])('a plugin that %s ends the run with plugin, Pod and Node', async (_, body, point, message) => {
  const cluster = await clusterWith(body, point);
  expect(() => cluster.decide(testPod('p'))).toThrow(PluginError);
  expect(() => cluster.decide(testPod('p'))).toThrow(`plugin Odd, `);
  expect(() => cluster.decide(testPod('p'))).toThrow(message);
});

const AFTER: [string, string, string, string][] = [
  ['is asynchronous in Reserve', '{ reserve: async () => undefined, unreserve: () => {} }', 'reserve', 'a promise'],
  ['answers 5 in Permit', '{ permit: () => 5 }', 'permit', 'it answered 5; accepted'],
  ['is done with 5 in PreBind', '{ preBind: (s, p, n, done) => done(5) }', 'preBind', 'it answered 5; accepted'],
  ['throws in PostBind', '{ postBind: () => { throw new Error("late") } }', 'postBind', 'it threw: late'],
];

test.each(AFTER)(
  'a plugin that %s, after the decision, is named with Pod and Node',
  async (_, body, point, message) => {
    const { profile } = await clusterWith(body, point);
    const plugin = profile.plugins[point as 'reserve'].find(({ name }) => name === 'Odd');
    const method = (plugin as unknown as Record<string, (...args: unknown[]) => unknown>)[point];
    const call = (): unknown => method?.({}, { pod: testPod('p') }, 'n1', () => {});
    expect(call).toThrow(PluginError);
    expect(call).toThrow('for Pod default/p on Node n1: ');
    expect(call).toThrow(message);
  },
);

test('a plugin without any extension point is refused', async () => {
  await expect(clusterWith('{ scores: () => 1 }')).rejects.toThrow(
    'plugin Odd, making it: it takes part in no extension point',
  );
});

test.each([
  ['missing.ts', undefined, /missing\.ts: there is no such plugin file/],
  ['text.txt', 'x', /a plugin is a \.ts, \.mts, \.js or \.mjs file/],
  ['broken.ts', '\n\nconst = 1', /broken\.ts:3: /],
  ['enum.ts', 'enum X { A }', /enum is not supported/],
  ['empty.ts', 'export const other = 1', /does not export `plugin`/],
  ['imports.ts', "import { x } from './other.ts'; export const plugin = x", /one file that imports types only/],
])('%s is refused with its name', async (name, text, message) => {
  if (text !== undefined) writeFileSync(join(folder, name), text);
  const loading = loadPlugins([join(folder, name)]);
  await expect(loading).rejects.toThrow(BadInputError);
  await expect(loading).rejects.toThrow(message);
});

test('two files with one name are refused', async () => {
  await expect(loadPlugins(['fewest-pods.ts', './fewest-pods.ts'], EXAMPLES)).rejects.toThrow(
    /another file has a plugin FewestPods/,
  );
});
