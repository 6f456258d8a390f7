/**
 * Replays recordings of the scheduling queue (`q-queue`): each operation is done to the model's queue, through the same handlers of
 * informer events that the scheduler uses, and the whole state is compared after each one.
 */
import { SchedulingQueue } from '../../../models/scheduler/queue/scheduling-queue.ts';
import { DEFAULT_EVENTS } from '../../../models/scheduler/hints/default-events.ts';
import type { EventResource } from '../../../models/scheduler/queue/cluster-event.ts';
import { QueueEvents } from '../../../models/scheduler/queue/queue-events.ts';
import { keyOf, type QueuedPod } from '../../../models/scheduler/queue/queued-pod.ts';
import { QueueingHintMap } from '../../../models/scheduler/queue/queueing-hints.ts';
import type { KubeObject } from '../../../models/objects/meta.ts';
import type { Node } from '../../../models/objects/node.ts';
import type { Pod } from '../../../models/objects/pod.ts';
import type { Replayer, Verdict } from '../recording.ts';

/** The line that begins a sequence. */
interface SequenceLine {
  readonly sequence: string;
  /** Wall time at which the clock of the sequence shows 0. */
  readonly start: string;
  readonly podInitialBackoffSeconds: number;
  readonly podMaxBackoffSeconds: number;
  readonly podMaxInUnschedulablePodsSeconds: number;
  readonly nodes?: readonly Node[];
  readonly pods?: readonly Pod[];
}

interface Popped {
  readonly pod: string;
  readonly from: string;
  readonly attempts: number;
  readonly unschedulableCount: number;
  readonly consecutiveErrors: number;
  /** Milliseconds since the start. */
  readonly timestamp: number;
}

/** One operation; which members there are depends on `op`. */
interface OperationLine {
  readonly seq: string;
  readonly i: number;
  readonly op: string;
  /** Milliseconds since the start. */
  readonly at: number;
  readonly pod?: Pod | string;
  readonly pods?: readonly string[];
  readonly node?: Node | string;
  readonly pop?: Popped | null;
  readonly unschedulablePlugins?: readonly string[];
  readonly pendingPlugins?: readonly string[];
  readonly deleted?: boolean;
  readonly resource?: string;
  readonly old?: KubeObject;
  readonly new?: KubeObject;
  readonly state: Record<string, unknown>;
}

const MICROS_PER_MILLI = 1_000;
const MICROS_PER_SECOND = 1_000_000;

/** Microseconds since the last whole second: all that the queue needs to know of the wall clock. */
function microsOfSecond(rfc3339: string): number {
  const fraction = /\.(\d+)Z$/.exec(rfc3339)?.[1] ?? '';
  return Number(fraction.padEnd(6, '0').slice(0, 6));
}

/** One sequence: the queue and what the informers know. */
class QueueSequence {
  readonly #wallStartMicros: number;
  readonly #queue: SchedulingQueue;
  readonly #events: QueueEvents;
  readonly #nodes = new Map<string, Node>();
  readonly #pods = new Map<string, Pod>();
  readonly #inFlight = new Map<string, QueuedPod>();
  /** Pods that passed Permit and are not yet seen on their Node. */
  readonly #assumed = new Map<string, QueuedPod>();
  #flushedMicros = 0;

