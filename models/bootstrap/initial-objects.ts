/**
 * What is in a cluster before anybody adds anything: namespaces, priority classes, the Service of the API server and
 * the ConfigMaps that kubeadm leaves.
 * Source: pkg/controlplane (namespaces, kubernetes Service), pkg/apis/scheduling (system priority classes),
 * cmd/kubeadm/app/phases/{uploadconfig,bootstraptoken,addons}.
 */
import type { ConfigMap, Namespace, PriorityClass, ServiceAccount } from '../objects/cluster-objects.ts';
import type { KubeObject } from '../objects/meta.ts';
import type { Service } from '../objects/service.ts';

export const SYSTEM_NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system'] as const;

export function namespaceObject(name: string): Namespace {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  };
}

function priorityClass(name: string, value: number, description: string): PriorityClass {
  return {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name },
    value,
    description,
    preemptionPolicy: 'PreemptLowerPriority',
  };
}

const PRIORITY_CLASSES: readonly PriorityClass[] = [
  priorityClass(
    'system-cluster-critical',
    2_000_000_000,
    'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  ),
  priorityClass(
    'system-node-critical',
    2_000_001_000,
    'Used for system critical pods that must not be moved from their current node.',
  ),
];

function configMap(namespace: string, name: string, data: Readonly<Record<string, string>>): ConfigMap {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data };
}

/** The first address of the Service network. */
export function kubernetesService(address: string): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: 'kubernetes',
      namespace: 'default',
      labels: { component: 'apiserver', provider: 'kubernetes' },
    },
    spec: {
      type: 'ClusterIP',
      clusterIP: address,
      clusterIPs: [address],
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      internalTrafficPolicy: 'Cluster',
      ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6443 }],
      sessionAffinity: 'None',
    },
    status: { loadBalancer: {} },
  };
}

/**
 * The default ServiceAccount of each namespace that has none, as the controller would have made it long ago in a cluster
 * that is there already. Without it no Pod is admitted.
 */
export function missingServiceAccounts(objects: readonly KubeObject[]): ServiceAccount[] {
  const present = new Set<string>();
  for (const { kind, metadata } of objects) {
    if (kind === 'ServiceAccount' && metadata.name === 'default') present.add(metadata.namespace ?? 'default');
  }
  return objects
    .filter(({ kind, metadata }) => kind === 'Namespace' && !present.has(metadata.name))
    .map(({ metadata: { name: namespace } }) => ({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace },
    }));
}

/** In the order in which a cluster gets them. */
export function initialObjects(kubernetesAddress: string): KubeObject[] {
  return [...SYSTEM_NAMESPACES.map(namespaceObject), ...PRIORITY_CLASSES, kubernetesService(kubernetesAddress)];
}

/** What `kubeadm init` uploads besides its add-ons. */
export function kubeadmConfigMaps(podCidr: string, serviceCidr: string, version: string): ConfigMap[] {
  const networking = `networking:\n  dnsDomain: cluster.local\n  podSubnet: ${podCidr}\n  serviceSubnet: ${serviceCidr}\n`;
  return [
    configMap('kube-system', 'kubeadm-config', {
      ClusterConfiguration: `apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nkubernetesVersion: ${version}\n${networking}`,
    }),
    configMap('kube-system', 'kubelet-config', {
      kubelet: 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\ncgroupDriver: systemd\n',
    }),
    configMap('kube-public', 'cluster-info', { kubeconfig: 'apiVersion: v1\nkind: Config\n' }),
  ];
}
