/**
 * What the API server fills into the volumes of a Pod.
 * Source: pkg/apis/core/v1/defaults.go (SetDefaults_Volume and the sources of volumes).
 */
import type { Volume } from '../pod.ts';
import { mapShared, withField, withMissing } from './missing-fields.ts';

/** Octal 0644. */
const FILE_MODE = { defaultMode: 420 };

const SOURCE_DEFAULTS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  secret: FILE_MODE,
  configMap: FILE_MODE,
  downwardAPI: FILE_MODE,
  projected: FILE_MODE,
  hostPath: { type: '' },
  iscsi: { iscsiInterface: 'default' },
  rbd: { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' },
};

const FIELD_REF = { apiVersion: 'v1' };
const TOKEN = { expirationSeconds: 3600 };

interface ProjectedSource {
  readonly serviceAccountToken?: object;
  readonly downwardAPI?: { readonly items?: readonly { readonly fieldRef?: object }[] };
}

function defaultItems<T extends { readonly fieldRef?: object }>(items: readonly T[]): readonly T[] {
  return mapShared(items, (item) =>
    item.fieldRef ? withField(item, 'fieldRef', withMissing(item.fieldRef, FIELD_REF) as T['fieldRef']) : item,
  );
}

function defaultProjectedSource(source: ProjectedSource): ProjectedSource {
  let result = source;
  if (result.serviceAccountToken) {
    result = withField(result, 'serviceAccountToken', withMissing(result.serviceAccountToken, TOKEN));
  }
  if (result.downwardAPI?.items) {
    const items = defaultItems(result.downwardAPI.items);
    result = withField(result, 'downwardAPI', withField(result.downwardAPI, 'items', items));
  }
  return result;
}

interface Projected {
  readonly sources?: readonly ProjectedSource[];
}

function withSources(volume: Projected): Projected {
  return volume.sources ? withField(volume, 'sources', mapShared(volume.sources, defaultProjectedSource)) : volume;
}

/** A volume that names no source is an emptyDir. */
export function defaultVolume(volume: Volume): Volume {
  const names = Object.keys(volume).filter((name) => name !== 'name');
  if (names.length === 0) return { ...volume, emptyDir: {} };
  const [kind] = names as [keyof Volume];
  let source = volume[kind] as object | undefined;
  const defaults = SOURCE_DEFAULTS[kind];
  if (source === undefined || source === null) return volume;
  if (defaults !== undefined) source = withMissing(source, defaults);
  if (kind === 'projected') source = withSources(source as Projected);
  return source === volume[kind] ? volume : { ...volume, [kind]: source };
}
