/**
 * What a cluster is made of, as plain data: what an experiment file or a test says and the composition root builds.
 * Everything but the Nodes has a default, and each default is a fresh `kubeadm init` of Kubernetes v1.34.
 */
import type { ApiServerSettings } from './apiserver/api-options.ts';
import type { ControllerManagerOptions } from './controllers/controller-manager.ts';
import type { ImageCatalogueSpec } from './kubelet/image-catalogue.ts';
import type { KubeletSettings } from './kubelet/kubelet-settings.ts';
import type { RuntimeProfile, RuntimeProfileName } from './kubelet/runtime-profile.ts';
import type { NetworkSettings } from './network/network-settings.ts';
import type { KubeObject, Labels, ResourceList } from './objects/meta.ts';
import type { Node, Taint } from './objects/node.ts';
import type { CycleCost } from './scheduler/cycle-cost.ts';

/** Nodes that are alike. */
export interface NodeGroup {
  readonly count: number;
  /** Names are this and a number from 0 ("worker-0"); a group of one with `names` uses those instead. */
  readonly namePrefix?: string;
  /** Names to use in place of the prefix and number; then `count` must be their number. */
  readonly names?: readonly string[];
  readonly labels?: Labels;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly taints?: readonly Taint[];
  /** For example { cpu: "4", memory: "16Gi", pods: "110", "ephemeral-storage": "100Gi" }, which is the default. */
  readonly capacity?: ResourceList;
  /** Absent: capacity less the hard eviction thresholds, as the kubelet computes it. */
  readonly allocatable?: ResourceList;
  /** Zones are dealt in turn to the Nodes of the group, as label topology.kubernetes.io/zone. */
  readonly zones?: readonly string[];
  readonly region?: string;
  readonly unschedulable?: boolean;
  /** The Node runs the control plane: label, taint and static Pods. The first such Node is the API server's. */
  readonly controlPlane?: boolean;
  /** Seconds after the start at which the Nodes join (mode kubeadm); 10 unless given, the first control plane Node is there at 0. */
  readonly joinAtSeconds?: number;
}

/**
 * `kubeadm`: the whole dance in virtual time. Nodes join NotReady, kube-proxy and flannel start on each, the network
 * comes up, the taints go, CoreDNS is scheduled.
 * `ready`: the Nodes are there and Ready at time 0, written straight into the store; for experiments on an existing
 * cluster and for manifests with thousands of Nodes.
 */
export type BootstrapMode = 'kubeadm' | 'ready';

/**
 * In mode `ready`: `none` has no system Pods (kube-proxy and flannel are taken to work on each Node, DNS is not
 * there); `dns` has CoreDNS, started from time 0 on; `all` has every Pod of a kubeadm cluster.
 */
export type SystemPods = 'none' | 'dns' | 'all';

export interface ClusterSpec {
  /** Nodes as manifests give them. */
  readonly nodes?: readonly Node[];
  readonly nodeGroups?: readonly NodeGroup[];
  /** Objects that are in the store from the start (namespaces, bound Pods, Services …). */
  readonly objects?: readonly KubeObject[];
  /** `ready` unless given. */
  readonly bootstrap?: BootstrapMode;
  /** `none` unless given; mode kubeadm always has all. */
  readonly systemPods?: SystemPods;
  /** Lets control plane Nodes run workloads: they get no taint, as after `kubectl taint nodes --all …control-plane-`. */
  readonly schedulableControlPlane?: boolean;
  readonly runtime?: RuntimeProfileName | RuntimeProfile;
  readonly images?: ImageCatalogueSpec;
  readonly kubelet?: Partial<KubeletSettings>;
  readonly network?: Partial<NetworkSettings>;
  /** Whether Kubernetes Events are stored; true unless given. They cost a write each. */
  readonly events?: boolean;
  /** Checks of what a cluster must never do, from outside; see models/checks. */
  readonly checks?: boolean;
  /** Latencies of the API server and etcd, admission plugins, Service addresses. */
  readonly apiServer?: ApiServerSettings;
  /** Flags of kube-controller-manager. */
  readonly controllerManager?: ControllerManagerOptions;
  /** KubeSchedulerConfiguration as YAML or JSON gives it; the default configuration of v1.34 unless given. */
  readonly scheduler?: unknown;
  /** What a scheduling cycle takes in virtual time; see models/scheduler/cycle-cost.ts. */
  readonly schedulingCost?: Partial<CycleCost> | undefined;
}
