/**
 * What can be set of an API server and its etcd, with the defaults. Times are in milliseconds, as distributions where they
 * vary. Latencies marked "assumed" have no published figure for the part alone; they stay within the SLOs of Kubernetes
 * (mutating and single reads: 99th percentile below 1 s, typically tens of ms).
 */
import type { Distribution } from '../../engine/index.ts';
import { type CommitOptions, DEFAULT_COMMIT } from '../etcd/commit-pipeline.ts';
import type { AdmissionOptions } from './admission.ts';

export interface ApiServerOptions {
  readonly latency: {
    /** One way between a client and the server (assumed: a data centre's round trip of hundreds of µs, halved). */
    readonly networkMillis: Distribution;
    /** Decoding, admission, encoding (assumed). */
    readonly processingMillis: Distribution;
    /** From the commit until a watcher has the event (assumed). */
    readonly watchMillis: Distribution;
  };
  readonly etcd: CommitOptions;
  readonly admission: AdmissionOptions;
  /** Range of Service addresses. Source: kubeadm's default. */
  readonly serviceCidr: string;
  /** Events kept for watches that start in the past, for each resource; older ones answer 410 Gone. */
  readonly watchCacheEvents: number;
  /** Events are deleted so long after they were last written, up to a minute later. Source: --event-ttl. */
  readonly eventTtlSeconds: number;
}

export const DEFAULT_API_SERVER: ApiServerOptions = {
  latency: {
    networkMillis: { kind: 'constant', value: 0.15 },
    processingMillis: { kind: 'lognormal', median: 0.8, sigma: 0.5 },
    watchMillis: { kind: 'constant', value: 1 },
  },
  etcd: DEFAULT_COMMIT,
  admission: { serviceAccount: true, taintNodesByCondition: true, defaultTolerationSeconds: true },
  serviceCidr: '10.96.0.0/12',
  watchCacheEvents: 1024,
  eventTtlSeconds: 3600,
};

/** Options as an experiment gives them: what is left out has its default. */
export interface ApiServerSettings {
  readonly latency?: Partial<ApiServerOptions['latency']>;
  readonly etcd?: Partial<CommitOptions>;
  readonly admission?: Partial<AdmissionOptions>;
  readonly serviceCidr?: string;
  readonly watchCacheEvents?: number;
  readonly eventTtlSeconds?: number;
}

export function apiServerOptions(settings: ApiServerSettings): ApiServerOptions {
  const { latency, etcd, admission } = DEFAULT_API_SERVER;
  return {
    ...DEFAULT_API_SERVER,
    ...settings,
    latency: { ...latency, ...settings.latency },
    etcd: { ...etcd, ...settings.etcd },
    admission: { ...admission, ...settings.admission },
  };
}