  constructor(line: SequenceLine) {
    this.#wallStartMicros = microsOfSecond(line.start);
    const gates = [
      { name: 'SchedulingGates', preEnqueue: (pod: Pod): boolean => (pod.spec.schedulingGates?.length ?? 0) === 0 },
    ];
    this.#queue = new SchedulingQueue({
      profiles: new Map([['default-scheduler', { hints: new QueueingHintMap(DEFAULT_EVENTS), gates }]]),
      initialBackoffMicros: line.podInitialBackoffSeconds * MICROS_PER_SECOND,
      maxBackoffMicros: line.podMaxBackoffSeconds * MICROS_PER_SECOND,
      maxInUnschedulableMicros: line.podMaxInUnschedulablePodsSeconds * MICROS_PER_SECOND,
      wallStartMicros: this.#wallStartMicros,
    });
    this.#events = new QueueEvents(this.#queue);
    for (const node of line.nodes ?? []) this.#nodes.set(node.metadata.name, node);
    for (const pod of line.pods ?? []) this.#pods.set(keyOf(pod), pod);
  }

  /** Does the operation and gives what the recording shows of it: the popped Pod, if any, and the state. */
  apply(line: OperationLine): { readonly pop?: Popped | null; readonly state: Record<string, unknown> } {
    const nowMicros = line.at * MICROS_PER_MILLI;
    this.#flushUpTo(nowMicros);
    const pop = line.op === 'pop' ? this.#pop() : undefined;
    if (line.op !== 'pop') this.#do(line, nowMicros);
    const state = this.#state();
    return pop === undefined ? { state } : { pop, state };
  }

  /** Runs the two timers, each at its own time: back-off at whole seconds of wall time, leftovers every 30 s from the start. */
  #flushUpTo(nowMicros: number): void {
    for (;;) {
      const backoffMicros = this.#queue.nextBackoffFlushMicros();
      const leftoverMicros = this.#queue.nextLeftoverFlushMicros(this.#flushedMicros);
      const dueMicros = earliest(backoffMicros, leftoverMicros);
      if (dueMicros < 0 || dueMicros > nowMicros) break;
      this.#flushedMicros = dueMicros;
      if (backoffMicros === dueMicros) this.#queue.flushBackoff(dueMicros);
      if (leftoverMicros === dueMicros) this.#queue.flushLeftover(dueMicros);
    }
    this.#flushedMicros = nowMicros;
  }

  #pop(): Popped | null {
    const active = this.#queue.activeLength > 0;
    const queued = this.#queue.pop();
    if (queued === undefined) return null;
    this.#inFlight.set(queued.key, queued);
    return {
      pod: queued.key,
      from: active ? 'active' : 'backoff',
      attempts: queued.attempts,
      unschedulableCount: queued.unschedulableCount,
      consecutiveErrors: queued.consecutiveErrors,
      timestamp: queued.timestampMicros / MICROS_PER_MILLI,
    };
  }

  #do(line: OperationLine, nowMicros: number): void {
    switch (line.op) {
      case 'tick':
      case 'addService':
        return;
      case 'addPod':
        this.#pods.set(keyOf(line.pod as Pod), line.pod as Pod);
        this.#events.podAdded(line.pod as Pod, nowMicros);
        return;
      case 'updatePod':
      case 'updateAssigned':
        this.#updatePod(line.pod as Pod, nowMicros);
        return;
      case 'deletePod':
      case 'deleteAssigned':
        this.#deletePod(line.pod as string | Pod, nowMicros);
        return;
      case 'addAssigned':
        this.#pods.set(keyOf(line.pod as Pod), line.pod as Pod);
        this.#events.assignedPodAdded(line.pod as Pod, nowMicros);
        return;
      case 'activate':
        this.#activate(line.pods ?? [], nowMicros);
        return;
      case 'event':
        this.#events.otherChanged(line.resource as EventResource, line.old, line.new, nowMicros);
        return;
      case 'addNode':
      case 'updateNode':
      case 'deleteNode':
        this.#changeNode(line, nowMicros);
        return;
      default:
        this.#endAttempt(line, line.pod as string, nowMicros);
    }
  }

  /** A Pod may be gone from the cluster and still be in flight. */
  #activate(keys: readonly string[], nowMicros: number): void {
    const pods = keys.map((key) => this.#pods.get(key) ?? this.#inFlight.get(key)?.pod);
    this.#queue.activate(
      pods.filter((pod) => pod !== undefined),
      nowMicros,
    );
  }

  #updatePod(pod: Pod, nowMicros: number): void {
    const key = keyOf(pod);
    const before = this.#pods.get(key) as Pod;
    this.#pods.set(key, pod);
    if (before.spec.nodeName) this.#events.assignedPodUpdated(before, pod, nowMicros);
    else if (!this.#assumed.has(key)) this.#events.podUpdated(before, pod, nowMicros);
  }

  #deletePod(podOrKey: string | Pod, nowMicros: number): void {
    const key = typeof podOrKey === 'string' ? podOrKey : keyOf(podOrKey);
    const pod = this.#pods.get(key) as Pod;
    this.#pods.delete(key);
    if (pod.spec.nodeName) this.#events.assignedPodDeleted(pod, nowMicros);
    else this.#events.podDeleted(pod, nowMicros);
  }

  #changeNode(line: OperationLine, nowMicros: number): void {
    const name = typeof line.node === 'string' ? line.node : (line.node as Node).metadata.name;
    const before = this.#nodes.get(name);
    if (line.op === 'deleteNode') {
      this.#nodes.delete(name);
      this.#events.nodeDeleted(before as Node, nowMicros);
      return;
    }
    const node = line.node as Node;
    this.#nodes.set(name, node);
    if (line.op === 'addNode') this.#events.nodeAdded(node, nowMicros);
    else this.#events.nodeUpdated(before as Node, node, nowMicros);
  }

  #endAttempt(line: OperationLine, key: string, nowMicros: number): void {
    const queued = this.#inFlight.get(key) ?? this.#assumed.get(key);
    // Only after a difference: the recording goes on with a Pod that was not popped here.
    if (queued === undefined) return;
    this.#inFlight.delete(key);
    switch (line.op) {
      case 'skip':
        this.#queue.done(queued.pod);
        return;
      case 'fail':
        this.#fail(line, queued, nowMicros);
        return;
      case 'done':
        this.#queue.done(queued.pod);
        this.#assumed.set(key, queued);
        return;
      case 'bound':
        this.#queue.done(queued.pod);
        this.#assumed.delete(key);
        this.#bind(key, line.node as string, nowMicros);
        return;
      case 'bindError':
        this.#assumed.delete(key);
        this.#queue.done(queued.pod);
        this.#events.assignedPodDeleted(onNode(queued.pod, line.node as string), nowMicros);
        this.#fail(line, queued, nowMicros);
        return;
      default:
        throw new Error(`operation ${line.seq} ${line.i}: unknown op ${line.op}`);
    }
  }

  #fail(line: OperationLine, queued: QueuedPod, nowMicros: number): void {
    const latest = this.#pods.get(queued.key);
    if (line.deleted === true || latest === undefined) {
      this.#queue.done(queued.pod);
      return;
    }
    queued.pod = latest;
    queued.unschedulablePlugins = new Set(line.unschedulablePlugins);
    queued.pendingPlugins = new Set(line.pendingPlugins);
    this.#queue.addUnschedulable(queued, nowMicros);
  }

  #bind(key: string, nodeName: string, nowMicros: number): void {
    const before = this.#pods.get(key) as Pod;
    const bound = onNode(before, nodeName);
    this.#pods.set(key, bound);
    this.#events.podDeleted(before, nowMicros);
    this.#events.assignedPodAdded(bound, nowMicros);
  }

  #state(): Record<string, unknown> {
    const state: Record<string, unknown> = {};
    const active = [...this.#queue.values('active')].map((queued) => queued.key).sort();
    if (active.length > 0) state['active'] = active;
    for (const queued of sorted(this.#queue.values('backoff'))) {
      const expiryMillis = Math.trunc((queued.backoffExpiryWallMicros - this.#wallStartMicros) / MICROS_PER_MILLI);
      put(state, queued.place, queued.key, expiryMillis);
    }
    for (const queued of sorted(this.#queue.values('unschedulable'))) {
      if (queued.gatingPlugin !== '') put(state, 'gated', queued.key, queued.gatingPlugin);
      else
        put(
          state,
          'unschedulable',
          queued.key,
          [...new Set([...queued.unschedulablePlugins, ...queued.pendingPlugins])].sort(),
        );
    }
    const list = [...this.#queue.describeInFlight()];
    const pods = list.filter((entry) => entry.startsWith('pod:'));
    if (pods.length > 0) state['inFlight'] = pods.map((entry) => entry.slice('pod:'.length));
    if (pods.length < list.length) state['inFlightEvents'] = list;
    return state;
  }
}

/** The smaller of two times of which -1 means never. */
function earliest(aMicros: number, bMicros: number): number {
  if (aMicros < 0 || bMicros < 0) return Math.max(aMicros, bMicros);
  return Math.min(aMicros, bMicros);
}

function put(state: Record<string, unknown>, member: string, key: string, value: unknown): void {
  const members = (state[member] ??= {}) as Record<string, unknown>;
  members[key] = value;
}

function sorted(pods: Iterable<QueuedPod>): QueuedPod[] {
  return [...pods].sort((a, b) => (a.key < b.key ? -1 : 1));
}

function onNode(pod: Pod, nodeName: string): Pod {
  return { ...pod, spec: { ...pod.spec, nodeName } };
}

/** JSON with members in order, so that equal states have equal text. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined';
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
}

export const queueReplayer: Replayer = {
  name: 'scheduling queue',
  accepts(_fileName: string, firstLine: unknown): boolean {
    const corpus = (firstLine as { readonly corpus?: unknown } | null)?.corpus;
    return typeof corpus === 'string' && corpus.startsWith('q-queue');
  },
  replay(lines: readonly unknown[], report: (verdict: Verdict) => void, record?: (line: unknown) => void): void {
    let sequence: QueueSequence | undefined;
    for (const line of lines) {
      if (isSequence(line)) sequence = new QueueSequence(line);
      if (!isOperation(line)) {
        record?.(line);
        continue;
      }
      if (sequence === undefined) throw new Error(`operation ${line.seq} ${line.i} comes before any sequence line`);
      const found = sequence.apply(line);
      record?.({ ...line, ...found });
      report(compare(line, found));
    }
  },
};

function isSequence(line: unknown): line is SequenceLine {
  return typeof line === 'object' && line !== null && 'sequence' in line;
}

function isOperation(line: unknown): line is OperationLine {
  return typeof line === 'object' && line !== null && 'op' in line;
}

function compare(
  line: OperationLine,
  found: { readonly pop?: Popped | null; readonly state: Record<string, unknown> },
): Verdict {
  const id = `${line.seq} ${line.i} ${line.op}`;
  const expected = line.op === 'pop' ? { pop: line.pop ?? null, state: line.state } : { state: line.state };
  const [expectedText, foundText] = [canonical(expected), canonical(found)];
  if (expectedText === foundText) return { id, agrees: true };
  return { id, agrees: false, expected: expectedText, found: foundText };
}
