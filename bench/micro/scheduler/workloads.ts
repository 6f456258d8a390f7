/**
 * The Pods and Nodes of the scheduler benchmark: the workloads on which the real kube-scheduler was measured (Nodes of 4 cpu,
 * 32Gi, 110 Pods in three zones; Pods of one container with 100m and 500Mi and, but for `basic`, affinity or spreading).
 *
 * Several classes differ in their requests, so that each is evaluated on its own.
 */
import type { Node } from '../../../models/objects/node.ts';
import type { Pod, PodSpec } from '../../../models/objects/pod.ts';

export const WORKLOADS = ['basic', 'anti', 'prefaff', 'spread', 'spreadhard'] as const;
export type Workload = (typeof WORKLOADS)[number];

const HOSTNAME = 'kubernetes.io/hostname';
const ZONE = 'topology.kubernetes.io/zone';
const APP = { app: 'bench' };
const SELECTOR = { matchLabels: APP };

export function makeNode(index: number, zones: number): Node {
  const name = `node-${String(index).padStart(6, '0')}`;
  const amounts = { cpu: '4', memory: '32Gi', pods: '110' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: { [HOSTNAME]: name, [ZONE]: `zone-${index % zones}`, 'topology.kubernetes.io/region': 'region-1' },
    },
    status: { capacity: amounts, allocatable: amounts },
  };
}

function rulesOf(workload: Workload): Partial<PodSpec> {
  const term = { labelSelector: SELECTOR, topologyKey: HOSTNAME };
  const constraint = (topologyKey: string, whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway') => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable,
    labelSelector: SELECTOR,
  });
  switch (workload) {
    case 'basic':
      return {};
    case 'anti':
      return { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } };
    case 'prefaff':
      return {
        affinity: {
          podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: term }] },
        },
      };
    case 'spread':
      return { topologySpreadConstraints: [constraint(ZONE, 'DoNotSchedule'), constraint(HOSTNAME, 'ScheduleAnyway')] };
    case 'spreadhard':
      return { topologySpreadConstraints: [constraint(ZONE, 'DoNotSchedule'), constraint(HOSTNAME, 'DoNotSchedule')] };
  }
}

/** What the Pods of one class share. */
export interface PodTemplate {
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: PodSpec;
}

export function makeTemplates(workload: Workload, classes: number): PodTemplate[] {
  const rules = rulesOf(workload);
  return Array.from({ length: classes }, (_, index) => {
    const requests = { cpu: `${100 + 2 * (index % 25)}m`, memory: `${500 + Math.floor(index / 25)}Mi` };
    return {
      labels: { ...APP, class: String(index) },
      spec: {
        schedulerName: 'default-scheduler',
        priority: 0,
        containers: [{ name: 'main', image: 'registry.k8s.io/pause:3.10.1', resources: { requests } }],
        ...rules,
      },
    };
  });
}

export function makePod(template: PodTemplate, serial: number): Pod {
  const name = `pod-${serial}`;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', uid: name, labels: template.labels },
    spec: template.spec,
  };
}

/** Pods that the cluster is kept at. With anti-affinity a Node takes one only; hard spreading over zones of unequal size gets stuck in a second round. */
export function populationOf(workload: Workload, nodes: number): number {
  return workload === 'anti' || workload === 'spreadhard' ? Math.floor(nodes / 2) : nodes * 2;
}
