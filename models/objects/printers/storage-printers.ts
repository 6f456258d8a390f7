/**
 * Volumes, claims and classes as `kubectl get` shows them.
 * Source: pkg/printers/internalversion/printers.go, pkg/apis/core/helper.
 */
import type { KubeObject } from '../meta.ts';
import { formatQuantity } from '../quantity.ts';
import { quantityOf } from '../quantity-values.ts';
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../storage.ts';
import { age, columns, type TablePrinter, UNSET } from './table.ts';

const ACCESS_MODES: readonly (readonly [string, string])[] = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
];
const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class';
const DEFAULT_CLASS_ANNOTATIONS = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
];

/** In a fixed order, each once. */
function accessModesText(modes: readonly string[] | undefined): string {
  return ACCESS_MODES.filter(([mode]) => modes?.includes(mode))
    .map(([, short]) => short)
    .join(',');
}

function storageClassOf({ metadata }: KubeObject, name: string | undefined): string {
  return metadata.annotations?.[CLASS_ANNOTATION] ?? name ?? '';
}

function amountText(amount: string | number | undefined): string {
  return formatQuantity(quantityOf(amount ?? '0'));
}

export const claimPrinter: TablePrinter<PersistentVolumeClaim> = {
  columns: columns(
    'Name',
    'Status',
    'Volume',
    'Capacity',
    'Access Modes',
    'StorageClass',
    'VolumeAttributesClass',
    'Age',
    'VolumeMode+',
  ),
  row(claim, now) {
    const { metadata, spec, status } = claim;
    return [
      metadata.name,
      metadata.deletionTimestamp ? 'Terminating' : (status?.phase ?? ''),
      spec.volumeName ?? '',
      spec.volumeName ? amountText(status?.capacity?.['storage']) : '',
      spec.volumeName ? accessModesText(status?.accessModes) : '',
      storageClassOf(claim, spec.storageClassName),
      spec.volumeAttributesClassName ?? UNSET,
      age(metadata.creationTimestamp, now),
      spec.volumeMode ?? UNSET,
    ];
  },
};

interface PrintedVolume extends PersistentVolume {
  readonly spec: PersistentVolume['spec'] & { readonly persistentVolumeReclaimPolicy?: string };
  readonly status?: { readonly phase?: string; readonly reason?: string };
}

export const volumePrinter: TablePrinter<PrintedVolume> = {
  columns: columns(
    'Name',
    'Capacity',
    'Access Modes',
    'Reclaim Policy',
    'Status',
    'Claim',
    'StorageClass',
    'VolumeAttributesClass',
    'Reason',
    'Age',
    'VolumeMode+',
  ),
  row(volume, now) {
    const { metadata, spec, status } = volume;
    const claim = spec.claimRef;
    return [
      metadata.name,
      amountText(spec.capacity?.['storage']),
      accessModesText(spec.accessModes),
      spec.persistentVolumeReclaimPolicy ?? '',
      metadata.deletionTimestamp ? 'Terminating' : (status?.phase ?? ''),
      claim ? `${claim.namespace ?? ''}/${claim.name ?? ''}` : '',
      storageClassOf(volume, spec.storageClassName),
      spec.volumeAttributesClassName ?? UNSET,
      status?.reason ?? '',
      age(metadata.creationTimestamp, now),
      spec.volumeMode ?? UNSET,
    ];
  },
};

interface PrintedClass extends StorageClass {
  readonly allowVolumeExpansion?: boolean;
}

export const storageClassPrinter: TablePrinter<PrintedClass> = {
  columns: columns('Name', 'Provisioner', 'ReclaimPolicy', 'VolumeBindingMode', 'AllowVolumeExpansion', 'Age'),
  row({ metadata, provisioner, reclaimPolicy, volumeBindingMode, allowVolumeExpansion }, now) {
    const isDefault = DEFAULT_CLASS_ANNOTATIONS.some((name) => metadata.annotations?.[name] === 'true');
    return [
      isDefault ? `${metadata.name} (default)` : metadata.name,
      provisioner,
      reclaimPolicy ?? 'Delete',
      volumeBindingMode ?? 'Immediate',
      allowVolumeExpansion ?? false,
      age(metadata.creationTimestamp, now),
    ];
  },
};
