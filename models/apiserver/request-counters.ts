/**
 * What the API server has done, for metrics: requests by verb and resource with the time that they took, and the load of
 * what is computed instead of played (Leases of thousands of kubelets), which counts as if it had been.
 */
import type { Micros } from '../../engine/index.ts';
import type { Resource } from '../objects/resources.ts';

export type Verb = 'create' | 'get' | 'list' | 'watch' | 'update' | 'patch' | 'delete' | 'bind' | 'evict';

/** Requests of one verb on one resource. */
export interface RequestCount {
  readonly verb: Verb;
  readonly resource: string;
  requests: number;
  /** Of them, those refused. */
  refused: number;
  /** Sum of the times from arrival at the server to the answer, without the network. */
  latencyMicros: Micros;
}

/** Latencies below this are counted in a list. */
const SHORT_MICROS = 16_384;

interface ComputedLoad {
  readonly count: RequestCount;
  readonly requests: () => number;
}

export class RequestCounters {
  readonly #byResource = new Map<string, Map<Verb, RequestCount>>();
  readonly #computed: ComputedLoad[] = [];
  /** How many writes took so many microseconds: nearly all are short, and a list is counted up faster than a map. */
  readonly #short = new Uint32Array(SHORT_MICROS);
  readonly #long = new Map<Micros, number>();

  /** A write of this kind has been committed, or refused. */
  written(count: RequestCount, latencyMicros: Micros): void {
    count.latencyMicros += latencyMicros;
    if (latencyMicros < SHORT_MICROS) (this.#short[latencyMicros] as number)++;
    else this.#long.set(latencyMicros, (this.#long.get(latencyMicros) ?? 0) + 1);
  }

  /** How many writes took how long, from their arrival at the server to their commit. */
  writeLatencies(): ReadonlyMap<Micros, number> {
    const counts = new Map<Micros, number>();
    this.#short.forEach((count, micros) => {
      if (count > 0) counts.set(micros, count);
    });
    for (const [micros, count] of this.#long) counts.set(micros, count);
    return counts;
  }

  of(verb: Verb, resource: Resource): RequestCount {
    let verbs = this.#byResource.get(resource.plural);
    if (verbs === undefined) {
      verbs = new Map();
      this.#byResource.set(resource.plural, verbs);
    }
    let count = verbs.get(verb);
    if (count === undefined) {
      count = { verb, resource: resource.plural, requests: 0, refused: 0, latencyMicros: 0 };
      verbs.set(verb, count);
    }
    return count;
  }

  /** Adds requests that nobody sends, as many as `requests` says when it is asked. */
  compute(verb: Verb, resource: Resource, requests: () => number): void {
    this.#computed.push({ count: this.of(verb, resource), requests });
  }

  /** All counts so far, computed load included, in the order of first use. */
  all(): RequestCount[] {
    const counts = [...this.#byResource.values()].flatMap((verbs) => [...verbs.values()]);
    return counts.map((count) => {
      const computed = this.#computed.filter((load) => load.count === count);
      return { ...count, requests: computed.reduce((sum, load) => sum + load.requests(), count.requests) };
    });
  }
}
