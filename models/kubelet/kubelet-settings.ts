/**
 * The settings of the kubelets: those of KubeletConfiguration that a model reads, under their own names, and the
 * few that describe what lies around a kubelet (its disk and its link to the registry).
 * Source of the defaults unless a line says otherwise: pkg/kubelet/apis/config/v1beta1/defaults.go.
 */
export interface KubeletSettings {
  readonly maxPods: number;
  readonly kubeAPIQPS: number;
  readonly kubeAPIBurst: number;
  readonly serializeImagePulls: boolean;
  /** Used when `serializeImagePulls` is false; 0: no limit. */
  readonly maxParallelImagePulls: number;
  /** 0: no limit. Over it a pull fails, it does not wait. */
  readonly registryPullQPS: number;
  readonly registryBurst: number;
  readonly nodeStatusReportFrequencySeconds: number;
  readonly nodeLeaseDurationSeconds: number;
  /**
   * `lazy`: Leases and unchanged Node statuses are computed when somebody asks (no events, no writes).
   * `written`: each renewal is a write to the API server, as on a real cluster.
   */
  readonly heartbeats: 'lazy' | 'written';
  /** Bytes a second at which a Node pulls and unpacks images; parallel pulls share it. Derived from 10 GB in 4 to 5 minutes (union.ai). */
  readonly imageBandwidthBytesPerSecond: number;
  /** The PLEG's relist period (pkg/kubelet/kubelet.go). */
  readonly relistPeriodSeconds: number;
  /** Poll of the wait for volumes (pkg/kubelet/volumemanager/volume_manager.go); a Pod with any volume waits one. */
  readonly volumePollMillis: number;
  /** Whether Events (Pulling, Started, …) are sent to the API server. */
  readonly events: boolean;
  /** What each Pod's service account token volume costs is left out when false. */
  readonly tokenVolumes: boolean;
}

/** Kubernetes' own defaults; latencies that it does not publish are assumed, as each field says. */
export const DEFAULT_KUBELET_SETTINGS: KubeletSettings = {
  maxPods: 110,
  kubeAPIQPS: 50,
  kubeAPIBurst: 100,
  serializeImagePulls: true,
  maxParallelImagePulls: 0,
  registryPullQPS: 5,
  registryBurst: 10,
  nodeStatusReportFrequencySeconds: 300,
  nodeLeaseDurationSeconds: 40,
  heartbeats: 'lazy',
  imageBandwidthBytesPerSecond: 40_000_000,
  relistPeriodSeconds: 1,
  volumePollMillis: 300,
  events: true,
  tokenVolumes: true,
};
