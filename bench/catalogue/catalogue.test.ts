/** The catalogue of machine types: what its file holds, the rules its amounts follow, and what is refused. */
import { readFileSync } from 'node:fs';
import { csvParse } from 'd3-dsv';
import { describe, expect, test } from 'vitest';
import { milliValue, value } from '../../models/objects/index.ts';
import { closeNames } from './close-names.ts';
import { builtInCatalogue, type MachineType, parseCatalogue, typeNamed } from './machine-types.ts';
import { readCatalogue, withType } from './with-type.ts';

const MIB = 1 << 20;
const catalogue = readCatalogue();
const of = (provider: string): MachineType[] => [...catalogue.values()].filter((one) => one.provider === provider);
const mib = (amount: string | number | undefined): number => value(amount ?? 0) / MIB;
const HEAD = 'type,provider,arch,cpu,memoryMib,gpus,pods,cpuAllocatableMillis,memoryAllocatableMib,pricePerHour';

/** EKS and GKE alike: 6 % of the first core, 1 % of the second, 0.5 % of two more, 0.25 % of the others. */
function reservedMillis(cores: number): number {
  return 60 + (cores > 1 ? 10 : 0) + 5 * Math.max(0, Math.min(2, cores - 2)) + 2.5 * Math.max(0, cores - 4);
}

function gkeReservedMib(memory: number): number {
  const steps = [
    [4096, 0.25],
    [4096, 0.2],
    [8192, 0.1],
    [114_688, 0.06],
    [Infinity, 0.02],
  ] as const;
  let rest = memory;
  return steps.reduce((sum, [size, share]) => {
    const part = Math.min(size, rest);
    rest -= part;
    return sum + part * share;
  }, 100);
}

describe('the file', () => {
  test('has types of both providers, each with a price', () => {
    expect(of('aws').length).toBeGreaterThan(50);
    expect(of('gcp').length).toBeGreaterThan(30);
    for (const { type, pricePerHour } of catalogue.values()) expect(pricePerHour, type).toBeGreaterThan(0);
  });

  test('gives a type its size, labels and price', () => {
    expect(catalogue.get('g5.2xlarge')).toEqual({
      type: 'g5.2xlarge',
      provider: 'aws',
      labels: { 'kubernetes.io/arch': 'amd64', 'node.kubernetes.io/instance-type': 'g5.2xlarge' },
      capacity: { cpu: '8', memory: '32768Mi', pods: '58', 'nvidia.com/gpu': '1' },
      allocatable: { cpu: '7910m', memory: '29317Mi' },
      pricePerHour: 1.212,
    });
  });

  test.each([...catalogue.values()].map((machine) => [machine.type, machine] as const))(
    '%s keeps from Pods what its provider says',
    (_, { provider, capacity, allocatable, labels }) => {
      const [memory, pods, cores] = [mib(capacity.memory), Number(capacity.pods), Number(capacity.cpu)];
      const machine = 0.925 * (memory - (labels['kubernetes.io/arch'] === 'arm64' ? 64 : 0));
      const left = provider === 'aws' ? machine - (255 + 11 * pods) - 100 : memory - gkeReservedMib(memory);
      expect(mib(allocatable.memory)).toBe(Math.floor(left + 1e-6));
      expect(milliValue(allocatable.cpu ?? 0)).toBe(cores * 1000 - Math.floor(reservedMillis(cores)));
    },
  );

  test('a larger machine of a family costs in proportion to its cores', () => {
    const rows = csvParse(readFileSync(builtInCatalogue(), 'utf8')).filter(({ gpus }) => gpus === '0');
    const perCore = new Map<string, number[]>();
    for (const { type = '', cpu, pricePerHour } of rows) {
      const family = type.replace(/\.\w+$|-\d+$/, '');
      if (family === 't3') continue;
      perCore.set(family, [...(perCore.get(family) ?? []), Number(pricePerHour) / Number(cpu)]);
    }
    for (const [family, prices] of perCore) {
      for (const price of prices) expect(price, family).toBeCloseTo(prices[0] as number, 6);
    }
  });
});

describe('an entry with a type', () => {
  test('has all of the catalogue', () => {
    const { capacity, allocatable, labels, price } = withType({ type: 'm5.xlarge' }, catalogue);
    expect(capacity).toEqual({ cpu: '4', memory: '16384Mi', pods: '58' });
    expect(allocatable).toEqual({ cpu: '3920m', memory: '14162Mi', pods: '58' });
    expect(labels).toMatchObject({ 'node.kubernetes.io/instance-type': 'm5.xlarge' });
    expect(price).toBe(0.192);
  });

  test('has its own amounts, labels and price first; an amount that it gives is wholly allocatable', () => {
    const entry = {
      type: 'm5.xlarge',
      capacity: { memory: '8Gi', pods: 110 },
      allocatable: { pods: 100 },
      labels: { a: 'b' },
      price: 0,
    };
    expect(withType(entry, catalogue)).toMatchObject({
      capacity: { cpu: '4', memory: '8Gi', pods: 110 },
      allocatable: { cpu: '3920m', memory: '8Gi', pods: 100 },
      labels: { a: 'b', 'kubernetes.io/arch': 'amd64' },
      price: 0,
    });
  });

  test('that is unknown is told the names like it', () => {
    expect(() => withType({ type: 'm5.xlrge' }, catalogue)).toThrow(
      'type: found m5.xlrge, which the catalogue does not have; accepted: m5.xlarge, c5.xlarge, ',
    );
    expect(typeNamed(catalogue, 'zzzzzzzzz')).toEqual({
      unknown:
        'found zzzzzzzzz, which the catalogue does not have; accepted: a type of the catalogue; clockwork plan --types lists all',
    });
  });
});

describe('a file of one’s own', () => {
  test('may leave out what is allocatable, the architecture, GPUs and the price', () => {
    const own = parseCatalogue('own.csv', `${HEAD}\nbox,,,16,65536,,200,,,\n`);
    expect(own.get('box')).toEqual({
      type: 'box',
      provider: '',
      labels: { 'node.kubernetes.io/instance-type': 'box' },
      capacity: { cpu: '16', memory: '65536Mi', pods: '200' },
      allocatable: {},
      pricePerHour: undefined,
    });
  });

  test.each([
    ['type,cpu\nbox,4\n', 'own.csv:1: found the columns type,cpu; accepted: type,provider,arch'],
    [`${HEAD}\nbox,,,four,1,,1,,,\n`, "own.csv:2: cpu: found 'four'; accepted: a whole number from 0"],
    [`${HEAD}\nbox,,,4,,,1,,,\n`, "own.csv:2: memoryMib: found ''; accepted: a whole number from 0"],
    [`${HEAD}\nbox,,,4,1,,1,,,-2\n`, "own.csv:2: pricePerHour: found '-2'; accepted: a number from 0"],
    [`${HEAD}\n,,,4,1,,1,,,\n`, "own.csv:2: type: found ''; accepted: a name"],
    [`${HEAD}\nbox,,,4,1,,1,,,\nbox,,,4,1,,1,,,\n`, 'own.csv:3: box is listed twice'],
  ])('%j is refused', (text, message) => {
    expect(() => parseCatalogue('own.csv', text)).toThrow(message);
  });
});

test('close names are the nearest first, and none for what is like nothing', () => {
  expect(closeNames('c5.larg', ['r5.large', 'c5.large', 'e2-standard-4'])).toEqual(['c5.large', 'r5.large']);
  expect(closeNames('x', ['c5.large'])).toEqual([]);
});
