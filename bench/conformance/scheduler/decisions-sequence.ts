/**
 * Replays recorded sequences of scheduling decisions, in which each Pod is placed before the next one comes, with the adaptive
 * sample of Nodes or without. Each step counts as a case.
 */
import type { Node } from '../../../models/objects/node.ts';
import type { Pod } from '../../../models/objects/pod.ts';
import { formatTimestamp, timestampToSeconds } from '../../../models/objects/timestamp.ts';
import type { AttemptRecord, PodDecision } from '../../../models/scheduler/decision/decision.ts';
import type { Replayer } from '../recording.ts';
import { type ClusterLine, DecisionCluster, type DecisionHeader } from './decision-cluster.ts';
import { bestNames, firstDifference, messageFields } from './decisions.ts';

interface OperationLine {
  readonly op: 'schedule' | 'retry' | 'delete' | 'addNode';
  readonly t?: number;
  readonly name?: string;
  readonly node?: Node | string;
  readonly nominatedNode?: string;
  readonly [field: string]: unknown;
}

const FIRST_START = timestampToSeconds('2025-01-01T00:00:00Z');

class SequenceReplay {
  readonly #cluster: DecisionCluster;
  readonly #templates: readonly Pod[];
  /** Whether Pods get start times, one second apart. */
  readonly #hasStartTimes: boolean;
  /** Whether the sample and where it begins are compared. */
  readonly #isSampled: boolean;
  readonly #placed = new Map<string, Pod>();
  #scheduled = 0;
  #last: Pod | undefined;

  constructor(header: DecisionHeader, line: ClusterLine) {
    this.#cluster = new DecisionCluster(header, line);
    this.#templates = line.templates ?? [];
    this.#hasStartTimes = /^j-sequence-1[12]$/.test(header.corpus);
    this.#isSampled = header.corpus.startsWith('k-');
  }

  /** Does the operation and gives the line that the recording should have. */
  apply(line: OperationLine): Record<string, unknown> {
    switch (line.op) {
      case 'schedule':
        return { op: line.op, t: line.t, name: line.name, ...this.#schedule(this.#podOf(line)) };
      case 'retry': {
        const pod = this.#last as Pod;
        const nominated = { ...pod, status: { ...pod.status, nominatedNodeName: line.nominatedNode as string } };
        return { op: line.op, name: line.name, nominatedNode: line.nominatedNode, ...this.#schedule(nominated) };
      }
      case 'delete':
        this.#remove(line.name as string);
        return { op: line.op, name: line.name };
      case 'addNode':
        this.#cluster.cache.addNode(line.node as Node);
        return { op: line.op, node: line.node };
    }
  }

  #podOf(line: OperationLine): Pod {
    const template = this.#templates[line.t as number] as Pod;
    const pod = { ...template, metadata: { ...template.metadata, name: line.name as string } };
    this.#scheduled++;
    if (!this.#hasStartTimes) return pod;
    return { ...pod, status: { ...pod.status, startTime: formatTimestamp(FIRST_START + this.#scheduled) } };
  }

  #schedule(pod: Pod): Record<string, unknown> {
    this.#last = pod;
    const record: AttemptRecord = {};
    const start = this.#cluster.scheduler.nextStart;
    const decision = this.#cluster.decide(pod, record);
    const sample = this.#isSampled
      ? { start, evaluated: decision.evaluated, next: this.#cluster.scheduler.nextStart }
      : {};
    return { ...sample, ...this.#outcome(pod, decision, record) };
  }

  #outcome(pod: Pod, decision: PodDecision, record: AttemptRecord): Record<string, unknown> {
    if (decision.result === 'error') return { error: decision.status.reasons.join(', ') };
    if (decision.result === 'unschedulable') return { ...messageFields(decision), ...this.#preempt(decision) };
    const best = bestNames(record);
    const [node] = best as [string];
    this.#place(pod, node);
    return {
      best,
      node,
      feasible: decision.feasible,
      ...(decision.total === undefined ? {} : { max: decision.total }),
      ...(record.viaNominatedNode === true ? { viaNominatedNode: true } : {}),
    };
  }

  /** The victims on the first of the best Nodes go at once. */
  #preempt(decision: PodDecision & { result: 'unschedulable' }): Record<string, unknown> {
    const { candidates = [], best = [] } = decision.postFilter ?? { status: undefined };
    if (candidates.length === 0) return {};
    const preemptBest = best.map(({ node }) => node.name).sort();
    const [nominated] = preemptBest;
    const chosen = candidates.find(({ node }) => node.name === nominated);
    const victims = (chosen?.victims ?? []).map(({ pod }) => pod.metadata.name);
    for (const name of victims) this.#remove(name);
    return { preemptBest, nominated, victims };
  }

  #place(pod: Pod, nodeName: string): void {
    const bound = { ...pod, spec: { ...pod.spec, nodeName } };
    this.#placed.set(pod.metadata.name, bound);
    this.#cluster.cache.addPod(bound);
  }

  #remove(name: string): void {
    const pod = this.#placed.get(name);
    if (pod === undefined) throw new Error(`pod ${name} is to be removed, but was not placed`);
    this.#placed.delete(name);
    this.#cluster.cache.removePod(pod);
  }
}

export const sequenceReplayer: Replayer = {
  name: 'sequences of scheduling decisions',
  accepts: (_, firstLine) => {
    const { corpus, schedulerConfig } = firstLine as Partial<DecisionHeader>;
    return typeof corpus === 'string' && schedulerConfig !== undefined && /^[jk]-/.test(corpus);
  },
  replay(lines, report, record) {
    const header = lines[0] as DecisionHeader;
    const cluster = lines[1] as ClusterLine;
    record?.(header);
    record?.(cluster);
    const replay = new SequenceReplay(header, cluster);
    lines.slice(2).forEach((next, i) => {
      const recorded = next as OperationLine;
      const found = replay.apply(recorded);
      record?.(found);
      const difference = firstDifference(recorded, found);
      report({ id: String(i + 3), agrees: difference === undefined, ...difference });
    });
  },
};
