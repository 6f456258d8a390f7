/**
 * The scores against the published placements: every Pod of one seed, by the plainest loop (all Nodes scored for each Pod,
 * scores of a Node remembered until it changes). Needs ../shared.
 */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fragmentationMilli, typicalPods } from '../../workloads/openb/fragmentation.ts';
import { GoRand } from '../../workloads/openb/go-rand.ts';
import { drawStudyOrder, readFirstWords } from '../../workloads/openb/study-order.ts';
import { type GpuPod, readNodes, readPods } from '../../workloads/openb/trace.ts';
import { GpuNodeState, type GpuRequest } from './gpu-node.ts';
import {
  bestFitScore,
  dotProductScore,
  fragmentationGradient,
  gpuClusteringScore,
  gpuPackingScore,
  packedDevices,
} from './gpu-scores.ts';

const openb = `${process.env.CLOCKWORK_SHARED ?? '../shared'}/traces/openb`;

interface Placement {
  readonly node: string;
  readonly gpus: string;
}

type Judge = (pod: GpuPod, node: GpuNodeState) => { score: number; device: number };

const plain =
  (score: (request: GpuRequest, node: GpuNodeState) => number): Judge =>
  (pod, node) => ({ score: score(pod, node), device: -1 });

function place(trace: string, seed: number, judge: (workload: readonly GpuPod[]) => Judge): Placement[] {
  const nodes = readNodes(`${openb}/trace/openb_node_list_gpu_node.csv`);
  const workload = readPods(`${openb}/trace/openb_pod_list_${trace}.csv`);
  const { arrivals, ranks } = drawStudyOrder(
    nodes,
    workload,
    new GoRand(readFirstWords(`${openb}/go_rand_uint64_first607_seeds42-51.csv`, seed)),
  );
  const judgeOf = judge(workload);
  const ordered = [...nodes].sort((a, b) => (ranks.get(a.name) as number) - (ranks.get(b.name) as number));
  const states = ordered.map((node) => new GpuNodeState(node.cpuMilli, node.gpus, node.model));
  const memory = ordered.map((node) => node.memoryMib);
  const remembered = states.map(() => new Map<string, { score: number; device: number }>());
  return arrivals.map((pod) => {
    const key = `${pod.cpuMilli}/${pod.gpus}/${pod.gpuMilli}/${pod.gpuSpec}`;
    let best = -1;
    let bestScore = Number.NEGATIVE_INFINITY;
    let device = -1;
    for (let i = 0; i < states.length; i++) {
      const node = states[i] as GpuNodeState;
      if (node.cpuLeftMilli < pod.cpuMilli || (memory[i] as number) < pod.memoryMib || !node.fits(pod)) continue;
      const known = remembered[i] as Map<string, { score: number; device: number }>;
      let judged = known.get(key);
      if (judged === undefined) {
        judged = judgeOf(pod, node);
        known.set(key, judged);
      }
      if (judged.score <= bestScore) continue;
      best = i;
      bestScore = judged.score;
      device = judged.device;
    }
    if (best < 0) return { node: '', gpus: '' };
    const node = states[best] as GpuNodeState;
    const devices = device >= 0 ? [device] : packedDevices(pod, node);
    node.take(pod, devices);
    memory[best] = (memory[best] as number) - pod.memoryMib;
    remembered[best]?.clear();
    return { node: (ordered[best]?.name ?? '').slice(-4), gpus: devices.join('-') };
  });
}

const judges: Record<string, (workload: readonly GpuPod[]) => Judge> = {
  BestFit: () => plain(bestFitScore),
  DotProd: () => plain(dotProductScore),
  GpuPacking: () => plain(gpuPackingScore),
  GpuClustering: () => plain(gpuClusteringScore),
  FGD: (workload) => {
    const typical = typicalPods(workload);
    return (pod, node) => fragmentationGradient(pod, node, typical, fragmentationMilli(node, typical));
  },
};

describe.skipIf(!existsSync(openb))('published placements of seed 42 (needs ../shared)', () => {
  test.each(Object.keys(judges))('%s places every Pod of the default trace where the study does', (policy) => {
    const [header, ...lines] = readFileSync(`${openb}/placement_default_seed42.csv`, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => line.split(','));
    const column = (header as string[]).indexOf(`${policy}_node`);
    const published = lines.map((cells) => ({ node: cells[column], gpus: cells[column + 1] }));
    expect(place('default', 42, judges[policy] as (workload: readonly GpuPod[]) => Judge)).toEqual(published);
  });
});
