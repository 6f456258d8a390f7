/**
 * In-tree volumes (GCE PD, AWS EBS) and their migration to CSI: where a Node's CSINode says that a plugin is migrated, a volume's
 * zone labels bind it to the driver's zones.
 *
 * Source: staging/src/k8s.io/csi-translation-lib/plugins/{gce_pd,aws_ebs}.go, plugins/nodevolumelimits/utils.go isCSIMigrationOn.
 */
import type { Volume } from '../../objects/pod.ts';
import type { CSINode, PersistentVolume } from '../../objects/storage.ts';

export interface InTreePlugin {
  readonly inTree: string;
  readonly driver: string;
  /** The key under which the driver labels Nodes with their zone. */
  readonly zoneKey: string;
}

const GCE_PD: InTreePlugin = {
  inTree: 'kubernetes.io/gce-pd',
  driver: 'pd.csi.storage.gke.io',
  zoneKey: 'topology.gke.io/zone',
};
const AWS_EBS: InTreePlugin = {
  inTree: 'kubernetes.io/aws-ebs',
  driver: 'ebs.csi.aws.com',
  zoneKey: 'topology.ebs.csi.aws.com/zone',
};

const MIGRATED_PLUGINS = 'storage.alpha.kubernetes.io/migrated-plugins';

function isMigrated(plugin: InTreePlugin, csiNode: CSINode | undefined): boolean {
  const list = csiNode?.metadata.annotations?.[MIGRATED_PLUGINS] ?? '';
  return list.split(',').includes(plugin.inTree);
}

function pluginOf(source: Pick<Volume, 'gcePersistentDisk' | 'awsElasticBlockStore'>): InTreePlugin | undefined {
  if (source.gcePersistentDisk !== undefined) return GCE_PD;
  return source.awsElasticBlockStore === undefined ? undefined : AWS_EBS;
}

/** The in-tree plugin of a volume, if that is migrated on the Node. */
export function migratedPluginOf(
  source: Pick<Volume, 'gcePersistentDisk' | 'awsElasticBlockStore'>,
  csiNode: CSINode | undefined,
): InTreePlugin | undefined {
  const plugin = pluginOf(source);
  return plugin !== undefined && isMigrated(plugin, csiNode) ? plugin : undefined;
}

/**
 * NodeVolumeLimits, unlike VolumeBinding, does not ask the CSINode what is migrated: GCE PD and AWS EBS always are, where there is a
 * CSINode at all. Source: plugins/nodevolumelimits/utils.go isCSIMigrationOn.
 */
function countedPluginOf(
  source: Pick<Volume, 'gcePersistentDisk' | 'awsElasticBlockStore'>,
  csiNode: CSINode | undefined,
): InTreePlugin | undefined {
  return csiNode === undefined ? undefined : pluginOf(source);
}

/** The CSI driver that took over a provisioner, as far as limits go. */
export function countedDriver(provisioner: string, csiNode: CSINode | undefined): string {
  const plugin = [GCE_PD, AWS_EBS].find((candidate) => candidate.inTree === provisioner);
  return plugin === undefined || csiNode === undefined ? provisioner : plugin.driver;
}

export interface CsiSource {
  readonly driver: string;
  readonly volumeHandle: string;
}

/** The CSI volume that a PersistentVolume counts as on a Node. */
export function countedSourceOf(volume: PersistentVolume, csiNode: CSINode | undefined): CsiSource | undefined {
  if (volume.spec.csi !== undefined) return volume.spec.csi;
  const plugin = countedPluginOf(volume.spec, csiNode);
  if (plugin === undefined) return undefined;
  const name = volume.spec.gcePersistentDisk?.pdName ?? volume.spec.awsElasticBlockStore?.volumeID ?? '';
  return sourceOf(plugin, name, volume.metadata.labels ?? {});
}

/** The CSI volume that a volume written into a Pod counts as on a Node. */
export function inlineSourceOf(volume: Volume, csiNode: CSINode | undefined): CsiSource | undefined {
  const plugin = countedPluginOf(volume, csiNode);
  if (plugin === undefined) return undefined;
  const name = volume.gcePersistentDisk?.pdName ?? volume.awsElasticBlockStore?.volumeID ?? '';
  return sourceOf(plugin, name, {});
}

/**
 * As the translation writes it: EBS takes the volume's id (after the last slash of aws://zone/id), GCE the disk's path. Undefined for a GCE disk
 * in zones of different regions, which cannot be translated and counts nothing.
 */
function handleOf(plugin: InTreePlugin, name: string, labels: Readonly<Record<string, string>>): string | undefined {
  if (plugin === AWS_EBS) return name.slice(name.lastIndexOf('/') + 1);
  const zone = labels['topology.kubernetes.io/zone'] ?? labels['failure-domain.beta.kubernetes.io/zone'];
  if (zone === undefined) return `projects/UNSPECIFIED/zones/UNSPECIFIED/disks/${name}`;
  if (!zone.includes('__')) return `projects/UNSPECIFIED/zones/${zone}/disks/${name}`;
  const regions = new Set(zone.split('__').map((one) => one.replace(/-[^-]*$/, '')));
  return regions.size === 1 ? `projects/UNSPECIFIED/regions/${[...regions][0] ?? ''}/disks/${name}` : undefined;
}

function sourceOf(plugin: InTreePlugin, name: string, labels: Readonly<Record<string, string>>): CsiSource | undefined {
  const volumeHandle = handleOf(plugin, name, labels);
  return volumeHandle === undefined ? undefined : { driver: plugin.driver, volumeHandle };
}
