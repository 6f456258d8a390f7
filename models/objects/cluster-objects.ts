/**
 * The small kinds around Pods and Nodes: Namespace, ServiceAccount, ConfigMap, PriorityClass, Lease, Event.
 * Source of the shapes: staging/src/k8s.io/api/{core,scheduling,coordination}/v1/types.go.
 */
import type { KubeObject } from './meta.ts';
import type { ObjectReference } from './service.ts';

export interface Namespace extends KubeObject {
  readonly spec?: { readonly finalizers?: readonly string[] };
  readonly status?: { readonly phase?: 'Active' | 'Terminating'; readonly conditions?: readonly unknown[] };
}

export interface ServiceAccount extends KubeObject {
  readonly secrets?: readonly ObjectReference[];
}

export interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>>;
}

export interface PriorityClass extends KubeObject {
  readonly value: number;
  readonly globalDefault?: boolean;
  readonly description?: string;
  readonly preemptionPolicy?: 'Never' | 'PreemptLowerPriority';
}

export interface Lease extends KubeObject {
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly acquireTime?: string;
    readonly renewTime?: string;
    readonly leaseTransitions?: number;
  };
}

/** core/v1 Event; called KubeEvent because an event of the engine is another thing. */
export interface KubeEvent extends KubeObject {
  readonly involvedObject: ObjectReference;
  readonly reason?: string;
  readonly message?: string;
  readonly type?: 'Normal' | 'Warning';
  readonly source?: { readonly component?: string; readonly host?: string };
  readonly firstTimestamp?: string | null;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly count?: number;
  readonly series?: { readonly count?: number; readonly lastObservedTime?: string };
  readonly action?: string;
  readonly reportingComponent?: string;
  readonly reportingInstance?: string;
}
