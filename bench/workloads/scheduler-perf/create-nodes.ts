/**
 * createNodes: one Node after another, each with the label kubernetes.io/hostname, then what the operation prepares.
 * Source: test/integration/scheduler_perf/node_util.go IntegrationTestNodePreparer, test/utils/runners.go prepare strategies.
 */
import type { Labels } from '../../../models/objects/meta.ts';
import type { Node } from '../../../models/objects/node.ts';
import { CSI_NODES, NODES } from '../../../models/objects/resources.ts';
import type { CSINode } from '../../../models/objects/storage.ts';
import type { Harness } from './harness.ts';
import type { CreateNodes, NodePreparation } from './operations.ts';

const BASE_NODE: Node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: '' },
  status: {
    capacity: { pods: '110', cpu: '4', memory: '32Gi' },
    conditions: [{ type: 'Ready', status: 'True' }],
  },
} as Node;

const MIGRATED_PLUGINS = 'storage.alpha.kubernetes.io/migrated-plugins';

export function createNodes(harness: Harness, operation: CreateNodes, operationIndex: number): void {
  const { count, template, templateParams, prepare } = operation;
  const read = template === undefined ? undefined : harness.template<Node>(template, ['Node']);
  const prefix = `node-${operationIndex}-`;
  const nodes: Node[] = [];
  for (let index = 0; index < count; index++) {
    const base = read?.object({ ...templateParams, Index: index, Count: count }) ?? BASE_NODE;
    const { generateName = prefix } = base.metadata;
    const name = base.metadata.name || harness.nodeName(generateName);
    nodes.push(preparedNode(base, name, prepare, index));
  }
  const { client } = harness.cluster;
  harness.each(count, 1, 'creating Nodes', (index, done) => client.create(NODES, nodes[index] as Node, done));
  if (prepare.kind !== 'allocatable') return;
  harness.each(count, 1, 'creating CSINodes', (index, done) =>
    client.create(CSI_NODES, csiNode((nodes[index] as Node).metadata.name, prepare), done),
  );
}

function preparedNode(base: Node, name: string, prepare: NodePreparation, index: number): Node {
  const { generateName: _generateName, ...metadata } = base.metadata;
  const labels: Labels = { ...metadata.labels, 'kubernetes.io/hostname': name, ...preparedLabels(prepare, index) };
  const added = prepare.kind === 'allocatable' ? prepare.allocatable : {};
  const status = {
    ...base.status,
    capacity: { ...base.status?.capacity, ...added },
    allocatable: { ...(base.status?.allocatable ?? base.status?.capacity), ...added },
  };
  return { ...base, metadata: { ...metadata, name, labels }, status } as Node;
}

function preparedLabels(prepare: NodePreparation, index: number): Labels {
  if (prepare.kind === 'label') return { [prepare.key]: prepare.values[index % prepare.values.length] as string };
  return prepare.kind === 'uniqueLabel' ? { [prepare.key]: `unique-${index}` } : {};
}

function csiNode(name: string, prepare: Extract<NodePreparation, { kind: 'allocatable' }>): CSINode {
  const plugins = prepare.migratedPlugins.join(',');
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'CSINode',
    metadata: { name, ...(plugins === '' ? {} : { annotations: { [MIGRATED_PLUGINS]: plugins } }) },
    spec: { drivers: prepare.csi.map(({ driver, count }) => ({ name: driver, nodeID: name, allocatable: { count } })) },
  };
}
