/**
 * A request of a Pod to a host name and port, as an experiment asks for it, and what became of it.
 */
import type { Micros } from '../../engine/index.ts';
import type { Pod } from '../objects/pod.ts';

export interface ClientRequest {
  /** The Pod that asks. It must have an address. */
  readonly fromPod: Pod;
  /** A Service's name in any of its forms, a Pod's name in DNS, or an IPv4 address. */
  readonly host: string;
  readonly port: number;
  readonly path?: string;
}

export type RequestFailure =
  | 'NXDOMAIN' // the name does not exist
  | 'DNSTimeout' // no name server answered
  | 'OutsideCluster' // the name is none of the cluster's; what lies outside is not modelled
  | 'ConnectionRefused' // no endpoints, or nobody listens
  | 'ConnectTimeout' // packets are lost on the way
  | 'NoClientAddress'; // the asking Pod has no address (any more)

export type RequestResult =
  | {
      readonly ok: true;
      /** "namespace/name" of the Pod that answered. */
      readonly servedBy: string;
      readonly address: string;
      readonly resolvedAddress: string;
      readonly latencyMicros: Micros;
      readonly dnsQueries: number;
    }
  | {
      readonly ok: false;
      readonly failure: RequestFailure;
      readonly message: string;
      readonly latencyMicros: Micros;
      readonly dnsQueries: number;
    };
