/**
 * The Pods of one Node with their workers. Most Pods of a cluster run undisturbed for long, and then their status says all that the
 * kubelet knows of them: for those only the Pod itself is kept ("at rest"), and the worker is made anew from it when something happens.
 */
import { MICROS_PER_SECOND } from '../../engine/index.ts';
import type { ContainerStatus, Pod } from '../objects/pod.ts';
import { timestampToSeconds } from '../objects/timestamp.ts';
import type { Kubelet } from './kubelet.ts';
import { type ContainerRun, newPodWorker, type PodWorker } from './pod-worker.ts';

type Entry = PodWorker | Pod;

function isWorker(entry: Entry): entry is PodWorker {
  return 'kubelet' in entry;
}

export class PodWorkers {
  readonly #kubelet: Kubelet;
  readonly #entries = new Map<string, Entry>();

  constructor(kubelet: Kubelet) {
    this.#kubelet = kubelet;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The worker for whoever may go on to hold it: it will not be put to rest any more. */
  get(uid: string): PodWorker | undefined {
    const worker = this.find(uid);
    if (worker !== undefined) worker.isHeld = true;
    return worker;
  }

  /** The worker for the kubelet itself, which asks anew at each event. */
  find(uid: string): PodWorker | undefined {
    const entry = this.#entries.get(uid);
    return entry === undefined || isWorker(entry) ? entry : this.#wake(entry);
  }

  /** The Pod that has this address and has not ended. */
  holderOf(address: string): PodWorker | undefined {
    for (const [uid, entry] of this.#entries) {
      const isHolder = isWorker(entry)
        ? entry.address === address && entry.stage !== 'stopped'
        : entry.status?.podIP === address;
      if (isHolder) return this.get(uid);
    }
    return undefined;
  }

  /** Pods whose containers have not all ended for good. */
  *livePods(): Generator<Pod> {
    for (const entry of this.#entries.values()) {
      if (!isWorker(entry)) yield entry;
      else if (entry.stage !== 'stopped') yield entry.pod;
    }
  }

  /** All workers; wakes every Pod. */
  *values(): Generator<PodWorker> {
    for (const uid of this.#entries.keys()) yield this.get(uid) as PodWorker;
  }

  /** The workers of Pods that are not at rest. */
  *busy(): Generator<PodWorker> {
    for (const entry of this.#entries.values()) if (isWorker(entry)) yield entry;
  }

  set(uid: string, worker: PodWorker): void {
    this.#entries.set(uid, worker);
  }

  delete(uid: string): void {
    this.#entries.delete(uid);
  }

  /** Keeps the Pod alone if its status says all that the worker knows. */
  rest(worker: PodWorker): void {
    if (canRest(worker)) this.#entries.set(worker.uid, worker.pod);
  }

  #wake(pod: Pod): PodWorker {
    const worker = workerOf(this.#kubelet, pod);
    this.#entries.set(worker.uid, worker);
    return worker;
  }
}

/** Nothing is planned or in flight, nothing has ever gone wrong, and what was sent is what is stored. */
function canRest(worker: PodWorker): boolean {
  const { pod, shape } = worker;
  const { spec, status } = pod;
  return (
    worker.stage === 'idle' &&
    worker.sent === status &&
    worker.step === undefined &&
    worker.sync === undefined &&
    worker.ending === undefined &&
    !(worker.isHeld || worker.isStatic || worker.terminal || worker.removed || worker.troubled || worker.hasChanged) &&
    worker.hasSandbox &&
    worker.address !== '' &&
    worker.address === status?.podIP &&
    worker.startTime === status.startTime &&
    pod.metadata.deletionTimestamp === undefined &&
    spec.activeDeadlineSeconds === undefined &&
    !shape.hasGates &&
    shape.initCount === 0 &&
    !shape.hasProbes &&
    worker.runs.every((run) => isSteady(run, status.containerStatuses))
  );
}

/** It runs since its first start, for as long as nobody stops it. */
function isSteady(run: ContainerRun, statuses: readonly ContainerStatus[] | undefined): boolean {
  return (
    run.state === 'running' &&
    run.ready &&
    run.started &&
    run.restartCount === 0 &&
    run.trouble === undefined &&
    run.exit === undefined &&
    run.probe === undefined &&
    run.status?.state?.running !== undefined &&
    (statuses?.includes(run.status) ?? false)
  );
}

/** The worker of a Pod at rest. Starts of containers are known to the second: nothing asks for more of a container without probes. */
export function workerOf(kubelet: Kubelet, pod: Pod): PodWorker {
  const { shapes, clock } = kubelet.fleet;
  const worker = newPodWorker(kubelet, pod, shapes.of(pod.spec), false);
  worker.stage = 'idle';
  worker.hasSandbox = true;
  worker.address = pod.status?.podIP ?? '';
  worker.startTime = pod.status?.startTime ?? '';
  worker.sent = pod.status;
  worker.cursor = worker.runs.length;
  for (const run of worker.runs) {
    const status = pod.status?.containerStatuses?.find(({ name }) => name === run.container.name);
    const startedAt = status?.state?.running?.startedAt ?? '';
    run.state = 'running';
    run.startedAtMicros = (timestampToSeconds(startedAt) - clock.startSeconds) * MICROS_PER_SECOND;
    run.ready = true;
    run.started = true;
    run.id = status?.containerID ?? '';
    run.status = status;
  }
  return worker;
}
