/**
 * The state of one DaemonSet on each Node, and the sums over all of them. A change of a Pod or Node marks its Node; only
 * marked Nodes are judged again, so that a sync does not go through thousands of Nodes for one Pod.
 */
import type { Node } from '../../objects/node.ts';
import type { Pod, Toleration } from '../../objects/pod.ts';
import type { DaemonSet } from '../../objects/workloads.ts';
import { availableFromSeconds, isPodReady } from '../pod-facts.ts';
import { daemonTolerations, type Eligibility, eligibility, REVISION_HASH_LABEL, targetNode } from './daemon-pod.ts';

/** A Node as the DaemonSet sees it. Pods are all that the set controls there, also those that go. */
export interface DaemonNode {
  readonly name: string;
  node: Node | undefined;
  fit: Eligibility;
  readonly pods: Map<string, Pod>;
  counted: number;
}

/** Sums over all Nodes, as the status shows them. */
export interface DaemonCounts {
  desired: number;
  current: number;
  misscheduled: number;
  ready: number;
  available: number;
  updated: number;
}

const DESIRED = 1;
const CURRENT = 2;
const MISSCHEDULED = 4;
const READY = 8;
const AVAILABLE = 16;
const UPDATED = 32;

/** Bound Pods first, then oldest, then by name. */
export function byAge(x: Pod, y: Pod): number {
  const bound = Number((x.spec.nodeName ?? '') === '') - Number((y.spec.nodeName ?? '') === '');
  if (bound !== 0) return bound;
  const a = x.metadata.creationTimestamp ?? '';
  const b = y.metadata.creationTimestamp ?? '';
  if (a !== b) return a < b ? -1 : 1;
  return x.metadata.name < y.metadata.name ? -1 : x.metadata.name > y.metadata.name ? 1 : 0;
}

export class DaemonNodes {
  readonly counts: DaemonCounts = { desired: 0, current: 0, misscheduled: 0, ready: 0, available: 0, updated: 0 };
  readonly nodes = new Map<string, DaemonNode>();
  /** Nodes to judge in the next sync. */
  readonly marked = new Set<string>();
  /** A Pod that matches may wait to be adopted, or one of its own not match any more. */
  mayNeedClaim = true;
  #set: DaemonSet;
  #tolerations: readonly Toleration[];
  #hash = '';

  constructor(set: DaemonSet) {
    this.#set = set;
    this.#tolerations = daemonTolerations(set.spec.template.spec);
  }

  /** Takes a new version of the DaemonSet; everything is judged again when its spec differs. */
  setDaemonSet(set: DaemonSet): void {
    const changed = set.spec !== this.#set.spec;
    this.#set = set;
    if (!changed) return;
    this.#tolerations = daemonTolerations(set.spec.template.spec);
    for (const entry of this.nodes.values()) this.#judge(entry);
  }

  /** The hash of the current revision. */
  setHash(hash: string): void {
    if (hash === this.#hash) return;
    this.#hash = hash;
    for (const name of this.nodes.keys()) this.marked.add(name);
  }

  #entry(name: string): DaemonNode {
    let entry = this.nodes.get(name);
    if (entry === undefined) {
      entry = { name, node: undefined, fit: { shouldRun: false, mayStay: false }, pods: new Map(), counted: 0 };
      this.nodes.set(name, entry);
    }
    return entry;
  }

  #judge(entry: DaemonNode): void {
    entry.fit =
      entry.node === undefined
        ? { shouldRun: false, mayStay: false }
        : eligibility(this.#set.spec.template.spec, this.#tolerations, entry.node);
    this.marked.add(entry.name);
  }

  /** True when it matters to the DaemonSet. */
  setNode(node: Node): boolean {
    const entry = this.#entry(node.metadata.name);
    const before = entry.fit;
    const isNew = entry.node === undefined;
    entry.node = node;
    this.#judge(entry);
    return isNew || before.shouldRun !== entry.fit.shouldRun || before.mayStay !== entry.fit.mayStay;
  }

  deleteNode(name: string): void {
    const entry = this.nodes.get(name);
    if (entry === undefined) return;
    entry.node = undefined;
    this.#judge(entry);
  }

  setPod(pod: Pod): void {
    const name = targetNode(pod);
    if (name === undefined) return;
    this.#entry(name).pods.set(pod.metadata.uid ?? '', pod);
    this.marked.add(name);
  }

  deletePod(pod: Pod): void {
    const name = targetNode(pod);
    if (name === undefined) return;
    this.nodes.get(name)?.pods.delete(pod.metadata.uid ?? '');
    this.marked.add(name);
  }

  isUpdated(pod: Pod): boolean {
    return this.#hash !== '' && pod.metadata.labels?.[REVISION_HASH_LABEL] === this.#hash;
  }

  isAvailable(pod: Pod, nowSeconds: number): boolean {
    const from = availableFromSeconds(pod, this.#set.spec.minReadySeconds ?? 0);
    return from !== undefined && from <= nowSeconds;
  }

  /** Brings the sums up to date for one Node. True while time alone may change them. */
  count(entry: DaemonNode, nowSeconds: number): boolean {
    const flags = this.#flags(entry, nowSeconds);
    this.#add(entry.counted, -1);
    this.#add(flags, 1);
    entry.counted = flags;
    return (flags & READY) !== 0 && (flags & AVAILABLE) === 0;
  }

  #flags(entry: DaemonNode, nowSeconds: number): number {
    if (entry.node === undefined) return 0;
    const scheduled = entry.pods.size > 0;
    if (!entry.fit.shouldRun) return scheduled ? MISSCHEDULED : 0;
    if (!scheduled) return DESIRED;
    const oldest = [...entry.pods.values()].sort(byAge)[0] as Pod;
    let flags = DESIRED | CURRENT;
    if (isPodReady(oldest)) {
      flags |= READY;
      if (this.isAvailable(oldest, nowSeconds)) flags |= AVAILABLE;
    }
    return this.isUpdated(oldest) ? flags | UPDATED : flags;
  }

  #add(flags: number, sign: number): void {
    const { counts } = this;
    if (flags & DESIRED) counts.desired += sign;
    if (flags & CURRENT) counts.current += sign;
    if (flags & MISSCHEDULED) counts.misscheduled += sign;
    if (flags & READY) counts.ready += sign;
    if (flags & AVAILABLE) counts.available += sign;
    if (flags & UPDATED) counts.updated += sign;
  }
}
