/**
 * CoreDNS: the records, and which Pods answer. A CoreDNS Pod answers while its container runs; all of them answer from
 * the same news, which comes by one set of watches for all.
 */
import type { Client } from '../client/client.ts';
import { type DnsAnswer, DnsRecords } from './dns-records.ts';

export class ClusterDns {
  readonly #records: DnsRecords;
  /** uids of the Pods whose CoreDNS runs. */
  readonly #servers = new Set<string>();

  constructor(client: Client, clusterDomain: string) {
    this.#records = new DnsRecords(client, clusterDomain);
  }

  serverStarted(podUid: string): void {
    this.#servers.add(podUid);
  }

  serverStopped(podUid: string): void {
    this.#servers.delete(podUid);
  }

  /** What this server says; undefined when it does not run. */
  ask(podUid: string, name: string): DnsAnswer | undefined {
    return this.#servers.has(podUid) ? this.#records.resolve(name) : undefined;
  }
}
