/** The printer of each kind, and the one that shows any other kind: name and age. */
import type { KubeObject } from '../meta.ts';
import { autoscalerPrinter } from './autoscaler-printer.ts';
import {
  configMapPrinter,
  eventPrinter,
  leasePrinter,
  namespacePrinter,
  nodePrinter,
  priorityClassPrinter,
  resourceQuotaPrinter,
  secretPrinter,
  serviceAccountPrinter,
} from './cluster-printers.ts';
import {
  endpointSlicePrinter,
  endpointsPrinter,
  ingressPrinter,
  networkPolicyPrinter,
  servicePrinter,
} from './network-printers.ts';
import { podPrinter } from './pod-printer.ts';
import { claimPrinter, storageClassPrinter, volumePrinter } from './storage-printers.ts';
import { column, columns, type TablePrinter } from './table.ts';
import {
  controllerRevisionPrinter,
  cronJobPrinter,
  daemonSetPrinter,
  deploymentPrinter,
  disruptionBudgetPrinter,
  jobPrinter,
  replicaSetPrinter,
  replicationControllerPrinter,
  statefulSetPrinter,
} from './workload-printers.ts';

const BY_KIND: Readonly<Record<string, unknown>> = {
  Pod: podPrinter,
  Node: nodePrinter,
  Deployment: deploymentPrinter,
  ReplicaSet: replicaSetPrinter,
  ReplicationController: replicationControllerPrinter,
  StatefulSet: statefulSetPrinter,
  DaemonSet: daemonSetPrinter,
  Job: jobPrinter,
  CronJob: cronJobPrinter,
  ControllerRevision: controllerRevisionPrinter,
  PodDisruptionBudget: disruptionBudgetPrinter,
  HorizontalPodAutoscaler: autoscalerPrinter,
  Service: servicePrinter,
  Endpoints: endpointsPrinter,
  EndpointSlice: endpointSlicePrinter,
  Ingress: ingressPrinter,
  NetworkPolicy: networkPolicyPrinter,
  Namespace: namespacePrinter,
  Event: eventPrinter,
  ConfigMap: configMapPrinter,
  Secret: secretPrinter,
  ServiceAccount: serviceAccountPrinter,
  Lease: leasePrinter,
  ResourceQuota: resourceQuotaPrinter,
  PriorityClass: priorityClassPrinter,
  PersistentVolumeClaim: claimPrinter,
  PersistentVolume: volumePrinter,
  StorageClass: storageClassPrinter,
};

/** Kinds without columns of their own: the name, and when the object was made. */
const defaultPrinter: TablePrinter<KubeObject> = {
  columns: [...columns('Name'), column('Created At')],
  row: ({ metadata }) => [metadata.name, metadata.creationTimestamp ?? ''],
};

export function printerOf(kind: string): TablePrinter<KubeObject> {
  return (BY_KIND[kind] as TablePrinter<KubeObject> | undefined) ?? defaultPrinter;
}
