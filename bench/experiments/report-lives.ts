/** Chooses the few Pods whose life the report shows: by their start-up latency under the first policy, and one that never ran. */
import type { PodLives, PodTimes } from '../../results/index.ts';
import type { PodRow } from './report-nodes.ts';

const CHOSEN: readonly (readonly [share: number, words: string])[] = [
  [0, 'fastest'],
  [0.5, 'median'],
  [0.9, 'p90'],
  [0.99, 'p99'],
  [1, 'slowest'],
];

/** `pods` of the same run, for each policy; undefined for a policy whose run failed. */
export function podLivesOf(run: number, pods: readonly (readonly PodRow[] | undefined)[]): PodLives | undefined {
  const base = pods.find((rows) => rows !== undefined);
  if (base === undefined) return undefined;
  const started = base
    .filter(({ scheduledMicros, runningMicros }) => !Number.isNaN(scheduledMicros) && !Number.isNaN(runningMicros))
    .sort((a, b) => latency(a) - latency(b) || (a.pod < b.pod ? -1 : 1));
  const chosen = new Map<string, string>();
  if (started.length > 0) {
    for (const [share, words] of CHOSEN) {
      const { pod } = started[Math.round(share * (started.length - 1))] as PodRow;
      chosen.set(pod, chosen.has(pod) ? `${chosen.get(pod)}, ${words}` : words);
    }
  }
  const waiting = base.find(({ node }) => node === '');
  if (waiting !== undefined) chosen.set(waiting.pod, 'never placed');
  if (chosen.size === 0) return undefined;
  const found = pods.map((rows) => new Map(rows?.filter(({ pod }) => chosen.has(pod)).map((row) => [row.pod, row])));
  return {
    run,
    pods: [...chosen].map(([pod, words]) => ({
      pod,
      chosen: words,
      policies: found.map((rows) => timesOf(rows.get(pod))),
    })),
  };
}

function latency({ createdMicros, runningMicros }: PodRow): number {
  return runningMicros - createdMicros;
}

function timesOf(row: PodRow | undefined): PodTimes | undefined {
  if (row === undefined) return undefined;
  const known = (micros: number): number | undefined => (Number.isNaN(micros) ? undefined : micros);
  return {
    createdMicros: row.createdMicros,
    scheduledMicros: known(row.scheduledMicros),
    runningMicros: known(row.runningMicros),
    deletedMicros: known(row.deletedMicros),
    node: row.node,
    attempts: known(row.attempts),
  };
}
