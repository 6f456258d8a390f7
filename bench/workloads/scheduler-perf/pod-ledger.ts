/**
 * Which Pods a cluster has, by namespace, and how many of them have been attempted and scheduled: what upstream's harness learns from an
 * informer, here from the API server's changes at no cost in virtual time.
 */
import type { StoredChange } from '../../../models/apiserver/registry.ts';
import { compileLabelSet } from '../../../models/objects/index.ts';
import type { Labels } from '../../../models/objects/meta.ts';
import type { Pod } from '../../../models/objects/pod.ts';

interface NamespacePods {
  readonly pods: Map<string, Pod>;
  scheduled: number;
  attempted: number;
}

/** A Pod has come to have a Node. */
export type ScheduledListener = (pod: Pod) => void;

export function isScheduled(pod: Pod): boolean {
  return pod.spec.nodeName !== undefined && pod.spec.nodeName !== '';
}

/** An attempt leaves the condition PodScheduled; a scheduling gate counts as one. */
export function isAttempted(pod: Pod): boolean {
  return isScheduled(pod) || pod.status?.conditions?.some(({ type }) => type === 'PodScheduled') === true;
}

export class PodLedger {
  readonly #namespaces = new Map<string, NamespacePods>();
  #listener: ScheduledListener | undefined;

  /** At most one at a time; undefined takes it away. */
  listen(listener: ScheduledListener | undefined): void {
    this.#listener = listener;
  }

  onChange({ resource, old, current }: StoredChange): void {
    if (resource.kind !== 'Pod') return;
    const [before, after] = [old as Pod | undefined, current as Pod | undefined];
    const pods = this.#podsOf((before ?? after)?.metadata.namespace ?? '');
    if (after !== undefined) pods.pods.set(after.metadata.name, after);
    else if (before !== undefined) pods.pods.delete(before.metadata.name);
    const scheduled = count(after, isScheduled) - count(before, isScheduled);
    pods.scheduled += scheduled;
    pods.attempted += count(after, isAttempted) - count(before, isAttempted);
    if (scheduled === 1) this.#listener?.(after as Pod);
  }

  scheduled(namespace: string, labels: Labels = {}): number {
    return this.#count(namespace, labels, 'scheduled', isScheduled);
  }

  attempted(namespace: string, labels: Labels = {}): number {
    return this.#count(namespace, labels, 'attempted', isAttempted);
  }

  /** The Pods of a namespace that have these labels, in the order in which they were created. */
  list(namespace: string, labels: Labels): Pod[] {
    const matches = compileLabelSet(labels);
    return [...this.#podsOf(namespace).pods.values()].filter((pod) => matches(pod.metadata.labels));
  }

  #count(namespace: string, labels: Labels, kept: 'scheduled' | 'attempted', test: (pod: Pod) => boolean): number {
    if (Object.keys(labels).length > 0) return this.list(namespace, labels).filter(test).length;
    return this.#podsOf(namespace)[kept];
  }

  #podsOf(namespace: string): NamespacePods {
    let pods = this.#namespaces.get(namespace);
    if (pods === undefined) {
      pods = { pods: new Map(), scheduled: 0, attempted: 0 };
      this.#namespaces.set(namespace, pods);
    }
    return pods;
  }
}

function count(pod: Pod | undefined, test: (pod: Pod) => boolean): number {
  return pod !== undefined && test(pod) ? 1 : 0;
}
