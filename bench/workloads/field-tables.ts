/**
 * The fields that Kubernetes v1.34 has, for the kinds that manifests hold: what lets a reader tell a misspelt field (refused)
 * from one that no model reads (reported). Written as one line for each type: names, with the type of their value after a
 * colon where it is checked further, and `[]` where it is a list of them. `!` marks what Kubernetes obeys and no model here does.
 * Status is written by components, not by people, and is not checked, but for that of Nodes.
 * Source: https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.34/
 */

const TYPES = {
  ObjectMeta:
    'annotations creationTimestamp deletionGracePeriodSeconds deletionTimestamp finalizers generateName generation labels managedFields name namespace ownerReferences resourceVersion selfLink uid',
  LabelSelector: 'matchExpressions:Requirement[] matchLabels',
  Requirement: 'key operator values',
  PodTemplate: 'metadata:ObjectMeta spec:PodSpec',
  PodSpec:
    'activeDeadlineSeconds affinity:Affinity automountServiceAccountToken containers:Container[] !dnsConfig dnsPolicy enableServiceLinks !ephemeralContainers !hostAliases hostIPC hostNetwork hostPID hostUsers hostname !hostnameOverride imagePullSecrets initContainers:Container[] nodeName nodeSelector !os overhead preemptionPolicy priority priorityClassName readinessGates resourceClaims resources:Resources restartPolicy !runtimeClassName schedulerName schedulingGates securityContext serviceAccount serviceAccountName setHostnameAsFQDN shareProcessNamespace subdomain terminationGracePeriodSeconds tolerations:Toleration[] topologySpreadConstraints:SpreadConstraint[] volumes:Volume[]',
  Container:
    'args command env:EnvVar[] envFrom image imagePullPolicy lifecycle:Lifecycle livenessProbe:Probe name ports:ContainerPort[] readinessProbe:Probe resizePolicy resources:Resources restartPolicy !restartPolicyRules securityContext startupProbe:Probe stdin stdinOnce terminationMessagePath terminationMessagePolicy tty volumeDevices volumeMounts:VolumeMount[] workingDir',
  Resources: 'claims limits requests',
  EnvVar: 'name value valueFrom',
  Lifecycle: '!postStart preStop stopSignal',
  ContainerPort: 'containerPort hostIP hostPort name protocol',
  VolumeMount: 'mountPath mountPropagation name readOnly recursiveReadOnly subPath subPathExpr',
  Probe:
    'exec failureThreshold grpc httpGet initialDelaySeconds periodSeconds successThreshold tcpSocket terminationGracePeriodSeconds timeoutSeconds',
  Toleration: 'effect key operator tolerationSeconds value',
  SpreadConstraint:
    'labelSelector:LabelSelector matchLabelKeys maxSkew minDomains nodeAffinityPolicy nodeTaintsPolicy topologyKey whenUnsatisfiable',
  Affinity: 'nodeAffinity:NodeAffinity podAffinity:PodAffinity podAntiAffinity:PodAffinity',
  NodeAffinity:
    'preferredDuringSchedulingIgnoredDuringExecution:PreferredNodes[] requiredDuringSchedulingIgnoredDuringExecution:NodeSelector',
  PreferredNodes: 'preference:NodeSelectorTerm weight',
  NodeSelector: 'nodeSelectorTerms:NodeSelectorTerm[]',
  NodeSelectorTerm: 'matchExpressions:Requirement[] matchFields:Requirement[]',
  PodAffinity:
    'preferredDuringSchedulingIgnoredDuringExecution:PreferredPods[] requiredDuringSchedulingIgnoredDuringExecution:PodAffinityTerm[]',
  PreferredPods: 'podAffinityTerm:PodAffinityTerm weight',
  PodAffinityTerm:
    'labelSelector:LabelSelector matchLabelKeys mismatchLabelKeys namespaceSelector:LabelSelector namespaces topologyKey',
  Volume:
    'awsElasticBlockStore azureDisk azureFile cephfs cinder configMap csi downwardAPI emptyDir ephemeral fc flexVolume flocker gcePersistentDisk gitRepo glusterfs hostPath image iscsi name nfs persistentVolumeClaim photonPersistentDisk portworxVolume projected quobyte rbd scaleIO secret storageos vsphereVolume',
  NodeSpec: 'configSource externalID podCIDR podCIDRs providerID taints:Taint[] unschedulable',
  Taint: 'effect key timeAdded value',
  NodeStatus:
    'addresses allocatable capacity conditions config daemonEndpoints features images nodeInfo phase runtimeHandlers volumesAttached volumesInUse',
  DeploymentSpec:
    'minReadySeconds paused progressDeadlineSeconds replicas revisionHistoryLimit selector:LabelSelector strategy:Strategy template:PodTemplate',
  Strategy: 'rollingUpdate:RollingUpdate type',
  RollingUpdate: 'maxSurge maxUnavailable',
  ReplicaSetSpec: 'minReadySeconds replicas selector:LabelSelector template:PodTemplate',
  ReplicationControllerSpec: 'minReadySeconds replicas selector template:PodTemplate',
  DaemonSetSpec:
    'minReadySeconds revisionHistoryLimit selector:LabelSelector template:PodTemplate updateStrategy:Strategy',
  ServiceSpec:
    'allocateLoadBalancerNodePorts clusterIP clusterIPs externalIPs externalName externalTrafficPolicy healthCheckNodePort internalTrafficPolicy ipFamilies ipFamilyPolicy !loadBalancerClass !loadBalancerIP !loadBalancerSourceRanges ports:ServicePort[] publishNotReadyAddresses selector sessionAffinity sessionAffinityConfig trafficDistribution type',
  ServicePort: 'appProtocol name nodePort port protocol targetPort',
  DisruptionBudgetSpec: 'maxUnavailable minAvailable selector:LabelSelector unhealthyPodEvictionPolicy',
  ClaimSpec:
    'accessModes dataSource dataSourceRef resources:Resources selector:LabelSelector storageClassName volumeAttributesClassName volumeMode volumeName',
  Pod: 'spec:PodSpec status',
  Node: 'spec:NodeSpec status:NodeStatus',
  Namespace: 'spec status',
  ServiceAccount: 'automountServiceAccountToken imagePullSecrets secrets',
  ConfigMap: 'binaryData data immutable',
  Deployment: 'spec:DeploymentSpec status',
  ReplicaSet: 'spec:ReplicaSetSpec status',
  ReplicationController: 'spec:ReplicationControllerSpec status',
  DaemonSet: 'spec:DaemonSetSpec status',
  Service: 'spec:ServiceSpec status',
  PodDisruptionBudget: 'spec:DisruptionBudgetSpec status',
  PriorityClass: 'description globalDefault preemptionPolicy value',
  PersistentVolumeClaim: 'spec:ClaimSpec status',
  StorageClass:
    'allowVolumeExpansion allowedTopologies mountOptions parameters provisioner reclaimPolicy volumeBindingMode',
} as const satisfies Readonly<Record<string, string>>;

