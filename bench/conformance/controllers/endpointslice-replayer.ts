/** Replays recorded EndpointSlice work: Pods as endpoints, packing over a sequence of changes, and hints. */
import type { Node } from '../../../models/objects/node.ts';
import type { Pod } from '../../../models/objects/pod.ts';
import type { Endpoint, EndpointSlice, Service } from '../../../models/objects/service.ts';
import {
  type AddressType,
  endpointPorts,
  isListedPod,
  podEndpoint,
} from '../../../models/controllers/endpoints/pod-endpoint.ts';
import { planServiceSlices, sliceLabels } from '../../../models/controllers/endpoints/slice-plan.ts';
import { trafficDistributionOf, withTrafficHints } from '../../../models/controllers/endpoints/traffic-hints.ts';
import { primitiveReplayer } from './primitive-replayer.ts';

interface FakePod {
  readonly id: number;
  readonly node: number;
  readonly ready: boolean;
  readonly port?: number;
}

interface Step {
  readonly add?: readonly FakePod[];
  readonly remove?: readonly number[];
  readonly toggleReady?: readonly number[];
}

interface SliceInput {
  readonly op: string;
  readonly addressType?: AddressType;
  readonly node?: Node;
  readonly pod?: Pod;
  readonly service?: Service;
  readonly maxEndpointsPerSlice?: number;
  readonly trafficDistribution?: string;
  readonly steps?: readonly Step[];
  readonly existing?: readonly (readonly number[] | null)[] | null;
  readonly desired?: readonly number[] | null;
  readonly changed?: readonly number[] | null;
}

function serviceOf(trafficDistribution: string): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'svc', namespace: 'ns', uid: 'svc-uid' },
    spec: {
      selector: { a: 'b' },
      ports: [{ name: 'http', port: 80, protocol: 'TCP', targetPort: 'http' }],
      ...(trafficDistribution === '' ? {} : { trafficDistribution }),
    },
  };
}

function podOf(fake: FakePod): Pod {
  const ip = `10.${Math.floor(fake.id / 65536)}.${Math.floor(fake.id / 256) % 256}.${fake.id % 256}`;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `pod-${fake.id}`, namespace: 'ns', uid: `uid-${fake.id}` },
    spec: {
      nodeName: `node-${fake.node}`,
      containers: [{ name: 'c', ports: [{ name: 'http', containerPort: fake.port ?? 8080, protocol: 'TCP' }] }],
    },
    status: {
      phase: 'Running',
      podIP: ip,
      podIPs: [{ ip }],
      conditions: [{ type: 'Ready', status: fake.ready ? 'True' : 'False' }],
    },
  };
}

function nodeOf(name: string): Node {
  const zone = `zone-${Number(name.slice('node-'.length)) % 3}`;
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { 'topology.kubernetes.io/zone': zone } } };
}

/** EndpointSlices of one Service, with the writes that the plans ask for. */
class SliceStore {
  slices = new Map<string, EndpointSlice>();
  #made = 0;

  apply(service: Service, pods: readonly Pod[], maxEndpoints: number) {
    const existing = [...this.slices.values()];
    const plan = planServiceSlices({ service, pods, existing, maxEndpoints, nodeOf, addressType: 'IPv4' });
    for (const slice of plan.create) {
      const name = `new-${this.#made++}`;
      this.slices.set(name, { ...slice, metadata: { ...slice.metadata, name } });
    }
    for (const slice of plan.update) this.slices.set(slice.metadata.name, slice);
    for (const slice of plan.delete) this.slices.delete(slice.metadata.name);
    return { created: plan.create.length, updated: plan.update.length, deleted: plan.delete.length };
  }
}

function countHints(slices: Iterable<EndpointSlice>): Record<string, number> {
  const counts: Record<string, number> = {};
  const count = (key: string): void => {
    counts[key] = (counts[key] ?? 0) + 1;
  };
  for (const slice of slices) {
    for (const endpoint of slice.endpoints ?? []) {
      for (const zone of endpoint.hints?.forZones ?? []) count(`zone ${zone.name}`);
      for (const node of endpoint.hints?.forNodes ?? []) count(`node ${node.name}`);
    }
  }
  return counts;
}

function reconcile(input: SliceInput, stepsRecorded: number) {
  const service = serviceOf(input.trafficDistribution ?? '');
  const store = new SliceStore();
  const pods = new Map<number, FakePod>();
  return (input.steps ?? []).slice(0, stepsRecorded).map((step) => {
    for (const id of step.remove ?? []) pods.delete(id);
    for (const fake of step.add ?? []) pods.set(fake.id, fake);
    for (const id of step.toggleReady ?? []) {
      const fake = pods.get(id);
      if (fake !== undefined) pods.set(id, { ...fake, ready: !fake.ready });
    }
    const writes = store.apply(service, [...pods.values()].map(podOf), input.maxEndpointsPerSlice ?? 100);
    const slices = [...store.slices.values()]
      .map((slice) => `${slice.ports?.[0]?.port ?? ''}:${String(slice.endpoints?.length ?? 0).padStart(4, '0')}`)
      .sort();
    return { ...writes, hints: countHints(store.slices.values()), slices };
  });
}

