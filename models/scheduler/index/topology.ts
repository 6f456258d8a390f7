/**
 * Topology domains of the Nodes, by topology key: which domain each Node is in and which Nodes a domain has.
 * Built once for each key and set of Nodes; every evaluation that names the key shares it.
 */

/** No domain: the Node lacks the label. */
export const NO_DOMAIN = -1;

export interface Topology {
  readonly key: string;
  /** Domain of each Node, or NO_DOMAIN. */
  readonly domainOf: Int32Array;
  /** Number of domains. */
  readonly domains: number;
  /**
   * Few large domains: Nodes are told apart by domain, and a decision looks at each domain. Otherwise they are told apart by
   * what is counted, and a Pod that comes or goes moves the Nodes of its domain. The border balances the two costs.
   */
  readonly wide: boolean;
  /** Each Node is a domain of its own, of the same number. */
  readonly isOwn: boolean;
  /** Some Node has the label with the value "". */
  readonly hasEmptyValue: boolean;
  /** Some Node lacks the label. */
  readonly hasMissing: boolean;
  /** First member of each domain in `members`, with a last entry that closes the last domain. */
  readonly firstMember: Int32Array;
  /** The Nodes, grouped by domain. */
  readonly members: Int32Array;
}

/** @param valueOf label value of a Node (position), or undefined */
export function buildTopology(key: string, size: number, valueOf: (node: number) => string | undefined): Topology {
  const domainOfValue = new Map<string, number>();
  const domainOf = new Int32Array(size).fill(NO_DOMAIN);
  for (let node = 0; node < size; node++) {
    const value = valueOf(node);
    if (value === undefined) continue;
    let domain = domainOfValue.get(value);
    if (domain === undefined) {
      domain = domainOfValue.size;
      domainOfValue.set(value, domain);
    }
    domainOf[node] = domain;
  }
  return group(key, domainOf, domainOfValue.size, domainOfValue.has(''));
}

/** Each Node for which `has` holds a domain of its own: for what counts the Pods of the Node itself. */
export function buildOwnTopology(key: string, size: number, has: (node: number) => boolean): Topology {
  let domains = 0;
  const domainOf = Int32Array.from({ length: size }, (_, node) => (has(node) ? domains++ : NO_DOMAIN));
  return group(key, domainOf, domains, false);
}

function group(key: string, domainOf: Int32Array, domains: number, hasEmptyValue: boolean): Topology {
  const firstMember = new Int32Array(domains + 1);
  for (const domain of domainOf) {
    if (domain !== NO_DOMAIN) firstMember[domain + 1] = (firstMember[domain + 1] as number) + 1;
  }
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
  const hasMissing = members.length < domainOf.length;
  return {
    key,
    domainOf,
    domains,
    wide: domains * domains <= 4 * domainOf.length,
    isOwn: domains === domainOf.length,
    hasEmptyValue,
    hasMissing,
    firstMember,
    members,
  };
}
