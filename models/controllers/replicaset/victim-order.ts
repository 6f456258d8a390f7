/**
 * Which Pods go first when there are too many: the Pod whose loss hurts least is the first victim.
 * Source: pkg/controller/controller_utils.go (ActivePodsWithRanks, ActivePods), KEP-2185 (logarithmic ages),
 * KEP-2255 (deletion cost).
 */
import type { Pod } from '../../objects/pod.ts';
import { isPodReady } from '../pod-facts.ts';
import { timestampToSeconds } from '../../objects/timestamp.ts';

export const POD_DELETION_COST_ANNOTATION = 'controller.kubernetes.io/pod-deletion-cost';

/** A Pod with what its rank is made of, worked out once for each sort. Times are in seconds; NaN means never. */
interface Candidate {
  readonly pod: Pod;
  readonly assigned: boolean;
  readonly phase: number;
  readonly ready: boolean;
  readonly cost: number;
  readonly neighbours: number;
  readonly readySeconds: number;
  readonly restarts: number;
  readonly sidecarRestarts: number;
  readonly createdSeconds: number;
}

function phaseOrdinal(pod: Pod): number {
  const phase = pod.status?.phase;
  return phase === 'Running' ? 2 : phase === 'Unknown' ? 1 : 0;
}

/** Text that is not a plain 32-bit integer costs 0, as if there were no annotation. */
export function deletionCost(pod: Pod): number {
  const text = pod.metadata.annotations?.[POD_DELETION_COST_ANNOTATION];
  if (text === undefined || !/^(?:0|-[0-9]+|[1-9][0-9]*)$/.test(text)) return 0;
  const cost = Number(text);
  return cost === (cost | 0) ? cost : 0;
}

function maxRestarts(pod: Pod): { restarts: number; sidecarRestarts: number } {
  let restarts = 0;
  for (const status of pod.status?.containerStatuses ?? []) restarts = Math.max(restarts, status.restartCount);
  let sidecarRestarts = 0;
  for (const status of pod.status?.initContainerStatuses ?? []) {
    const isSidecar = pod.spec.initContainers?.some(
      (container) => container.name === status.name && container.restartPolicy === 'Always',
    );
    if (isSidecar) sidecarRestarts = Math.max(sidecarRestarts, status.restartCount);
  }
  return { restarts, sidecarRestarts };
}

/** Times already read: the Pods of a set share few of them. */
type KnownTimes = Map<string, number>;

function secondsOf(timestamp: string | null | undefined, known: KnownTimes): number {
  if (timestamp === undefined || timestamp === null) return Number.NaN;
  let seconds = known.get(timestamp);
  if (seconds === undefined) {
    seconds = timestampToSeconds(timestamp);
    known.set(timestamp, seconds);
  }
  return seconds;
}

function candidate(pod: Pod, neighbours: number, known: KnownTimes = new Map()): Candidate {
  const ready = isPodReady(pod);
  const since = pod.status?.conditions?.find((condition) => condition.type === 'Ready')?.lastTransitionTime;
  return {
    pod,
    assigned: (pod.spec.nodeName ?? '') !== '',
    phase: phaseOrdinal(pod),
    ready,
    cost: deletionCost(pod),
    neighbours,
    readySeconds: ready ? secondsOf(since, known) : Number.NaN,
    ...maxRestarts(pod),
    createdSeconds: secondsOf(pod.metadata.creationTimestamp, known),
  };
}

/** ⌊log2 of an age in nanoseconds⌋, -1 for none. */
function ageRank(sinceSeconds: number, nowSeconds: number): number {
  let nanos = Math.round((nowSeconds - sinceSeconds) * 1e9);
  if (nanos <= 0) return -1;
  let rank = 0;
  while (nanos >= 4294967296) {
    nanos /= 4294967296;
    rank += 32;
  }
  return rank + 31 - Math.clz32(Math.floor(nanos));
}

/** Negative when x goes first: no time, then the later. Undefined when the times are the same. */
function byTime(x: number, y: number, xUid: string, yUid: string, nowSeconds: number | undefined): number | undefined {
  const noX = Number.isNaN(x);
  const noY = Number.isNaN(y);
  if (x === y || (noX && noY)) return undefined;
  if (noX || noY) return noX ? -1 : 1;
  if (nowSeconds === undefined) return y - x;
  const ranks = ageRank(x, nowSeconds) - ageRank(y, nowSeconds);
  return ranks === 0 ? (xUid < yUid ? -1 : xUid > yUid ? 1 : 0) : ranks;
}

function compare(x: Candidate, y: Candidate, nowSeconds: number | undefined): number {
  if (x.assigned !== y.assigned) return x.assigned ? 1 : -1;
  if (x.phase !== y.phase) return x.phase - y.phase;
  if (x.ready !== y.ready) return x.ready ? 1 : -1;
  if (x.cost !== y.cost) return x.cost - y.cost;
  if (x.neighbours !== y.neighbours) return y.neighbours - x.neighbours;
  const xUid = x.pod.metadata.uid ?? '';
  const yUid = y.pod.metadata.uid ?? '';
  if (x.ready) {
    const byReady = byTime(x.readySeconds, y.readySeconds, xUid, yUid, nowSeconds);
    if (byReady !== undefined) return byReady;
  }
  if (x.restarts !== y.restarts) return y.restarts - x.restarts;
  if (x.sidecarRestarts !== y.sidecarRestarts) return y.sidecarRestarts - x.sidecarRestarts;
  return byTime(x.createdSeconds, y.createdSeconds, xUid, yUid, nowSeconds) ?? 0;
}

/**
 * The Pods, first victim first. `neighbours[i]` counts the active Pods of related ReplicaSets on the Node of pods[i].
 * With `nowSeconds` (since 1970) ages count by their binary logarithm, and equal ones go by uid; without, by time.
 */
export function sortVictims(pods: readonly Pod[], neighbours: readonly number[], nowSeconds?: number): Pod[] {
  const known: KnownTimes = new Map();
  return pods
    .map((pod, i) => candidate(pod, neighbours[i] ?? 0, known))
    .sort((x, y) => compare(x, y, nowSeconds))
    .map((entry) => entry.pod);
}

/** Whether x goes strictly before y. */
export function isVictimBefore(x: Pod, xNeighbours: number, y: Pod, yNeighbours: number, nowSeconds?: number): boolean {
  return compare(candidate(x, xNeighbours), candidate(y, yNeighbours), nowSeconds) < 0;
}

/** The older order without deletion cost, neighbours and logarithms, as the Job controller uses it. */
export function sortActivePods(pods: readonly Pod[]): Pod[] {
  return pods
    .map((pod) => ({ ...candidate(pod, 0), cost: 0 }))
    .sort((x, y) => compare(x, y, undefined))
    .map((entry) => entry.pod);
}
