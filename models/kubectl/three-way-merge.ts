/**
 * The merge of `kubectl apply`: fields of the new manifest are set, fields that the last applied manifest had and the new one has not
 * are removed, and everything else stays as it is in the cluster. Lists of objects merge by their key where Kubernetes gives them one.
 * Source: staging/src/k8s.io/apimachinery/pkg/util/strategicpatch/patch.go; patchMergeKey tags of the API types.
 */

type Fields = Readonly<Record<string, unknown>>;

/** Keys of lists, by the field that holds the list; the first that all items have. Other lists are replaced whole. */
const MERGE_KEYS: Readonly<Record<string, readonly string[] | undefined>> = {
  containers: ['name'],
  initContainers: ['name'],
  ephemeralContainers: ['name'],
  env: ['name'],
  volumes: ['name'],
  volumeMounts: ['mountPath'],
  volumeDevices: ['devicePath'],
  ports: ['containerPort', 'port'],
  imagePullSecrets: ['name'],
  hostAliases: ['ip'],
  topologySpreadConstraints: ['topologyKey'],
  schedulingGates: ['name'],
  resourceClaims: ['name'],
  secrets: ['name'],
  ownerReferences: ['uid'],
  conditions: ['type'],
};

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether two JSON values are the same, whatever the order of their fields. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => sameJson(item, b[i]));
  }
  if (!isFields(a) || !isFields(b)) return false;
  const names = Object.keys(a).filter((name) => a[name] !== undefined);
  const others = Object.keys(b).filter((name) => b[name] !== undefined);
  return names.length === others.length && names.every((name) => sameJson(a[name], b[name]));
}

function keyOf(field: string, items: readonly unknown[]): string | undefined {
  return MERGE_KEYS[field]?.find((key) => items.every((item) => isFields(item) && item[key] !== undefined));
}

function mergeLists(
  field: string,
  last: readonly unknown[],
  next: readonly unknown[],
  current: readonly unknown[],
): readonly unknown[] {
  const key = keyOf(field, [...last, ...next, ...current]);
  if (key === undefined) return sameJson(next, current) ? current : next;
  const byKey = (list: readonly unknown[], value: unknown): unknown =>
    list.find((item) => (item as Fields)[key] === value);
  const merged: unknown[] = [];
  for (const item of current) {
    const value = (item as Fields)[key];
    const wanted = byKey(next, value);
    if (wanted !== undefined) merged.push(merge(byKey(last, value), wanted, item, ''));
    else if (byKey(last, value) === undefined) merged.push(item);
  }
  for (const item of next) if (byKey(current, (item as Fields)[key]) === undefined) merged.push(item);
  return sameJson(merged, current) ? current : merged;
}

function mergeFields(last: Fields, next: Fields, current: Fields): Fields {
  const merged: Record<string, unknown> = {};
  for (const name of Object.keys(current)) {
    const isRemoved = next[name] === undefined && last[name] !== undefined;
    if (isRemoved || next[name] === null) continue;
    merged[name] = next[name] === undefined ? current[name] : merge(last[name], next[name], current[name], name);
  }
  for (const name of Object.keys(next)) {
    if (current[name] === undefined && next[name] !== null && next[name] !== undefined) merged[name] = next[name];
  }
  return sameJson(merged, current) ? current : merged;
}

function merge(last: unknown, next: unknown, current: unknown, field: string): unknown {
  if (isFields(next) && isFields(current)) return mergeFields(isFields(last) ? last : {}, next, current);
  if (Array.isArray(next) && Array.isArray(current)) {
    return mergeLists(field, Array.isArray(last) ? last : [], next, current);
  }
  return sameJson(next, current) ? current : next;
}

/** `current` changed as `next` wants it; `current` itself when nothing changes. */
export function threeWayMerge<T extends object>(last: object, next: object, current: T): T {
  return mergeFields(last as Fields, next as Fields, current as Fields) as T;
}
