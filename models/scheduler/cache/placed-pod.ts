/** A Pod that is on a Node, or assumed there: what plugins see of it, and what the cache has to know to move it. */
import type { Pod } from '../../objects/pod.ts';
import type { Amounts, NonZeroAmounts } from '../framework/amounts.ts';
import type { PodClass } from '../framework/pod-class.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import type { NodeInfo } from './node-info.ts';

export class PlacedPod implements PodInfo {
  /** As informers showed it last. A report that changes nothing else is put here: most updates are such. */
  pod: Pod;
  readonly class: PodClass;
  readonly boundRequests: Amounts;
  readonly boundNonZero: NonZeroAmounts;
  readonly node: NodeInfo;
  isAssumed: boolean;
  /** Its neighbours in the order of the Pods on the Node; kept by NodeInfo. */
  before: PlacedPod | null = null;
  after: PlacedPod | null = null;

  constructor(info: PodInfo, node: NodeInfo, isAssumed: boolean) {
    this.pod = info.pod;
    this.class = info.class;
    this.boundRequests = info.boundRequests;
    this.boundNonZero = info.boundNonZero;
    this.node = node;
    this.isAssumed = isAssumed;
  }
}
