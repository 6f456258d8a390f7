/**
 * Arguments of the in-tree plugins, as KubeSchedulerConfiguration gives them, with the defaults filled in.
 * Source: staging/src/k8s.io/kube-scheduler/config/v1/types_pluginargs.go, pkg/scheduler/apis/config/v1/defaults.go.
 */
import type { NodeAffinity, TopologySpreadConstraint } from '../../objects/pod.ts';

export interface ResourceWeight {
  readonly name: string;
  readonly weight: number;
}

export interface UtilizationPoint {
  /** Percent, 0 to 100. */
  readonly utilization: number;
  /** 0 to 10. */
  readonly score: number;
}

export type ScoringStrategy =
  | { readonly type: 'LeastAllocated' | 'MostAllocated'; readonly resources: readonly ResourceWeight[] }
  | {
      readonly type: 'RequestedToCapacityRatio';
      readonly resources: readonly ResourceWeight[];
      readonly shape: readonly UtilizationPoint[];
    };

export interface NodeResourcesFitArgs {
  readonly ignoredResources: readonly string[];
  readonly ignoredResourceGroups: readonly string[];
  readonly scoringStrategy: ScoringStrategy;
}

export interface NodeResourcesBalancedAllocationArgs {
  readonly resources: readonly ResourceWeight[];
}

export interface NodeAffinityArgs {
  readonly addedAffinity?: NodeAffinity;
}

export interface PodTopologySpreadArgs {
  readonly defaultConstraints: readonly TopologySpreadConstraint[];
  readonly defaultingType: 'System' | 'List';
}

export interface InterPodAffinityArgs {
  readonly hardPodAffinityWeight: number;
  readonly ignorePreferredTermsOfExistingPods: boolean;
}

export interface DefaultPreemptionArgs {
  readonly minCandidateNodesPercentage: number;
  readonly minCandidateNodesAbsolute: number;
}

export interface VolumeBindingArgs {
  readonly bindTimeoutSeconds: number;
  readonly shape?: readonly UtilizationPoint[];
}

export interface DynamicResourcesArgs {
  readonly filterTimeout: string;
}
