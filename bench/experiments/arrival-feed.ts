/**
 * Sends Pods into a cluster as they arrive: the process says when, a draw which template, another how long the Pod runs.
 * All is drawn at arrival, from streams of its own, so that every policy of a run sees the same Pods.
 */
import {
  type Arrivals,
  arrivals,
  type RandomStream,
  type Sampler,
  type Simulation,
  sampler,
  secondsToMicros,
} from '../../engine/index.ts';
import type { Pod } from '../../models/objects/pod.ts';
import { PODS } from '../../models/objects/resources.ts';
import { parseDuration } from './duration.ts';
import { podOfTemplate } from './pod-template.ts';
import type { WorkloadArrivals } from './schema.ts';
import type { SimulatedCluster } from './simulated-cluster.ts';

/** Plans the arrivals of one workload entry; `refused` gets what the API server refuses. */
export function startArrivals(
  sim: Simulation,
  cluster: SimulatedCluster,
  entry: WorkloadArrivals,
  refused: (what: string) => void,
): { isDone(): boolean } {
  const feed = new ArrivalFeed(sim, cluster, entry, refused);
  sim.at(parseDuration(entry.at ?? '0s') as number, planNext, feed);
  return feed;
}

type Spec = WorkloadArrivals['arrivals'];

class ArrivalFeed {
  readonly #sim: Simulation;
  readonly #cluster: SimulatedCluster;
  readonly #spec: Spec;
  readonly #refused: (what: string) => void;
  readonly #arrivals: Arrivals;
  readonly #templates: RandomStream;
  readonly #lifetimes: RandomStream;
  readonly #lifetime: Sampler | undefined;
  readonly #weights: number;
  /** Lifetime of Pods that do not run yet, by namespace/name. */
  readonly #waiting = new Map<string, number>();
  #count = 0;
  #hasMore = true;
  /** Requests that wait for their answer, and Pods that run towards their end. */
  #underWay = 0;

  constructor(sim: Simulation, cluster: SimulatedCluster, entry: WorkloadArrivals, refused: (what: string) => void) {
    const spec = entry.arrivals;
    const stream = (what: string): RandomStream => sim.stream(`workload/${spec.namespace}/${spec.name}/${what}`);
    this.#sim = sim;
    this.#cluster = cluster;
    this.#spec = spec;
    this.#refused = refused;
    this.#arrivals = arrivals(spec.process, stream('arrivals'), `arrivals ${spec.name}: process`);
    this.#templates = stream('templates');
    this.#lifetimes = stream('lifetimes');
    const { lifetimeSeconds } = spec;
    this.#lifetime = lifetimeSeconds && sampler(lifetimeSeconds, `arrivals ${spec.name}: lifetimeSeconds`);
    this.#weights = spec.templates.reduce((sum, { weight }) => sum + weight, 0);
    if (this.#lifetime !== undefined)
      cluster.observe(({ resource, object }) => this.#seen(resource === PODS, object as Pod));
  }

  planNext(): void {
    const gapMicros = this.#arrivals.next();
    if (gapMicros === undefined) this.#hasMore = false;
    else this.#sim.after(gapMicros, arrive, this);
  }

  arrive(): void {
    const { name, namespace } = this.#spec;
    const template = this.#template();
    const pod = podOfTemplate(template, namespace, `${name}-${this.#count++}`);
    const key = `${namespace}/${pod.metadata.name}`;
    if (this.#lifetime !== undefined) {
      this.#waiting.set(key, secondsToMicros(Math.max(0, this.#lifetime(this.#lifetimes))));
    }
    this.#underWay++;
    this.#cluster.create(PODS, pod, (refusal) => {
      this.#underWay--;
      if (refusal !== undefined) this.#refused(`Pod ${key}: ${refusal}`);
    });
    this.planNext();
  }

  #template(): Spec['templates'][number] {
    let rest = this.#templates.uniform() * this.#weights;
    const { templates } = this.#spec;
    for (const template of templates) {
      rest -= template.weight;
      if (rest < 0) return template;
    }
    return templates.at(-1) as Spec['templates'][number];
  }

  /** A Pod that has begun to run gets its end. */
  #seen(isPod: boolean, pod: Pod): void {
    if (!isPod || pod.status?.phase !== 'Running') return;
    const { namespace, name } = pod.metadata;
    const key = `${namespace}/${name}`;
    const lifetimeMicros = this.#waiting.get(key);
    if (lifetimeMicros === undefined) return;
    this.#waiting.delete(key);
    this.#underWay++;
    this.#sim.after(lifetimeMicros, endPod, this, pod);
  }

  isDone(): boolean {
    return !this.#hasMore && this.#underWay === 0;
  }

  /** Deletes a Pod whose time has come. */
  end(pod: Pod): void {
    this.#underWay--;
    this.#cluster.delete(PODS, pod.metadata.namespace, pod.metadata.name);
  }
}

function planNext(feed: ArrivalFeed): void {
  feed.planNext();
}

function arrive(feed: ArrivalFeed): void {
  feed.arrive();
}

function endPod(feed: ArrivalFeed, pod: Pod): void {
  feed.end(pod);
}
