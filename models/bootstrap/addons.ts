/**
 * The add-ons of a kubeadm cluster: CoreDNS, kube-proxy and flannel, as their manifests describe them.
 * Source: cmd/kubeadm/app/phases/addons/{dns,proxy}; flannel-io/flannel Documentation/kube-flannel.yml.
 */
import type { ConfigMap, ServiceAccount } from '../objects/cluster-objects.ts';
import type { KubeObject } from '../objects/meta.ts';
import type { Container } from '../objects/pod.ts';
import type { Service } from '../objects/service.ts';
import type { DaemonSet, Deployment } from '../objects/workloads.ts';
import { namespaceObject } from './initial-objects.ts';
import { CONTROL_PLANE_LABEL, KUBERNETES_VERSION } from './node-objects.ts';

export const COREDNS_IMAGE = 'registry.k8s.io/coredns/coredns:v1.12.1';
export const KUBE_PROXY_IMAGE = `registry.k8s.io/kube-proxy:${KUBERNETES_VERSION}`;
export const FLANNEL_IMAGE = 'ghcr.io/flannel-io/flannel:v0.27.0';
export const FLANNEL_PLUGIN_IMAGE = 'ghcr.io/flannel-io/flannel-cni-plugin:v1.7.1-flannel1';

export const FLANNEL_NAMESPACE = 'kube-flannel';

/** Container names by which the network hears of its processes. */
export const COREDNS_CONTAINER = 'coredns';
export const KUBE_PROXY_CONTAINER = 'kube-proxy';
export const FLANNEL_CONTAINER = 'kube-flannel';

function serviceAccount(namespace: string, name: string): ServiceAccount {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } };
}

function configMap(namespace: string, name: string, data: Readonly<Record<string, string>>): ConfigMap {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data };
}

