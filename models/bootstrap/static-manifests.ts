/**
 * The static Pods of a control plane Node as `kubeadm init` writes them to /etc/kubernetes/manifests.
 * Source: cmd/kubeadm/app/phases/{etcd,controlplane}, cmd/kubeadm/app/util/staticpod.
 */
import type { Container, Pod, Probe, Volume } from '../objects/pod.ts';
import { KUBERNETES_VERSION } from './node-objects.ts';

interface Component {
  readonly name: string;
  readonly image: string;
  readonly port: number;
  readonly requests: { readonly cpu: string; readonly memory?: string };
}

export const ETCD_IMAGE = 'registry.k8s.io/etcd:3.6.5-0';

const COMPONENTS: readonly Component[] = [
  { name: 'etcd', image: ETCD_IMAGE, port: 2381, requests: { cpu: '100m', memory: '100Mi' } },
  {
    name: 'kube-apiserver',
    image: `registry.k8s.io/kube-apiserver:${KUBERNETES_VERSION}`,
    port: 6443,
    requests: { cpu: '250m' },
  },
  {
    name: 'kube-controller-manager',
    image: `registry.k8s.io/kube-controller-manager:${KUBERNETES_VERSION}`,
    port: 10257,
    requests: { cpu: '200m' },
  },
  {
    name: 'kube-scheduler',
    image: `registry.k8s.io/kube-scheduler:${KUBERNETES_VERSION}`,
    port: 10259,
    requests: { cpu: '100m' },
  },
];

/** Images that kubeadm has pulled before it starts the control plane. */
export const CONTROL_PLANE_IMAGES: readonly string[] = COMPONENTS.map(({ image }) => image);

function probe(port: number, path: string, more: Partial<Probe>): Probe {
  return { httpGet: { path, port }, timeoutSeconds: 15, periodSeconds: 10, failureThreshold: 8, ...more };
}

function manifest(component: Component): Pod {
  const { name, image, port, requests } = component;
  const container: Container = {
    name,
    image,
    imagePullPolicy: 'IfNotPresent',
    resources: { requests: { ...requests } },
    livenessProbe: probe(port, '/livez', { initialDelaySeconds: 10 }),
    readinessProbe: probe(port, '/readyz', { periodSeconds: 1, failureThreshold: 3 }),
    startupProbe: probe(port, '/livez', { initialDelaySeconds: 10, failureThreshold: 24 }),
  };
  const volumes: Volume[] = [{ name: 'k8s-certs', hostPath: { path: '/etc/kubernetes/pki' } }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'kube-system', labels: { component: name, tier: 'control-plane' } },
    spec: {
      containers: [container],
      hostNetwork: true,
      priority: 2_000_001_000,
      priorityClassName: 'system-node-critical',
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      volumes,
    },
  };
}

/** etcd, kube-apiserver, kube-controller-manager and kube-scheduler. */
export const STATIC_PODS: readonly Pod[] = COMPONENTS.map(manifest);
