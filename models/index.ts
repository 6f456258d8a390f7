/** The door of the models for bench and for users: clusters, their specification, the objects and the clients. */
export type { Client } from './client/client.ts';
export { Cluster, type ClusterCounters, type ClusterParts, createCluster } from './cluster.ts';
export type { PodCounts, PodStage } from './cluster-activity.ts';
export { ClusterClock, DEFAULT_START_SECONDS } from './cluster-clock.ts';
export type { BootstrapMode, ClusterSpec, NodeGroup, SystemPods } from './cluster-spec.ts';
export { BEHAVIOUR_PREFIX } from './kubelet/container-behaviour.ts';
export { DEFAULT_KUBELET_SETTINGS, type KubeletSettings } from './kubelet/kubelet-settings.ts';
export type { Latency } from './kubelet/latency.ts';
export { RUNTIME_PROFILES, type RuntimeProfile, type RuntimeProfileName } from './kubelet/runtime-profile.ts';
export { DEFAULT_NETWORK_SETTINGS, type NetworkSettings } from './network/network-settings.ts';
export type { ClientRequest, RequestFailure, RequestResult } from './network/request.ts';
export * from './objects/index.ts';
export type { NodeExplanation, PluginScore, PluginVerdict, PodExplanation } from './scheduler/decision/explain.ts';
