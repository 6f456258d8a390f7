/**
 * The random process of the FGD study against what the study and Go printed. Needs ../shared.
 */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fragmentationMilli, typicalPods } from './fragmentation.ts';
import { GoRand } from './go-rand.ts';
import { drawStudyOrder, readFirstWords } from './study-order.ts';
import { readNodes, readPods } from './trace.ts';

const shared = process.env.CLOCKWORK_SHARED ?? '../shared';
const openb = `${shared}/traces/openb`;
const here = existsSync(openb);
const words = (seed: number): BigUint64Array => readFirstWords(`${openb}/go_rand_uint64_first607_seeds42-51.csv`, seed);
const random = (seed: number): GoRand => new GoRand(words(seed));

describe.skipIf(!here)('the random process of the FGD study (needs ../shared)', () => {
  test('gives the 63-bit numbers that Go prints', () => {
    const generator = random(42);
    expect([1, 2, 3].map(() => generator.int63().toString())).toEqual([
      '3440579354231278675',
      '608747136543856411',
      '5571782338101878760',
    ]);
  });
  test('shuffles, permutes and bounds as Go does', () => {
    const twelve = Array.from({ length: 12 }, (_, i) => i);
    random(42).shuffle(twelve);
    expect(twelve).toEqual([7, 9, 3, 5, 8, 11, 2, 10, 1, 6, 0, 4]);
    expect(random(42).permutation(12)).toEqual([7, 5, 8, 9, 2, 1, 6, 0, 10, 4, 3, 11]);
    const generator = random(43);
    expect([1, 2, 3, 4, 5, 6].map(() => generator.intn(8152))).toEqual([4295, 3289, 7800, 1211, 287, 5558]);
  });
  test('draws the arrival order and the ranks of all ten seeds', () => {
    const nodes = readNodes(`${openb}/trace/openb_node_list_gpu_node.csv`);
    const pods = readPods(`${openb}/trace/openb_pod_list_default.csv`);
    const arrivalLines = readFileSync(`${openb}/arrival_default_seeds42-51.csv`, 'utf8').trimEnd().split('\n').slice(1);
    const rankLines = readFileSync(`${openb}/noderank_default_seeds42-51.csv`, 'utf8').trimEnd().split('\n').slice(1);
    for (let seed = 42; seed <= 51; seed++) {
      const order = drawStudyOrder(nodes, pods, random(seed));
      const recorded = arrivalLines.map((line) => line.split(',')[seed - 41] as string).filter((cell) => cell !== '');
      expect(order.arrivals.map((pod) => pod.name.slice(10, 14))).toEqual(recorded);
      const ranks = rankLines.map((line) => line.split(','));
      expect(ranks.map((cells) => order.ranks.get(cells[0] as string))).toEqual(
        ranks.map((cells) => Number(cells[seed - 41])),
      );
    }
  });
  test.each(['default', 'gpuspec33'])('finds the typical Pods of %s', (trace) => {
    const typical = typicalPods(readPods(`${openb}/trace/openb_pod_list_${trace}.csv`));
    const recorded = readFileSync(`${openb}/typical_pods_${trace}.csv`, 'utf8')
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','));
    expect(typical.map((t) => [t.cpuMilli, t.gpus, t.gpuMilli, t.gpuSpec, t.count, t.frequency].map(String))).toEqual(
      recorded.map((cells) => cells.slice(1)),
    );
  });
  test('an empty cluster is 13.9 % fragmented on the default trace', () => {
    const typical = typicalPods(readPods(`${openb}/trace/openb_pod_list_default.csv`));
    const nodes = readNodes(`${openb}/trace/openb_node_list_gpu_node.csv`);
    const sum = nodes.reduce(
      (total, node) =>
        total +
        fragmentationMilli(
          { cpuLeftMilli: node.cpuMilli, gpuLeftMilli: new Array<number>(node.gpus).fill(1000), model: node.model },
          typical,
        ),
      0,
    );
    expect((100 * sum) / 6_212_000).toBeCloseTo(13.9, 1);
  });
});
