/**
 * One row of the cluster benchmark, in a process of its own: `node --expose-gc measure-row.js ROW`, with `profile` as a second
 * argument to see where the time goes. Prints one line of JSON.
 */
import type { Cluster } from '../../../models/cluster.ts';
import { type Profile, profiled, sharesOf } from './profile-shares.ts';
import { emptyCluster, type RowOptions, runWorkload } from './workload.ts';

export interface Measured {
  readonly podsPerSecond: number;
  readonly eventsPerSecond: number;
  /** User CPU time of the run: says more than wall time on a machine that others use. */
  readonly cpuSeconds: number;
  readonly virtualSeconds: number;
  readonly bytesPerPod: number;
  /** The most that the process ever had. */
  readonly rssBytes: number;
  readonly digest: string;
}

/** Seconds of virtual time in which what is on its way when the last Pod runs comes to rest, before memory is measured. */
const REST_MICROS = 10_000_000;

function heapBytes(): number {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error('run with --expose-gc: memory is measured after a collection');
  gc();
  gc();
  return process.memoryUsage().heapUsed + process.memoryUsage().external;
}

function warmUp(options: RowOptions): void {
  const { warm = 0 } = options;
  for (let i = 0; i < warm; i++) runWorkload(emptyCluster(options), options);
}

type Speed = Pick<Measured, 'podsPerSecond' | 'eventsPerSecond' | 'cpuSeconds' | 'virtualSeconds'>;

function timed(cluster: Cluster, options: RowOptions): Speed {
  const { sim } = cluster;
  const eventsBefore = sim.executed;
  const virtualBefore = sim.nowMicros;
  const cpuBefore = process.cpuUsage().user;
  const start = process.hrtime.bigint();
  runWorkload(cluster, options);
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  return {
    podsPerSecond: Math.round(options.pods / seconds),
    eventsPerSecond: Math.round((sim.executed - eventsBefore) / seconds),
    cpuSeconds: (process.cpuUsage().user - cpuBefore) / 1e6,
    virtualSeconds: (sim.nowMicros - virtualBefore) / 1e6,
  };
}

function measure(options: RowOptions): Measured {
  warmUp(options);
  // The collections before memory is measured throw compiled code away: what is to be warm is timed before them.
  const warmSpeed = (options.warm ?? 0) > 0 ? timed(emptyCluster(options), options) : undefined;
  const cluster = emptyCluster(options);
  const { sim } = cluster;
  const bytesBefore = heapBytes();
  const speed = timed(cluster, options);
  const digest = sim.trace.digest.toString();
  sim.runUntil({ timeMicros: sim.nowMicros + REST_MICROS });
  const bytesPerPod = Math.round((heapBytes() - bytesBefore) / options.pods);
  const rssBytes = process.resourceUsage().maxRSS * 1024;
  return { ...(warmSpeed ?? speed), bytesPerPod, rssBytes, digest };
}

function profile(options: RowOptions): Record<string, number> {
  warmUp(options);
  const cluster = emptyCluster(options);
  const taken: Profile = profiled(() => runWorkload(cluster, options));
  return sharesOf(taken);
}

const [row = '{}', mode] = process.argv.slice(2);
const options = JSON.parse(row) as RowOptions;
console.log(JSON.stringify(mode === 'profile' ? profile(options) : measure(options)));