function reconcileStep(input: SliceInput) {
  const service = serviceOf('');
  const fake = (id: number, ready: boolean): Pod => podOf({ id, node: id, ready });
  const store = new SliceStore();
  (input.existing ?? []).forEach((ids, i) => {
    const endpoints = (ids ?? []).map((id) => {
      const pod = fake(id, true);
      return podEndpoint(pod, nodeOf(pod.spec.nodeName as string), service, 'IPv4');
    });
    store.slices.set(`old-${i}`, {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        name: `old-${i}`,
        namespace: 'ns',
        labels: sliceLabels(service),
        ownerReferences: [{ apiVersion: 'v1', kind: 'Service', name: 'svc', uid: 'svc-uid', controller: true }],
      },
      addressType: 'IPv4',
      endpoints,
      ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    });
  });
  const changed = new Set(input.changed ?? []);
  const pods = (input.desired ?? []).map((id) => fake(id, !changed.has(id)));
  const writes = store.apply(service, pods, input.maxEndpointsPerSlice ?? 100);
  const existingSizes: Record<string, number> = {};
  const newSizes: number[] = [];
  for (const [name, slice] of store.slices) {
    if (name.startsWith('old-')) existingSizes[name] = slice.endpoints?.length ?? 0;
    else newSizes.push(slice.endpoints?.length ?? 0);
  }
  return { ...writes, existingSizes, newSizes: newSizes.sort((x, y) => x - y) };
}

function podAsEndpoint(input: SliceInput) {
  const pod = input.pod as Pod;
  const service = input.service as Service;
  return {
    endpoint: podEndpoint(pod, input.node, service, input.addressType ?? 'IPv4'),
    included: isListedPod(pod, true),
    includedNonTerminatingOnly: isListedPod(pod, false),
    ports: endpointPorts(service, pod),
  };
}

export const endpointSliceReplayer = primitiveReplayer<SliceInput>(
  'endpointslice',
  'EndpointSlice reconciliation',
  (input, recorded) => {
    if (input.op === 'podEndpoint') return { expected: recorded, found: podAsEndpoint(input) };
    if (input.op === 'reconcileStep') return { expected: sorted(recorded), found: reconcileStep(input) };
    return { expected: recorded, found: reconcile(input, (recorded as unknown[] | undefined)?.length ?? 0) };
  },
);

/** The recording lists the sizes of new slices in no particular order. */
function sorted(recorded: unknown): unknown {
  const out = recorded as { readonly newSizes?: readonly number[] | null };
  return { ...out, newSizes: (out.newSizes ?? []).toSorted((x, y) => x - y) };
}

interface HintsInput {
  readonly op: string;
  readonly trafficDistribution?: string;
  readonly create: readonly EndpointSlice[] | null;
  readonly update: readonly EndpointSlice[] | null;
  readonly unchanged: readonly EndpointSlice[] | null;
}

function hintsOf(endpoints: readonly Endpoint[]) {
  return endpoints.map((endpoint) => {
    const zones = endpoint.hints?.forZones?.map((zone) => zone.name);
    const nodes = endpoint.hints?.forNodes?.map((node) => node.name);
    return zones === undefined && nodes === undefined ? null : { zones, nodes };
  });
}

function trafficHints(input: HintsInput) {
  const distribution = trafficDistributionOf(input.trafficDistribution);
  const groups: Record<'create' | 'update' | 'unchanged', Record<string, unknown>> = {
    create: {},
    update: {},
    unchanged: {},
  };
  for (const group of ['create', 'update', 'unchanged'] as const) {
    for (const slice of input[group] ?? []) {
      const before = slice.endpoints ?? [];
      const after = withTrafficHints(before, distribution);
      const target = group === 'unchanged' && after !== before ? 'update' : group;
      groups[target][slice.metadata.name] = hintsOf(after);
    }
  }
  return groups;
}

export const endpointHintsReplayer = primitiveReplayer<HintsInput>(
  'endpointhints',
  'EndpointSlice hints',
  (input, recorded) => {
    if (input.op !== 'trafficDistribution') throw new RangeError(`${input.op} (topology-mode Auto) is not modelled`);
    return { expected: recorded, found: trafficHints(input) };
  },
);
