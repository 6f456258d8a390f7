/**
 * What kubelets tell the API server about their Nodes: registration, changes of status, Leases. Renewals that say
 * nothing new are computed when somebody asks (`heartbeats: lazy`) or written as on a real cluster (`written`).
 * Source: pkg/kubelet/kubelet_node_status.go, component-helpers/apimachinery/lease.
 */
import { MICROS_PER_SECOND, type Micros, secondsToMicros } from '../../engine/index.ts';
import type { Lease } from '../objects/cluster-objects.ts';
import type { Node } from '../objects/node.ts';
import { reportedNode } from '../objects/node-copies.ts';
import { LEASES, NODES } from '../objects/resources.ts';
import type { Kubelet } from './kubelet.ts';
import type { KubeletFleet } from './kubelet-fleet.ts';
import { mergeNodeConditions, nodeConditions } from './node-conditions.ts';

export const LEASE_NAMESPACE = 'kube-node-lease';
/** The status is computed this often and sent when it has changed (nodeStatusUpdateFrequency). */
const STATUS_PERIOD_MICROS = 10 * MICROS_PER_SECOND;
/** The runtime's readiness is looked at this often (pkg/kubelet/kubelet.go). */
const RUNTIME_CHECK_MICROS = 5 * MICROS_PER_SECOND;
/** A Lease is renewed after a quarter of its duration. */
const RENEW_FRACTION = 0.25;
/** Source: nodeStatusMaxImages in pkg/kubelet/apis/config/v1beta1/defaults.go. */
const MAX_IMAGES = 50;

const NOT_READY_TAINT = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' } as const;

export class NodeReporter {
  readonly #fleet: KubeletFleet;
  readonly #renewMicros: Micros;
  readonly #mirrorless = new Set<Kubelet>();

  constructor(fleet: KubeletFleet) {
    this.#fleet = fleet;
    this.#renewMicros = secondsToMicros(fleet.settings.nodeLeaseDurationSeconds * RENEW_FRACTION);
  }

