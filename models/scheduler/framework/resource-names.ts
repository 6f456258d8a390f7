/**
 * What a resource is, by its name.
 * Source: pkg/apis/core/v1/helper/helpers.go, pkg/scheduler/util/utils.go IsScalarResourceName.
 */
const NATIVE_PREFIX = 'kubernetes.io/';
const NAME_PART = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const DNS_SUBDOMAIN = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const NAME_MAX = 63;
const PREFIX_MAX = 253;

/** A DNS subdomain, a slash and a name. */
function isPrefixedName(name: string): boolean {
  const parts = name.split('/');
  if (parts.length !== 2) return false;
  const [prefix, rest] = parts as [string, string];
  if (prefix.length > PREFIX_MAX || !DNS_SUBDOMAIN.test(prefix)) return false;
  return rest.length <= NAME_MAX && NAME_PART.test(rest);
}

/** Resources that a cluster adds: "example.com/gpu". */
export function isExtendedResource(name: string): boolean {
  if (!name.includes('/') || name.includes(NATIVE_PREFIX) || name.startsWith('requests.')) return false;
  return isPrefixedName(`requests.${name}`);
}

/** Resources that the scheduler counts one by one: extended ones, huge pages, attachable volumes, kubernetes.io/ ones. */
export function isScalarResource(name: string): boolean {
  return (
    name.startsWith('hugepages-') ||
    name.includes(NATIVE_PREFIX) ||
    name.startsWith('attachable-volumes-') ||
    isExtendedResource(name)
  );
}
