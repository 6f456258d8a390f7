/**
 * Settings of the Pod network, of kube-proxy and of DNS: addresses, latencies, periods.
 * Sources: kubeadm's defaults (cmd/kubeadm/app/apis/kubeadm/v1beta4), flannel's Documentation/configuration.md, and
 * pkg/proxy/apis/config/v1alpha1/defaults.go. Latencies are assumed (reference facts, section 14: no sound
 * published distributions), set to what a datacentre network and a small server show.
 */
import type { Latency } from '../kubelet/latency.ts';

export interface NetworkSettings {
  /** flannel's Network; each Node has a /24 of it. */
  readonly podCidr: string;
  readonly serviceCidr: string;
  /** The tenth address of the Service network. */
  readonly clusterDnsAddress: string;
  readonly clusterDomain: string;
  /** One way between two processes on one Node. */
  readonly sameNode: Latency;
  /** One way between Pods on two Nodes, encapsulated in VXLAN. */
  readonly crossNode: Latency;
  /** A Pod's work for one request. */
  readonly service: Latency;
  /** CoreDNS's work for one query. */
  readonly dnsQuery: Latency;
  /** A client gives a connection up when nothing answers for so long. */
  readonly connectTimeoutSeconds: number;
  /** The resolver's wait for an answer (resolv.conf `timeout`), and how often it asks (`attempts`). */
  readonly dnsTimeoutSeconds: number;
  readonly dnsAttempts: number;
  /** kube-proxy: at least this between the end of one programming and the next. */
  readonly minSyncPeriodSeconds: number;
  /** What one programming of rules takes; the same on each Node, so that it need not be played to be known. */
  readonly proxySyncMillis: number;
  /** News of a Node reaches the flanneld of the others this late, beyond the watch itself. */
  readonly flannelRoute: Latency;
}

/** Defaults of kubeadm, flannel and kube-proxy; latencies are assumed. */
export const DEFAULT_NETWORK_SETTINGS: NetworkSettings = {
  podCidr: '10.244.0.0/16',
  serviceCidr: '10.96.0.0/12',
  clusterDnsAddress: '10.96.0.10',
  clusterDomain: 'cluster.local',
  sameNode: { medianMillis: 0.05, p99Millis: 0.2 },
  crossNode: { medianMillis: 0.3, p99Millis: 1.2 },
  service: { medianMillis: 1, p99Millis: 10 },
  dnsQuery: { medianMillis: 0.2, p99Millis: 2 },
  connectTimeoutSeconds: 10,
  dnsTimeoutSeconds: 5,
  dnsAttempts: 2,
  minSyncPeriodSeconds: 1,
  proxySyncMillis: 50,
  flannelRoute: { medianMillis: 5, p99Millis: 30 },
};
