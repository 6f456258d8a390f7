/**
 * NodeResourcesFit: what the Pod requests must be free on the Node; and the Node is scored by how full it would be.
 * The scoring ignores pod-level resources of the incoming Pod, while the Filter honours them: a defect of v1.34, kept.
 * Source: pkg/scheduler/framework/plugins/noderesources/fit.go.
 */
import type { NodeInfo } from '../cache/node-info.ts';
import type { NodeResourcesFitArgs } from '../config/plugin-args.ts';
import type { Amounts } from '../framework/amounts.ts';
import { type Int64, subtractInt64 } from '../framework/int64.ts';
import type { FilterPlugin, PreFilterPlugin, PreScorePlugin, ScorePlugin } from '../framework/plugin.ts';
import { type Status, unresolvable, unschedulable } from '../framework/status.ts';
import { isExtendedResource } from '../framework/resource-names.ts';
import { nodeScoreOf } from './resource-allocation.ts';

const NAME = 'NodeResourcesFit';

/** What is missing on a Node. The reasons are in a fixed order: Pods, cpu, memory, ephemeral-storage, the rest by name. */
export interface Shortage {
  readonly reasons: string[];
  /** Something is asked for that the Node does not have even when it is empty. */
  unresolvable: boolean;
}

/** Whether a scalar resource is to be checked. */
export type ScalarCheck = (name: string) => boolean;

function lacks(asked: Int64, allocatable: Int64, requested: Int64): boolean {
  return asked > subtractInt64(allocatable, requested);
}

function sortedNames(scalars: ReadonlyMap<string, Int64>): string[] {
  return scalars.size === 1 ? [...scalars.keys()] : [...scalars.keys()].sort();
}

/** What the Node lacks for these requests; undefined when they fit. Allocates only when they do not. */
export function findShortage(asked: Amounts, node: NodeInfo, isChecked: ScalarCheck): Shortage | undefined {
  let shortage: Shortage | undefined;
  const note = (resource: string, isUnresolvable: boolean): void => {
    shortage ??= { reasons: [], unresolvable: false };
    shortage.reasons.push(resource === 'pods' ? 'Too many pods' : `Insufficient ${resource}`);
    if (isUnresolvable) shortage.unresolvable = true;
  };
  const { allocatable, requested } = node;
  if (node.pods.length + 1 > allocatable.pods) note('pods', false);
  if (asked.milliCpu > 0 && lacks(asked.milliCpu, allocatable.milliCpu, requested.milliCpu)) {
    note('cpu', asked.milliCpu > allocatable.milliCpu);
  }
  if (asked.memory > 0 && lacks(asked.memory, allocatable.memory, requested.memory)) {
    note('memory', asked.memory > allocatable.memory);
  }
  if (
    asked.ephemeralStorage > 0 &&
    lacks(asked.ephemeralStorage, allocatable.ephemeralStorage, requested.ephemeralStorage)
  ) {
    note('ephemeral-storage', asked.ephemeralStorage > allocatable.ephemeralStorage);
  }
  if (asked.scalars === undefined) return shortage;
  for (const name of sortedNames(asked.scalars)) {
    const amount = asked.scalars.get(name) as Int64;
    if (amount === 0 || !isChecked(name)) continue;
    const offered = allocatable.scalars?.get(name) ?? 0;
    if (lacks(amount, offered, requested.scalars?.get(name) ?? 0)) note(name, amount > offered);
  }
  return shortage;
}

/** One verdict for each set of reasons, made once. */
function verdictsByReasons(): (shortage: Shortage) => Status {
  const verdicts = new Map<string, Status>();
  return (shortage) => {
    const key = `${shortage.unresolvable}${shortage.reasons.join()}`;
    let verdict = verdicts.get(key);
    if (verdict === undefined) {
      verdict = (shortage.unresolvable ? unresolvable : unschedulable)(NAME, ...shortage.reasons);
      verdicts.set(key, verdict);
    }
    return verdict;
  };
}

export function nodeResourcesFit(
  args: NodeResourcesFitArgs,
): FilterPlugin & PreFilterPlugin & PreScorePlugin & ScorePlugin {
  const ignored = new Set(args.ignoredResources);
  const ignoredGroups = new Set(args.ignoredResourceGroups);
  const isChecked: ScalarCheck = (name) => {
    if (!isExtendedResource(name)) return true;
    return !ignored.has(name) && !ignoredGroups.has(name.split('/')[0] as string);
  };
  const nodeScore = nodeScoreOf(args.scoringStrategy);
  const verdictOf = verdictsByReasons();
  return {
    name: NAME,
    dependsOn: { node: ['allocatable'], requested: true },

    preFilter() {
      return undefined;
    },

    filter(_state, { class: { requests } }, node) {
      const shortage = findShortage(requests, node, isChecked);
      return shortage === undefined ? undefined : verdictOf(shortage);
    },

    preScore() {
      return undefined;
    },

    score(_state, { class: { scoredRequests } }, node) {
      return nodeScore(scoredRequests, node);
    },
  };
}