  /** The kubelet makes its Node object, with the taint that keeps Pods away until it is Ready, and its Lease. */
  register(kubelet: Kubelet): void {
    const { node } = kubelet;
    const now = this.#fleet.clock.nowTimestamp();
    const taints = [...(node.spec?.taints ?? [])];
    if (!kubelet.networkReady && !taints.some(({ key }) => key === NOT_READY_TAINT.key)) taints.push(NOT_READY_TAINT);
    const object: Node = {
      ...node,
      spec: { ...node.spec, ...(taints.length > 0 ? { taints } : {}) },
      status: { ...node.status, conditions: nodeConditions(kubelet.networkReady, now) },
    };
    this.#fleet.sim.trace.emit('kubelet.register', kubelet.nodeName);
    this.#mirrorless.add(kubelet);
    kubelet.client.create(NODES, object, (result) => {
      if (!result.ok) throw new Error(`node ${kubelet.nodeName} cannot register: ${result.status.message ?? ''}`);
      kubelet.updateNode(result.object);
      kubelet.recorder?.event(result.object, 'Normal', 'Starting', 'Starting kubelet.');
      this.#createLease(kubelet);
      kubelet.start();
      this.onNode(kubelet);
    });
    if (this.#fleet.settings.heartbeats === 'written') this.planHeartbeats(kubelet);
  }

  /** The Node exists already: the mirrors of its static Pods are made when the kubelet has seen it. */
  expectNode(kubelet: Kubelet): void {
    this.#mirrorless.add(kubelet);
  }

  /** News of the Node object: once it exists, the mirrors of static Pods are made. */
  onNode(kubelet: Kubelet): void {
    if (this.#mirrorless.size === 0 || kubelet.node.metadata.uid === undefined) return;
    if (this.#mirrorless.delete(kubelet)) {
      this.#fleet.staticPods.createMirrors(kubelet);
    }
  }

  #createLease(kubelet: Kubelet): void {
    const renewTime = this.#fleet.clock.nowTimestamp();
    const { nodeName } = kubelet;
    kubelet.client.create(LEASES, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: {
        name: nodeName,
        namespace: LEASE_NAMESPACE,
        ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: nodeName, uid: kubelet.node.metadata.uid ?? '' }],
      },
      spec: {
        holderIdentity: nodeName,
        leaseDurationSeconds: this.#fleet.settings.nodeLeaseDurationSeconds,
        renewTime,
      },
    });
  }

  /** A CNI configuration has been written on the machine: the next runtime check finds it and the Node becomes Ready. */
  onNetworkConfigured(kubelet: Kubelet): void {
    if (kubelet.networkReady) return;
    const { nowMicros } = this.#fleet.sim;
    const phase = kubelet.relistPhaseMicros;
    const tick = phase + (Math.floor((nowMicros - phase) / RUNTIME_CHECK_MICROS) + 1) * RUNTIME_CHECK_MICROS;
    this.#fleet.sim.at(tick, this.#onRuntimeCheck, kubelet);
  }

  readonly #onRuntimeCheck = (kubelet: Kubelet): void => {
    if (kubelet.networkReady || !kubelet.running) return;
    kubelet.setNetworkReady();
    this.#fleet.sim.trace.emit('kubelet.node-ready', kubelet.nodeName);
    kubelet.recorder?.event(kubelet.node, 'Normal', 'NodeReady', `Node ${kubelet.nodeName} status is now: NodeReady`);
    this.report(kubelet);
  };

  /** A changed status is sent when the kubelet computes it next, on its grid of ten seconds. */
  planReport(kubelet: Kubelet): void {
    if (kubelet.statusReport !== undefined) return;
    const { nowMicros } = this.#fleet.sim;
    const phase = kubelet.relistPhaseMicros;
    const tick = phase + (Math.floor((nowMicros - phase) / STATUS_PERIOD_MICROS) + 1) * STATUS_PERIOD_MICROS;
    kubelet.statusReport = this.#fleet.sim.at(tick, this.#onReport, kubelet);
  }

  readonly #onReport = (kubelet: Kubelet): void => {
    kubelet.statusReport = undefined;
    if (kubelet.running) this.report(kubelet);
  };

  /** PATCH of nodes/NAME/status. */
  report(kubelet: Kubelet): void {
    const own = nodeConditions(kubelet.networkReady, this.#fleet.clock.nowTimestamp());
    const all = kubelet.images.list();
    const images = all.length > MAX_IMAGES ? all.slice(0, MAX_IMAGES) : all;
    kubelet.reports++;
    const report = kubelet.reports;
    // Nothing once a newer report has been sent, which may have come first.
    const change = (current: Node): Node =>
      kubelet.reports === report
        ? reportedNode(current, mergeNodeConditions(current.status?.conditions, own), images)
        : current;
    kubelet.client.patch(NODES, undefined, kubelet.nodeName, change, undefined, 'status');
  }

  /** When this Node's Lease was last renewed: a multiple of the renewal period since the kubelet's phase. */
  leaseRenewedAtMicros(kubelet: Kubelet): Micros {
    const phase = kubelet.relistPhaseMicros;
    const since = this.#fleet.sim.nowMicros - phase;
    return Math.max(0, phase + Math.floor(since / this.#renewMicros) * this.#renewMicros);
  }

  /** Writes the Lease as it was last renewed; called when a kubelet stops, so that its silence can be seen. */
  writeLease(kubelet: Kubelet): void {
    const renewTime = this.#fleet.clock.timestampAt(this.leaseRenewedAtMicros(kubelet));
    const change = (lease: Lease): Lease => ({ ...lease, spec: { ...lease.spec, renewTime } });
    kubelet.client.patch(LEASES, LEASE_NAMESPACE, kubelet.nodeName, change);
  }

  /** Leases renewed and statuses reported as writes, in the background of the run. */
  planHeartbeats(kubelet: Kubelet): void {
    const { sim, settings } = this.#fleet;
    sim.afterInBackground(this.#renewMicros, this.#onRenew, kubelet);
    sim.afterInBackground(secondsToMicros(settings.nodeStatusReportFrequencySeconds), this.#onStatusDue, kubelet);
  }

  readonly #onRenew = (kubelet: Kubelet): void => {
    if (kubelet.running) this.writeLease(kubelet);
    this.#fleet.sim.afterInBackground(this.#renewMicros, this.#onRenew, kubelet);
  };

  readonly #onStatusDue = (kubelet: Kubelet): void => {
    if (kubelet.running) this.report(kubelet);
    const periodMicros = secondsToMicros(this.#fleet.settings.nodeStatusReportFrequencySeconds);
    this.#fleet.sim.afterInBackground(periodMicros, this.#onStatusDue, kubelet);
  };
}
