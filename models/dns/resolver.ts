/**
 * The stub resolver in a Pod: which names it asks for, in which order.
 * Source: resolv.conf(5); pkg/kubelet/network/dns/dns.go (search list and options of a Pod).
 */

/** A name with fewer dots is tried through the search list first. */
export const NDOTS = 5;

export function searchList(namespace: string, clusterDomain: string): readonly string[] {
  return [`${namespace}.svc.${clusterDomain}`, `svc.${clusterDomain}`, clusterDomain];
}

/** The fully qualified names to ask for, without their last dot, until one exists. */
export function candidateNames(host: string, namespace: string, clusterDomain: string): string[] {
  if (host.endsWith('.')) return [host.slice(0, -1)];
  const searched = searchList(namespace, clusterDomain).map((suffix) => `${host}.${suffix}`);
  const dots = host.split('.').length - 1;
  return dots >= NDOTS ? [host, ...searched] : [...searched, host];
}
