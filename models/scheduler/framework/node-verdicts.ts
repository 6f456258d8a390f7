/**
 * Why each Node was refused in one attempt. Nodes that were not looked at share one status.
 * Source: pkg/scheduler/framework/types.go NodeToStatus.
 */
import type { NodeInfo } from '../cache/node-info.ts';
import type { Snapshot } from '../cache/snapshot.ts';
import { type Status, type StatusCode, unresolvable } from './status.ts';

/** Nodes beyond those that a plugin narrowed the search to, before it is known which plugin that was. */
const NOT_LOOKED_AT = unresolvable('');

export class NodeVerdicts {
  readonly #byNode = new Map<string, Status>();
  /** Of Nodes without a status of their own. */
  absent: Status = NOT_LOOKED_AT;

  set(nodeName: string, status: Status): void {
    this.#byNode.set(nodeName, status);
  }

  /** The status of that Node, its own or the common one. */
  get(nodeName: string): Status {
    return this.#byNode.get(nodeName) ?? this.absent;
  }

  /** Nodes with a status of their own. */
  get size(): number {
    return this.#byNode.size;
  }

  /** Nodes with a status of their own, in the order in which they got it. */
  entries(): Iterable<readonly [string, Status]> {
    return this.#byNode;
  }

  /** Nodes of the snapshot with a status of that code, in order. */
  nodesWith(code: StatusCode, snapshot: Snapshot): NodeInfo[] {
    if (this.absent.code !== code && this.#byNode.size === 0) return [];
    return snapshot.nodes.filter(({ name }) => this.get(name).code === code);
  }
}
