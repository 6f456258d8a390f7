/**
 * What a DaemonSet does on one Node, and which Pods a rolling update takes next.
 * Source: pkg/controller/daemon/daemon_controller.go (podsShouldBeOnNode), update.go (rollingUpdate).
 */
import type { Pod } from '../../objects/pod.ts';
import type { DaemonSet } from '../../objects/workloads.ts';
import { scaledIntOrPercent } from '../int-or-percent.ts';
import { isPodReady } from '../pod-facts.ts';
import { byAge, type DaemonNode, type DaemonNodes } from './daemon-nodes.ts';

export interface NodePlan {
  readonly create: boolean;
  readonly remove: readonly Pod[];
}

const NOTHING: NodePlan = { create: false, remove: [] };

/** `failed` is asked about each Pod that has failed or finished: true to remove it now. */
export function planNode(
  nodes: DaemonNodes,
  entry: DaemonNode,
  surges: boolean,
  nowSeconds: number,
  failed: (pod: Pod) => boolean,
): NodePlan {
  if (entry.node === undefined) {
    // Bound Pods of a Node that is gone are the Pod garbage collector's; those never bound can only be removed here.
    const unbound = [...entry.pods.values()].filter((pod) => (pod.spec.nodeName ?? '') === '' && isStaying(pod));
    return unbound.length === 0 ? NOTHING : { create: false, remove: unbound };
  }
  if (entry.fit.shouldRun && entry.pods.size === 0) return { create: true, remove: [] };
  if (entry.pods.size === 0) return NOTHING;
  if (!entry.fit.mayStay) return { create: false, remove: [...entry.pods.values()].filter(isStaying) };
  const remove: Pod[] = [];
  const running: Pod[] = [];
  for (const pod of entry.pods.values()) {
    if (!isStaying(pod)) continue;
    const phase = pod.status?.phase;
    if (phase !== 'Failed' && phase !== 'Succeeded') running.push(pod);
    else if (failed(pod)) remove.push(pod);
  }
  running.sort(byAge);
  if (!surges) return { create: false, remove: [...remove, ...running.slice(1)] };
  if (running.length <= 1) return { create: running.length === 0 && entry.fit.shouldRun, remove };
  return { create: false, remove: [...remove, ...surplusOfSurge(nodes, running, nowSeconds)] };
}

function isStaying(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp === undefined;
}

/** Of several Pods on a Node one old and one new may stay, while the old is ready and the new not yet available. */
function surplusOfSurge(nodes: DaemonNodes, running: readonly Pod[], nowSeconds: number): Pod[] {
  const fresh = running.find((pod) => nodes.isUpdated(pod));
  const old = running.find((pod) => !nodes.isUpdated(pod));
  const surplus = running.filter((pod) => pod !== fresh && pod !== old);
  if (fresh !== undefined && old !== undefined && (!isPodReady(old) || nodes.isAvailable(fresh, nowSeconds))) {
    surplus.push(old);
  }
  return surplus;
}

/** How many Pods an update may have too many, or unavailable. Both round up; both 0 means one unavailable. */
export function updateLimits(
  daemonSet: DaemonSet,
  desired: number,
): { readonly surge: number; readonly unavailable: number } {
  const { maxSurge, maxUnavailable } = daemonSet.spec.updateStrategy?.rollingUpdate ?? {};
  const surge = scaledIntOrPercent(maxSurge ?? 0, desired, true);
  const unavailable = scaledIntOrPercent(maxUnavailable ?? 1, desired, true);
  return surge === 0 && unavailable === 0 ? { surge, unavailable: 1 } : { surge, unavailable };
}

/** The Pods of a Node by revision; undefined when there are two of one, which `planNode` clears up. */
function pair(nodes: DaemonNodes, entry: DaemonNode): { fresh?: Pod; old?: Pod } | undefined {
  let fresh: Pod | undefined;
  let old: Pod | undefined;
  for (const pod of entry.pods.values()) {
    if (!isStaying(pod)) continue;
    if (nodes.isUpdated(pod)) {
      if (fresh !== undefined) return undefined;
      fresh = pod;
    } else {
      if (old !== undefined) return undefined;
      old = pod;
    }
  }
  return { ...(fresh === undefined ? {} : { fresh }), ...(old === undefined ? {} : { old }) };
}

/** Writes of a rolling update: Pods to remove, Nodes to put a second Pod on. */
export interface UpdatePlan {
  readonly remove: readonly Pod[];
  readonly createOn: readonly string[];
}

/** Nodes count that should run a Pod or have one. */
function counts(entry: DaemonNode): boolean {
  return entry.pods.size > 0 || entry.fit.shouldRun;
}

export function planUpdate(daemonSet: DaemonSet, nodes: DaemonNodes, nowSeconds: number): UpdatePlan {
  const limits = updateLimits(daemonSet, nodes.counts.desired);
  return limits.surge === 0
    ? planReplacing(nodes, limits.unavailable, nowSeconds)
    : planSurging(nodes, limits.surge, nowSeconds);
}

/** Removes old Pods as far as the number of unavailable ones allows; those that are unavailable anyway all go. */
function planReplacing(nodes: DaemonNodes, maxUnavailable: number, nowSeconds: number): UpdatePlan {
  let unavailable = 0;
  const remove: Pod[] = [];
  const candidates: Pod[] = [];
  for (const entry of nodes.nodes.values()) {
    if (!counts(entry)) continue;
    const pods = pair(nodes, entry);
    if (pods === undefined || (pods.fresh === undefined) === (pods.old === undefined)) unavailable++;
    else if (pods.fresh !== undefined) {
      if (!nodes.isAvailable(pods.fresh, nowSeconds)) unavailable++;
    } else if (pods.old !== undefined) {
      if (nodes.isAvailable(pods.old, nowSeconds)) candidates.push(pods.old);
      else remove.push(pods.old);
    }
  }
  const budget = Math.max(0, maxUnavailable - unavailable);
  return { remove: [...remove, ...candidates.slice(0, budget)], createOn: [] };
}

/** Puts a new Pod beside the old one, and removes the old one when the new one is available. */
function planSurging(nodes: DaemonNodes, maxSurge: number, nowSeconds: number): UpdatePlan {
  let surging = 0;
  const remove: Pod[] = [];
  const needed: string[] = [];
  const candidates: string[] = [];
  for (const entry of nodes.nodes.values()) {
    if (!counts(entry)) continue;
    const pods = pair(nodes, entry);
    if (pods === undefined) {
      surging++;
    } else if (pods.old === undefined) {
      continue;
    } else if (pods.fresh === undefined) {
      if (!entry.fit.shouldRun) continue;
      if (nodes.isAvailable(pods.old, nowSeconds)) candidates.push(entry.name);
      else needed.push(entry.name);
    } else if (nodes.isAvailable(pods.old, nowSeconds)) {
      surging++;
      if (nodes.isAvailable(pods.fresh, nowSeconds)) remove.push(pods.old);
    } else {
      remove.push(pods.old);
    }
  }
  const budget = Math.max(0, maxSurge - surging);
  return { remove, createOn: [...needed, ...candidates.slice(0, budget)] };
}
