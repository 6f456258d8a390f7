/**
 * The kinds that Kubernetes v1.34 itself serves, by apiVersion: what lets a reader of manifests tell a kind that is not
 * modelled (reported) from a misspelt one (refused).
 * Source: the API groups of the v1.34 API reference, https://kubernetes.io/docs/reference/kubernetes-api/.
 */

const BUILTIN: Readonly<Record<string, string>> = {
  v1: 'Binding ComponentStatus ConfigMap Endpoints Event LimitRange Namespace Node PersistentVolume PersistentVolumeClaim Pod PodTemplate ReplicationController ResourceQuota Secret Service ServiceAccount',
  'admissionregistration.k8s.io/v1':
    'MutatingWebhookConfiguration ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration',
  'apiextensions.k8s.io/v1': 'CustomResourceDefinition',
  'apiregistration.k8s.io/v1': 'APIService',
  'apps/v1': 'ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet',
  'autoscaling/v1': 'HorizontalPodAutoscaler Scale',
  'autoscaling/v2': 'HorizontalPodAutoscaler',
  'batch/v1': 'CronJob Job',
  'certificates.k8s.io/v1': 'CertificateSigningRequest',
  'coordination.k8s.io/v1': 'Lease',
  'discovery.k8s.io/v1': 'EndpointSlice',
  'events.k8s.io/v1': 'Event',
  'flowcontrol.apiserver.k8s.io/v1': 'FlowSchema PriorityLevelConfiguration',
  'networking.k8s.io/v1': 'IPAddress Ingress IngressClass NetworkPolicy ServiceCIDR',
  'node.k8s.io/v1': 'RuntimeClass',
  'policy/v1': 'Eviction PodDisruptionBudget',
  'rbac.authorization.k8s.io/v1': 'ClusterRole ClusterRoleBinding Role RoleBinding',
  'resource.k8s.io/v1': 'DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice',
  'scheduling.k8s.io/v1': 'PriorityClass',
  'storage.k8s.io/v1': 'CSIDriver CSINode CSIStorageCapacity StorageClass VolumeAttachment VolumeAttributesClass',
};

/** Groups that only Kubernetes itself defines; any other group with a dot is of a custom resource. */
const BUILTIN_GROUPS = new Set(Object.keys(BUILTIN).map((apiVersion) => apiVersion.split('/')[0] as string));

/** Kinds that cannot make, move or refuse a Pod in the simulated cluster: leaving them out changes nothing. */
const INERT = new Set(
  'ComponentStatus Secret ControllerRevision ClusterRole ClusterRoleBinding Role RoleBinding CertificateSigningRequest CustomResourceDefinition APIService Event Lease IngressClass PodTemplate'.split(
    ' ',
  ),
);

export type KindVerdict =
  /** Kubernetes has it and it would not change what is simulated. */
  | 'inert'
  /** Kubernetes has it, or a custom resource's controller may read it, and it may change behaviour. */
  | 'unmodelled'
  /** No such kind in this apiVersion. */
  | 'unknown';

/** What an apiVersion and kind that the simulator does not serve are. */
export function judgeKind(apiVersion: string, kind: string): KindVerdict {
  const kinds = BUILTIN[apiVersion];
  if (kinds?.split(' ').includes(kind)) return INERT.has(kind) ? 'inert' : 'unmodelled';
  const [group, version] = apiVersion.split('/');
  if (version === undefined || BUILTIN_GROUPS.has(group as string) || !group?.includes('.')) return 'unknown';
  return 'unmodelled';
}

/** The apiVersions under which Kubernetes serves a kind, for messages. */
export function apiVersionsOfKind(kind: string): string[] {
  return Object.keys(BUILTIN).filter((apiVersion) => BUILTIN[apiVersion]?.split(' ').includes(kind));
}
