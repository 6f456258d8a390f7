/**
 * The random process of the FGD study: in which order the Pods arrive, how the workload is inflated to 130 % of the
 * GPUs, and the rank by which ties between Nodes are broken. One generator serves all, so each draw has its place.
 */
import { readFileSync } from 'node:fs';
import { BadInputError } from '../../bad-input.ts';
import { GoRand } from './go-rand.ts';
import type { GpuNode, GpuPod } from './trace.ts';

/** The study fills the cluster until the Pods that have arrived ask for so many times its GPUs. */
const INFLATION = 1.3;

/** Draws that ten informers of the original program take between inflation and ranking. */
const INFORMER_DRAWS = 10;

export interface StudyOrder {
  /** Pods in order of arrival; clones are named `<name>-tuned-<i>`. */
  readonly arrivals: readonly GpuPod[];
  /** Rank of each Node of the list sorted by name; the lowest wins a tie. */
  readonly ranks: ReadonlyMap<string, number>;
}

const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
const gpuMilliOf = (pod: GpuPod): number => pod.gpus * pod.gpuMilli;

/** Reads the first words that each seed gives: columns `seedN`, 607 rows. */
export function readFirstWords(file: string, seed: number): BigUint64Array {
  return parseFirstWords(readFileSync(file, 'utf8'), file, seed);
}

/** @param file for messages */
export function parseFirstWords(text: string, file: string, seed: number): BigUint64Array {
  const [header, ...lines] = text.trimEnd().split('\n');
  const columns = (header as string).split(',');
  const column = columns.indexOf(`seed${seed}`);
  if (column < 0) {
    throw new BadInputError(`seed is ${seed}; the file has ${columns.slice(1).join(', ')}`, { file, line: 1 });
  }
  return BigUint64Array.from(lines, (line) => BigInt(line.split(',')[column] as string));
}

/** Draws arrival order and ranks, in the order in which the study draws them. */
export function drawStudyOrder(nodes: readonly GpuNode[], pods: readonly GpuPod[], random: GoRand): StudyOrder {
  random.int63(); // Evaluated by the original for a log line that is never printed.
  const workload = [...pods].sort(byName);
  const arrivals = [...workload];
  random.shuffle(arrivals);
  const gpuMilli = nodes.reduce((sum, node) => sum + node.gpus * 1000, 0);
  tune(arrivals, workload, Math.round(INFLATION * gpuMilli), random);
  for (let i = 0; i < INFORMER_DRAWS; i++) random.int63();
  const ranked = [...nodes].sort(byName);
  const permutation = random.permutation(ranked.length);
  return { arrivals, ranks: new Map(ranked.map((node, i) => [node.name, permutation[i] as number])) };
}

/** Adds clones at the end, or takes Pods out anywhere, until the demand for GPUs is at the target. */
function tune(arrivals: GpuPod[], workload: readonly GpuPod[], targetMilli: number, random: GoRand): void {
  let totalMilli = arrivals.reduce((sum, pod) => sum + gpuMilliOf(pod), 0);
  if (totalMilli > targetMilli) {
    while (totalMilli > targetMilli) {
      const k = random.intn(arrivals.length);
      totalMilli -= gpuMilliOf(arrivals[k] as GpuPod);
      arrivals.splice(k, 1);
    }
    return;
  }
  for (let i = 0; ; i++) {
    const pod = workload[random.intn(workload.length)] as GpuPod;
    // The test looks at one device only, the sum at all: so it is in the original.
    if (totalMilli + pod.gpuMilli > targetMilli) return;
    totalMilli += gpuMilliOf(pod);
    arrivals.push({ ...pod, name: `${pod.name}-tuned-${i}` });
  }
}
