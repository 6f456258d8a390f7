/** STAND-IN for development only. */
import { MICROS_PER_SECOND, type Simulation } from '../../engine/index.ts';
import type { KubeObject } from '../../models/objects/meta.ts';
import type { Pod } from '../../models/objects/pod.ts';
import { NODES, PODS } from '../../models/objects/resources.ts';
import { schedulerConfigurationOf } from './policies.ts';
import { nodeAllocatable, podRequests } from './resource-amounts.ts';
import type { Experiment, PolicySpec } from './schema.ts';
import type { SimulatedCluster, StoredChange } from './simulated-cluster.ts';
import type { WorkloadInput } from './workload-input.ts';
import type { Study } from './load.ts';

export function buildCluster(
  sim: Simulation,
  _e: Experiment,
  input: WorkloadInput,
  policy: PolicySpec,
  inputs: Study['inputs'],
): SimulatedCluster {
  schedulerConfigurationOf(policy, inputs);
  const pack = policy.name === 'pack';
  let observer: (c: StoredChange) => void = () => {};
  let attempts: (k: string, t: number) => void = () => {};
  const nodes = [
    ...input.nodes,
    ...input.nodeGroups.flatMap((g) =>
      Array.from({ length: g.count }, (_, i) => ({
        apiVersion: 'v1',
        kind: 'Node',
        metadata: {
          name: `${g.name}-${i}`,
          labels: { 'topology.kubernetes.io/zone': g.zones?.[i % g.zones.length] ?? '' },
        },
        status: { allocatable: g.capacity },
      })),
    ),
  ];
  const free = nodes.map((n) => ({ name: n.metadata.name, ...nodeAllocatable(n as never) }));
  const latency = sim.stream('standin/latency');
  sim.at(0, () => {
    for (const n of nodes) observer({ type: 'ADDED', resource: NODES, object: n as KubeObject });
  });
  const schedule = (pod: Pod): void => {
    attempts(`${pod.metadata.namespace}/${pod.metadata.name}`, sim.nowMicros);
    const r = podRequests(pod);
    const fits = free.filter((n) => n.cpuMillis >= r.cpuMillis && n.memoryBytes >= r.memoryBytes);
    if (fits.length === 0) {
      observer({
        type: 'MODIFIED',
        resource: PODS,
        object: {
          ...pod,
          status: {
            conditions: [
              {
                type: 'PodScheduled',
                status: 'False',
                message: `0/${free.length} nodes are available: Insufficient cpu.`,
              },
            ],
          },
        } as Pod,
      });
      return;
    }
    const best = pack
      ? fits.reduce((a, b) => (b.cpuMillis < a.cpuMillis ? b : a))
      : fits.reduce((a, b) => (b.cpuMillis > a.cpuMillis ? b : a));
    best.cpuMillis -= r.cpuMillis;
    best.memoryBytes -= r.memoryBytes;
    const bound = { ...pod, spec: { ...pod.spec, nodeName: best.name } } as Pod;
    sim.trace.emit('bind', pod.metadata.name, best.name);
    observer({ type: 'MODIFIED', resource: PODS, object: bound });
    sim.after(Math.round((1 + latency.uniform()) * MICROS_PER_SECOND), () =>
      observer({ type: 'MODIFIED', resource: PODS, object: { ...bound, status: { phase: 'Running' } } as Pod }),
    );
  };
  return {
    create(resource, object, done) {
      sim.after(5000 + latency.below(1000), () => {
        observer({ type: 'ADDED', resource, object });
        if (resource === PODS) sim.after(2000, schedule, object as Pod);
        else if (resource.kind === 'Deployment') {
          const d = object as never as {
            metadata: { name: string; namespace: string };
            spec: { replicas: number; template: { metadata: object; spec: object } };
          };
          for (let i = 0; i < d.spec.replicas; i++) {
            const pod = {
              apiVersion: 'v1',
              kind: 'Pod',
              metadata: {
                ...d.spec.template.metadata,
                name: `${d.metadata.name}-${i}`,
                namespace: d.metadata.namespace,
              },
              spec: d.spec.template.spec,
            } as unknown as Pod;
            observer({ type: 'ADDED', resource: PODS, object: pod });
            sim.after(2000 + i * 1000, schedule, pod);
          }
        }
        done?.(undefined);
      });
    },
    delete() {},
    observe(l) {
      observer = l;
    },
    observeAttempts(l) {
      attempts = l;
    },
  };
}
