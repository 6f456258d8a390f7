/**
 * Sends a workload into a cluster as clients would: batches of manifests by a few requests at a time, arrivals by their
 * process. Nothing here looks at what the scheduler does, so every policy of a run gets the same workload.
 */
import type { Simulation } from '../../engine/index.ts';
import { startArrivals } from './arrival-feed.ts';
import type { SimulatedCluster } from './simulated-cluster.ts';
import type { Batch, WorkloadInput } from './workload-input.ts';

/**
 * Requests of a batch that are under way at a time.
 * Source: test/utils/create_resources.go and runners.go of Kubernetes, whose load generators use 30 workers.
 */
const CONCURRENT_REQUESTS = 30;

/** Plans everything; the returned list fills with the API server's refusals as the run goes on. */
export function feedWorkload(sim: Simulation, cluster: SimulatedCluster, input: WorkloadInput): string[] {
  const refusals: string[] = [];
  for (const batch of input.batches) sim.at(batch.atMicros, sendBatch, new BatchSender(cluster, batch, refusals));
  for (const entry of input.arrivals) startArrivals(sim, cluster, entry, (what) => void refusals.push(what));
  return refusals;
}

function sendBatch(sender: BatchSender): void {
  for (let lane = 0; lane < CONCURRENT_REQUESTS; lane++) sender.next();
}

/** Keeps a number of requests under way until all objects are sent. */
class BatchSender {
  readonly #cluster: SimulatedCluster;
  readonly #batch: Batch;
  readonly #refusals: string[];
  #sent = 0;

  constructor(cluster: SimulatedCluster, batch: Batch, refusals: string[]) {
    this.#cluster = cluster;
    this.#batch = batch;
    this.#refusals = refusals;
  }

  next(): void {
    const item = this.#batch.objects[this.#sent++];
    if (item === undefined) return;
    const { resource, object } = item;
    this.#cluster.create(resource, object, (refusal) => {
      if (refusal !== undefined) {
        const { namespace, name } = object.metadata;
        this.#refusals.push(`${resource.kind} ${namespace === undefined ? '' : `${namespace}/`}${name}: ${refusal}`);
      }
      this.next();
    });
  }
}
