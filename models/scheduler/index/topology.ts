/**
 * Topology domains of the Nodes, by topology key: which domain each Node is in and which Nodes a domain has.
 * Built once for each key and set of Nodes; every evaluation that names the key shares it.
 */

/** No domain: the Node lacks the label. */
export const NO_DOMAIN = -1;

/** With at most so many domains a bucket is one domain; with more, a bucket is one count, and Nodes move between buckets. */
const WIDE_DOMAINS_MAX = 48;

export interface Topology {
  readonly key: string;
  /** Domain of each Node, or NO_DOMAIN. */
  readonly domainOf: Int32Array;
  /** Number of domains. */
  readonly domains: number;
  /** Few large domains: Nodes are told apart by domain, not by what is counted in it. */
  readonly wide: boolean;
  /** Domain of the label value "", or NO_DOMAIN: where Nodes without the label belong if a rule reads a missing label as "". */
  readonly emptyValueDomain: number;
  /** First member of each domain in `members`, with a last entry that closes the last domain. */
  readonly firstMember: Int32Array;
  /** The Nodes, grouped by domain. */
  readonly members: Int32Array;
}

/** @param valueOf label value of a Node (position), or undefined */
export function buildTopology(
  key: string,
  size: number,
  valueOf: (node: number) => string | undefined,
  missingIsEmpty: boolean,
): Topology {
  const domainOfValue = new Map<string, number>();
  const domainOf = new Int32Array(size).fill(NO_DOMAIN);
  for (let node = 0; node < size; node++) {
    const value = valueOf(node) ?? (missingIsEmpty ? '' : undefined);
    if (value === undefined) continue;
    let domain = domainOfValue.get(value);
    if (domain === undefined) {
      domain = domainOfValue.size;
      domainOfValue.set(value, domain);
    }
    domainOf[node] = domain;
  }
  return group(key, domainOf, domainOfValue.size, domainOfValue.get('') ?? NO_DOMAIN);
}

/** Each Node a domain of its own: for what counts the Pods of the Node itself. */
export function buildOwnTopology(size: number): Topology {
  return group(
    '',
    Int32Array.from({ length: size }, (_, node) => node),
    size,
    NO_DOMAIN,
  );
}

function group(key: string, domainOf: Int32Array, domains: number, emptyValueDomain: number): Topology {
  const firstMember = new Int32Array(domains + 1);
  for (const domain of domainOf)
    if (domain !== NO_DOMAIN) firstMember[domain + 1] = (firstMember[domain + 1] as number) + 1;
  for (let domain = 0; domain < domains; domain++) {
    firstMember[domain + 1] = (firstMember[domain + 1] as number) + (firstMember[domain] as number);
  }
  const members = new Int32Array(firstMember[domains] as number);
  const at = firstMember.slice();
  for (let node = 0; node < domainOf.length; node++) {
    const domain = domainOf[node] as number;
    if (domain === NO_DOMAIN) continue;
    members[at[domain] as number] = node;
    at[domain] = (at[domain] as number) + 1;
  }
  return { key, domainOf, domains, wide: domains <= WIDE_DOMAINS_MAX, emptyValueDomain, firstMember, members };
}
