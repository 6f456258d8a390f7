/**
 * One probe worker step by step, as the kubelet runs it at every tick: what it stores as the container's result, when
 * it is on hold, when it ends. The simulation computes the ticks at which a result changes instead of playing all of
 * them (`container-probes.ts`); this is the plain rule.
 * Source: pkg/kubelet/prober/worker.go (doProbe), prober.go (probe), results/results_manager.go.
 */
import type { Probe } from '../objects/pod.ts';

export type ProbeType = 'readiness' | 'liveness' | 'startup';

/** What is stored for a container; 'UNKNOWN' is how upstream prints a result that is not known yet. */
export type StoredResult = 'Success' | 'Failure' | 'UNKNOWN';

/** What one run of the handler says; `error` is a handler that could not be run. */
export type HandlerResult = 'success' | 'failure' | 'warning' | 'unknown' | 'error';

export interface ProbedContainer {
  readonly podPhase: string;
  /** Undefined: the Pod has no status of such a container; '' when it has no ID yet. */
  readonly containerID: string | undefined;
  readonly state: 'running' | 'waiting' | 'terminated';
  readonly started: boolean;
  readonly runningSeconds: number;
}

export interface ProbeWorkerSpec {
  readonly type: ProbeType;
  readonly probe: Probe;
  readonly restartPolicy: string;
  readonly sidecar: boolean;
  readonly deleting: boolean;
}

/** A handler that cannot be run is tried so often. Source: prober.go (maxProbeRetries). */
const MAX_TRIES = 3;

const INITIAL: Readonly<Record<ProbeType, StoredResult>> = {
  readiness: 'Failure',
  liveness: 'Success',
  startup: 'UNKNOWN',
};

const TITLE: Readonly<Record<ProbeType, string>> = {
  readiness: 'Readiness',
  liveness: 'Liveness',
  startup: 'Startup',
};

export interface StepOutcome {
  readonly keepGoing: boolean;
  readonly probeRuns: number;
  /** Events without their object: "Warning Unhealthy …". */
  readonly events: readonly string[];
}

export class ProbeWorker {
  readonly #spec: ProbeWorkerSpec;
  #containerID = '';
  #stored: StoredResult | undefined;
  #onHold = false;
  #last: StoredResult = 'UNKNOWN';
  #run = 0;
  #probeRuns = 0;
  #events: string[] = [];

  constructor(spec: ProbeWorkerSpec) {
    this.#spec = spec;
  }

  /** What is stored for the container that is probed; undefined when nothing is. */
  get result(): StoredResult | undefined {
    return this.#stored;
  }

  get onHold(): boolean {
    return this.#onHold;
  }

  /** `handler` is what each run of the probe's handler says, `output` its text. */
  step(container: ProbedContainer, handler: HandlerResult, output: string): StepOutcome {
    this.#probeRuns = 0;
    this.#events = [];
    const keepGoing = this.#doProbe(container, handler, output);
    return { keepGoing, probeRuns: this.#probeRuns, events: this.#events };
  }

  #doProbe(container: ProbedContainer, handler: HandlerResult, output: string): boolean {
    const { type, probe, deleting } = this.#spec;
    if (container.podPhase === 'Failed' || container.podPhase === 'Succeeded') return false;
    const { containerID } = container;
    if (containerID === undefined || containerID === '') return true;
    if (containerID !== this.#containerID) {
      this.#containerID = containerID;
      this.#stored = INITIAL[type];
      this.#onHold = false;
    }
    if (this.#onHold) return true;
    if (container.state !== 'running') {
      this.#stored = 'Failure';
      return container.state !== 'terminated' || this.#spec.sidecar || this.#spec.restartPolicy !== 'Never';
    }
    if (deleting && type !== 'readiness') {
      this.#stored = 'Success';
      return false;
    }
    if (Math.trunc(container.runningSeconds) < (probe.initialDelaySeconds ?? 0)) return true;
    if (container.started === (type === 'startup')) return true;
    const result = this.#probe(handler, output);
    if (result !== undefined) this.#count(result);
    return true;
  }

  /** Undefined: the handler could not be run, and what it would have said is thrown away. */
  #probe(handler: HandlerResult, output: string): StoredResult | undefined {
    const title = TITLE[this.#spec.type];
    this.#probeRuns = handler === 'error' ? MAX_TRIES : 1;
    switch (handler) {
      case 'error':
        this.#events.push(`Warning Unhealthy ${title} probe errored and resulted in unknown state: ${output}`);
        return undefined;
      case 'warning':
        this.#events.push(`Warning ProbeWarning ${title} probe warning: ${output}`);
        return 'Success';
      case 'failure':
        this.#events.push(`Warning Unhealthy ${title} probe failed: ${output}`);
        return 'Failure';
      case 'unknown':
        return 'Failure';
      case 'success':
        return 'Success';
    }
  }

  #count(result: StoredResult): void {
    const { type, probe } = this.#spec;
    if (this.#last === result) this.#run++;
    else {
      this.#last = result;
      this.#run = 1;
    }
    const threshold = result === 'Failure' ? (probe.failureThreshold ?? 3) : (probe.successThreshold ?? 1);
    if (this.#run < threshold) return;
    this.#stored = result;
    if ((type === 'liveness' && result === 'Failure') || type === 'startup') {
      this.#onHold = true;
      this.#run = 0;
    }
  }
}
