/**
 * Sends a workload into a cluster as clients would: batches of manifests by a few requests at a time, arrivals by their
 * process. Nothing here looks at what the scheduler does, so every policy of a run gets the same workload.
 */
import type { Micros, Simulation } from '../../engine/index.ts';
import { startArrivals } from './arrival-feed.ts';
import type { SimulatedCluster } from './simulated-cluster.ts';
import type { Batch, WorkloadInput } from './workload-input.ts';

/**
 * Requests of a batch that are under way at a time.
 * Source: test/utils/create_resources.go and runners.go of Kubernetes, whose load generators use 30 workers.
 */
const CONCURRENT_REQUESTS = 30;

/** A workload on its way into a cluster. */
export interface WorkloadFeed {
  /** What the API server refused so far. */
  readonly refusals: readonly string[];
  /** Whether everything has been sent and every planned end of a Pod has come. */
  isDone(): boolean;
}

/** Plans everything. */
export function feedWorkload(sim: Simulation, cluster: SimulatedCluster, input: WorkloadInput): WorkloadFeed {
  const refusals: string[] = [];
  const refused = (what: string): void => void refusals.push(what);
  const senders = input.batches.map((batch) => new BatchSender(cluster, batch, refused));
  for (const sender of senders) sim.at(sender.atMicros, sendBatch, sender);
  const arrivals = input.arrivals.map((entry) => startArrivals(sim, cluster, entry, refused));
  return {
    refusals,
    isDone: () => senders.every((sender) => sender.isDone()) && arrivals.every((feed) => feed.isDone()),
  };
}

function sendBatch(sender: BatchSender): void {
  for (let lane = 0; lane < CONCURRENT_REQUESTS; lane++) sender.next();
}

/** Keeps a number of requests under way until all objects are sent. */
class BatchSender {
  readonly #cluster: SimulatedCluster;
  readonly #batch: Batch;
  readonly #refused: (what: string) => void;
  #sent = 0;
  #answered = 0;

  constructor(cluster: SimulatedCluster, batch: Batch, refused: (what: string) => void) {
    this.#cluster = cluster;
    this.#batch = batch;
    this.#refused = refused;
  }

  get atMicros(): Micros {
    return this.#batch.atMicros;
  }

  isDone(): boolean {
    return this.#answered === this.#batch.objects.length;
  }

  next(): void {
    const item = this.#batch.objects[this.#sent];
    if (item === undefined) return;
    this.#sent++;
    const { resource, object } = item;
    this.#cluster.create(resource, object, (refusal) => {
      this.#answered++;
      if (refusal !== undefined) {
        const { namespace, name } = object.metadata;
        this.#refused(`${resource.kind} ${namespace === undefined ? '' : `${namespace}/`}${name}: ${refusal}`);
      }
      this.next();
    });
  }
}