export interface KnownField {
  /** Name of the type whose fields are checked further. */
  readonly type: string | undefined;
  readonly isList: boolean;
  readonly modelled: boolean;
  /** Of the value, where it is one for every type that has a field of this name. */
  readonly scalar?: ScalarKind | undefined;
}

export type ScalarKind = 'integer' | 'boolean' | 'string' | 'map of strings' | 'list of strings';

/** What fields hold that have no fields of their own; one name means the same in every type above, but for `TYPED`. */
const SCALARS: Readonly<Record<ScalarKind, string>> = {
  integer:
    'activeDeadlineSeconds containerPort failureThreshold healthCheckNodePort hostPort initialDelaySeconds maxSkew minDomains minReadySeconds nodePort periodSeconds port priority progressDeadlineSeconds replicas revisionHistoryLimit successThreshold terminationGracePeriodSeconds timeoutSeconds tolerationSeconds weight',
  boolean:
    'allocateLoadBalancerNodePorts allowVolumeExpansion automountServiceAccountToken enableServiceLinks globalDefault hostIPC hostNetwork hostPID hostUsers immutable paused publishNotReadyAddresses readOnly setHostnameAsFQDN shareProcessNamespace stdin stdinOnce tty unschedulable',
  string:
    'clusterIP dnsPolicy effect externalName externalTrafficPolicy generateName hostIP hostname image imagePullPolicy internalTrafficPolicy key mountPath name namespace nodeAffinityPolicy nodeName nodeTaintsPolicy operator podCIDR preemptionPolicy priorityClassName protocol providerID provisioner restartPolicy schedulerName serviceAccount serviceAccountName sessionAffinity storageClassName subdomain terminationMessagePath terminationMessagePolicy topologyKey type value volumeBindingMode volumeMode volumeName whenUnsatisfiable workingDir',
  'map of strings': 'annotations labels matchLabels nodeSelector parameters selector',
  'list of strings':
    'accessModes args command externalIPs finalizers matchLabelKeys mismatchLabelKeys namespaces values',
};

const SCALAR_OF_NAME: ReadonlyMap<string, ScalarKind> = new Map(
  Object.entries(SCALARS).flatMap(([kind, names]) => names.split(' ').map((name) => [name, kind as ScalarKind])),
);

/** Fields whose name means something else elsewhere. */
const TYPED: ReadonlyMap<string, ScalarKind> = new Map([['PriorityClass.value', 'integer']]);

/** Fields of one type by name. */
export type FieldTable = ReadonlyMap<string, KnownField>;

function parseTable(owner: string, line: string): FieldTable {
  return new Map(
    line.split(' ').map((token) => {
      const [name, type] = token.replace('!', '').split(':');
      const isList = type?.endsWith('[]') ?? false;
      const scalar = TYPED.get(`${owner}.${name}`) ?? SCALAR_OF_NAME.get(name as string);
      return [
        name as string,
        {
          type: type?.replace('[]', ''),
          isList,
          modelled: !token.startsWith('!'),
          scalar: type === undefined ? scalar : undefined,
        },
      ];
    }),
  );
}

const TABLES: ReadonlyMap<string, FieldTable> = new Map(
  Object.entries(TYPES).map(([name, line]) => [name, parseTable(name, line)]),
);

/** The fields of a type or kind; undefined for kinds whose fields are not checked. */
export function fieldTable(type: string): FieldTable | undefined {
  return TABLES.get(type);
}
