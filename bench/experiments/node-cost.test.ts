/** Node types and prices in experiments: what they fill in, what a run costs, and what is refused. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { checkStudy } from './check-study.ts';
import { loadStudy, type Overrides, type Study } from './load.ts';
import { NodeCost } from './node-cost.ts';
import { experimentOfCase, casesOf } from './run-plan.ts';
import { simulate } from './simulate.ts';
import { workloadInput, workloadOf } from './workload-input.ts';

const HOUR = 3.6e9;

describe('the cost of Nodes', () => {
  test('is price times hours, of all Nodes and of those in use', () => {
    const cost = new NodeCost(
      new Map([
        ['a', 0.5],
        ['b', 2],
      ]),
      60e6,
    );
    for (const node of ['a', 'b', 'free']) cost.present(0, node, true);
    cost.inUse(HOUR, 'a', true);
    cost.inUse(HOUR, 'free', true);
    cost.inUse(2 * HOUR, 'a', false);
    cost.present(3 * HOUR, 'b', false);
    const { nodeCost, nodeCostInUse } = cost.metrics(0, 4 * HOUR);
    expect(nodeCost).toBeCloseTo(4 * 0.5 + 3 * 2, 12);
    expect(nodeCostInUse).toBeCloseTo(0.5, 12);
  });

  test('of the time after a warm-up leaves out what came before', () => {
    const cost = new NodeCost(new Map([['a', 1]]), 60e6);
    cost.present(0, 'a', true);
    cost.inUse(0, 'a', true);
    cost.inUse(HOUR, 'a', false);
    expect(cost.metrics(HOUR / 2, 2 * HOUR)).toEqual({ nodeCost: 1.5, nodeCostInUse: 0.5 });
  });

  test('is not there where no Node has a price', () => {
    expect(new NodeCost(new Map(), 1).metrics(0, 10)).toEqual({});
  });

  test('is the sum over the Nodes of price × time, however they come and go', () => {
    const spans = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.nat(100), fc.nat(100)), { maxLength: 30 });
    fc.assert(
      fc.property(spans, (given) => {
        const prices = new Map(Array.from({ length: 10 }, (_, i) => [`n${i}`, (i * 7) / 1000] as [string, number]));
        const changes = given.flatMap(([node, from, length], i) => {
          const name = `n${node}`;
          return given.findIndex(([other]) => other === node) === i
            ? [
                { at: from, name, is: true },
                { at: from + length + 1, name, is: false },
              ]
            : [];
        });
        const cost = new NodeCost(prices, 10);
        for (const { at, name, is } of changes.toSorted((a, b) => a.at - b.at)) cost.inUse(at, name, is);
        const expected = changes.reduce(
          (sum, { at, name, is }) => sum + (is ? -at : at) * (prices.get(name) as number),
          0,
        );
        expect((cost.metrics(0, 250).nodeCostInUse as number) * HOUR).toBeCloseTo(expected, 6);
      }),
    );
  });
});

const WORKLOAD = [
  {
    deployment: {
      name: 'web',
      replicas: 3,
      template: { spec: { containers: [{ name: 'main', image: 'nginx', resources: { requests: { cpu: 1 } } }] } },
    },
  },
];

function study(
  cluster: unknown,
  others: object = {},
  files: Record<string, string> = {},
  overrides: Overrides = {},
): Study {
  const folder = mkdtempSync(join(tmpdir(), 'clockwork-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, 'e.yaml'), stringify({ name: 'e', cluster, workload: WORKLOAD, ...others }));
  return loadStudy(join(folder, 'e.yaml'), overrides);
}

const POLICY = { case: { index: 0, factors: {} }, policy: 'spread', run: 0 };

function nodeManifest(name: string, type?: string): string {
  const labels = { 'node.kubernetes.io/instance-type': type };
  const capacity = { cpu: '4', memory: '16Gi', pods: '110' };
  const metadata = { name, ...(type !== undefined && { labels }) };
  return `---\n${stringify({ apiVersion: 'v1', kind: 'Node', metadata, status: { capacity, allocatable: capacity } })}`;
}

describe('an experiment with types', () => {
  test('has the Nodes of the catalogue, and a cost', () => {
    const typed = study({ nodes: [{ name: 'worker', type: 'm5.xlarge', count: 2 }] });
    const { tables, result } = simulate(typed, POLICY);
    expect(tables.nodes.map((row) => row[5])).toEqual([3920, 3920]);
    const hours = result.virtualMicros / HOUR;
    expect(result.metrics.nodeCost).toBeCloseTo(2 * 0.192 * hours, 12);
    expect(result.metrics.nodeCostInUse).toBeGreaterThan(0);
    expect(result.metrics.nodeCostInUse).toBeLessThan(result.metrics.nodeCost as number);
  });

  test('keeps the catalogue among its inputs, so that it repeats itself without the one of the project', () => {
    const { experiment, inputs } = study({ nodes: [{ name: 'worker', type: 'm5.xlarge', count: 2 }] });
    expect(experiment.cluster.catalogue).toBe('inputs/machine-types.csv');
    expect(inputs['inputs/machine-types.csv']).toContain('m5.xlarge,aws');
    expect(study({ nodes: [{ name: 'worker', count: 1, capacity: { cpu: 1 } }] }).inputs).toEqual({});
  });

  test('reads a catalogue of one’s own, and no other', () => {
    const head = 'type,provider,arch,cpu,memoryMib,gpus,pods,cpuAllocatableMillis,memoryAllocatableMib,pricePerHour';
    const nodes = [{ name: 'worker', type: 'box', count: 1 }];
    const files = { 'own.csv': `${head}\nbox,,,16,65536,,200,,,3\n` };
    const { nodeGroups, prices } = workloadInput(study({ nodes, catalogue: 'own.csv' }, {}, files));
    expect(nodeGroups[0]?.capacity).toEqual({ cpu: '16', memory: '65536Mi', pods: '200' });
    expect([...prices]).toEqual([['worker-0', 3]]);
    expect(() => study({ nodes: [{ ...nodes[0], type: 'm5.xlarge' }], catalogue: 'own.csv' }, {}, files)).toThrow(
      'cluster.nodes[0].type: found m5.xlarge, which the catalogue does not have',
    );
  });

  test('takes a type as a factor', () => {
    const nodes = [{ name: 'worker', type: 'm5.xlarge', count: 2 }];
    const factors = { 'cluster.nodes[0].type': ['c5.large', 'm5.2xlarge'] };
    const typed = study({ nodes }, { factors });
    const prices = casesOf(typed.experiment).map((each) =>
      workloadOf(experimentOfCase(typed.experiment, each), typed.inputs).prices.get('worker-1'),
    );
    expect(prices).toEqual([0.085, 0.384]);
    const wrong = study({ nodes }, { factors: { 'cluster.nodes[0].type': ['c5.lrge'] } });
    expect(() => checkStudy(wrong)).toThrow(
      'type: found c5.lrge, which the catalogue does not have; accepted: c5.large',
    );
  });

  test('prices manifests alike, or by the label that names their type', () => {
    const files = { 'nodes.yaml': nodeManifest('a', 'm5.large') + nodeManifest('b', 'c5.xlarge') };
    const pricesOf = (price: unknown): unknown => [
      ...workloadInput(study({ nodes: [{ manifests: 'nodes.yaml', price }] }, {}, files)).prices,
    ];
    expect(pricesOf(0.3)).toEqual([
      ['a', 0.3],
      ['b', 0.3],
    ]);
    expect(pricesOf('catalogue')).toEqual([
      ['a', 0.096],
      ['b', 0.17],
    ]);
  });

  test('says how many Nodes have no price where others have one', () => {
    const nodes = [
      { name: 'worker', count: 3, capacity: { cpu: 1 } },
      { name: 'paid', count: 2, capacity: { cpu: 1 }, price: 1 },
    ];
    expect(checkStudy(study({ nodes }))).toContain('3 of 5 Nodes have no price: the cost is that of the others');
  });
});

test.each([
  [
    { name: 'w', count: 1, type: 'm5.xlrge' },
    'e.yaml:6: cluster.nodes[0].type: found m5.xlrge, which the catalogue does not have; accepted: m5.xlarge',
  ],
  [{ name: 'w', count: 1 }, 'cluster.nodes[0].capacity: found neither type nor capacity; accepted: one or both'],
  [{ name: 'w', count: 1, capacity: {}, price: -1 }, 'cluster.nodes[0].price: found -1; accepted: a number from 0'],
  [
    { manifests: 'x.yaml', price: 'dear' },
    'cluster.nodes[0].price: found "dear"; accepted: a number from 0, or catalogue',
  ],
])('%j is refused', (entry, message) => {
  expect(() => study({ nodes: [entry] })).toThrow(message);
});

test('a Node whose label the catalogue has no price for is named', () => {
  const price = (node: string): unknown =>
    workloadInput(study({ nodes: [{ manifests: 'n.yaml', price: 'catalogue' }] }, {}, { 'n.yaml': node }));
  expect(() => price(nodeManifest('a', 'x9.huge'))).toThrow(
    'inputs/n.yaml:2: price: catalogue: found x9.huge; accepted',
  );
  expect(() => price(nodeManifest('a'))).toThrow('found Node a without the label node.kubernetes.io/instance-type');
});