const COREFILE = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30 {
       disable success cluster.local
       disable denial cluster.local
    }
    loop
    reload
    loadbalance
}
`;

const COREDNS_POD_CONTAINER: Container = {
  name: COREDNS_CONTAINER,
  image: COREDNS_IMAGE,
  imagePullPolicy: 'IfNotPresent',
  args: ['-conf', '/etc/coredns/Corefile'],
  resources: { limits: { memory: '170Mi' }, requests: { cpu: '100m', memory: '70Mi' } },
  ports: [
    { name: 'dns', containerPort: 53, protocol: 'UDP' },
    { name: 'dns-tcp', containerPort: 53, protocol: 'TCP' },
    { name: 'metrics', containerPort: 9153, protocol: 'TCP' },
    { name: 'liveness-probe', containerPort: 8080, protocol: 'TCP' },
    { name: 'readiness-probe', containerPort: 8181, protocol: 'TCP' },
  ],
  livenessProbe: {
    httpGet: { path: '/health', port: 'liveness-probe', scheme: 'HTTP' },
    initialDelaySeconds: 60,
    timeoutSeconds: 5,
    successThreshold: 1,
    failureThreshold: 5,
  },
  readinessProbe: { httpGet: { path: '/ready', port: 'readiness-probe', scheme: 'HTTP' } },
  volumeMounts: [{ name: 'config-volume', mountPath: '/etc/coredns', readOnly: true }],
};

const COREDNS_LABELS = { 'k8s-app': 'kube-dns' };

function corednsDeployment(): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'coredns', namespace: 'kube-system', labels: COREDNS_LABELS },
    spec: {
      replicas: 2,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: '25%' } },
      selector: { matchLabels: COREDNS_LABELS },
      template: {
        metadata: { labels: COREDNS_LABELS },
        spec: {
          priorityClassName: 'system-cluster-critical',
          serviceAccountName: 'coredns',
          affinity: {
            podAntiAffinity: {
              preferredDuringSchedulingIgnoredDuringExecution: [
                {
                  weight: 100,
                  podAffinityTerm: {
                    labelSelector: { matchExpressions: [{ key: 'k8s-app', operator: 'In', values: ['kube-dns'] }] },
                    topologyKey: 'kubernetes.io/hostname',
                  },
                },
              ],
            },
          },
          tolerations: [
            { key: 'CriticalAddonsOnly', operator: 'Exists' },
            { key: CONTROL_PLANE_LABEL, effect: 'NoSchedule' },
          ],
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          containers: [COREDNS_POD_CONTAINER],
          dnsPolicy: 'Default',
          volumes: [{ name: 'config-volume', configMap: { name: 'coredns' } }],
        },
      },
    },
  };
}

function kubeDnsService(address: string): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: 'kube-dns',
      namespace: 'kube-system',
      labels: { ...COREDNS_LABELS, 'kubernetes.io/cluster-service': 'true', 'kubernetes.io/name': 'CoreDNS' },
    },
    spec: {
      type: 'ClusterIP',
      clusterIP: address,
      selector: COREDNS_LABELS,
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
        { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 53 },
        { name: 'metrics', port: 9153, protocol: 'TCP', targetPort: 9153 },
      ],
    },
  };
}

/** CoreDNS behind the Service kube-dns. */
export function dnsAddon(address: string): KubeObject[] {
  return [
    configMap('kube-system', 'coredns', { Corefile: COREFILE }),
    serviceAccount('kube-system', 'coredns'),
    corednsDeployment(),
    kubeDnsService(address),
  ];
}

export function proxyAddon(podCidr: string): KubeObject[] {
  const labels = { 'k8s-app': 'kube-proxy' };
  const daemonSet: DaemonSet = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'kube-proxy', namespace: 'kube-system', labels },
    spec: {
      selector: { matchLabels: labels },
      updateStrategy: { type: 'RollingUpdate' },
      template: {
        metadata: { labels },
        spec: {
          priorityClassName: 'system-node-critical',
          serviceAccountName: 'kube-proxy',
          hostNetwork: true,
          tolerations: [{ operator: 'Exists' }],
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          containers: [
            {
              name: KUBE_PROXY_CONTAINER,
              image: KUBE_PROXY_IMAGE,
              imagePullPolicy: 'IfNotPresent',
              command: ['/usr/local/bin/kube-proxy', '--config=/var/lib/kube-proxy/config.conf'],
              securityContext: { privileged: true },
            },
          ],
          volumes: [{ name: 'kube-proxy', configMap: { name: 'kube-proxy' } }],
        },
      },
    },
  };
  const config = `apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nclusterCIDR: ${podCidr}\n`;
  return [
    configMap('kube-system', 'kube-proxy', { 'config.conf': config }),
    serviceAccount('kube-system', 'kube-proxy'),
    daemonSet,
  ];
}

export function flannelAddon(podCidr: string): KubeObject[] {
  const labels = { app: 'flannel', tier: 'node', 'k8s-app': 'flannel' };
  const daemonSet: DaemonSet = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'kube-flannel-ds', namespace: FLANNEL_NAMESPACE, labels },
    spec: {
      selector: { matchLabels: { app: 'flannel', 'k8s-app': 'flannel' } },
      template: {
        metadata: { labels },
        spec: {
          priorityClassName: 'system-node-critical',
          serviceAccountName: 'flannel',
          hostNetwork: true,
          tolerations: [{ effect: 'NoSchedule', operator: 'Exists' }],
          affinity: {
            nodeAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: {
                nodeSelectorTerms: [
                  { matchExpressions: [{ key: 'kubernetes.io/os', operator: 'In', values: ['linux'] }] },
                ],
              },
            },
          },
          initContainers: [
            { name: 'install-cni-plugin', image: FLANNEL_PLUGIN_IMAGE, command: ['cp'] },
            { name: 'install-cni', image: FLANNEL_IMAGE, command: ['cp'] },
          ],
          containers: [
            {
              name: FLANNEL_CONTAINER,
              image: FLANNEL_IMAGE,
              command: ['/opt/bin/flanneld'],
              args: ['--ip-masq', '--kube-subnet-mgr'],
              resources: { requests: { cpu: '100m', memory: '50Mi' } },
            },
          ],
          volumes: [{ name: 'flannel-cfg', configMap: { name: 'kube-flannel-cfg' } }],
        },
      },
    },
  };
  const netConf = JSON.stringify({ Network: podCidr, EnableNFTables: false, Backend: { Type: 'vxlan' } });
  return [
    namespaceObject(FLANNEL_NAMESPACE),
    serviceAccount(FLANNEL_NAMESPACE, 'flannel'),
    configMap(FLANNEL_NAMESPACE, 'kube-flannel-cfg', { 'net-conf.json': netConf }),
    daemonSet,
  ];
}
