/**
 * What every namespace gets: its ServiceAccount "default", and the ConfigMap with the cluster's CA.
 * Source: pkg/controller/serviceaccount/serviceaccounts_controller.go,
 * pkg/controller/certificates/rootcacertpublisher/publisher.go.
 */
import type { ConfigMap, Namespace, ServiceAccount } from '../../objects/cluster-objects.ts';
import { CONFIG_MAPS, NAMESPACES, SERVICE_ACCOUNTS } from '../../objects/resources.ts';
import { Controller, isNamespaceTerminating, messageOf, type SyncDone } from '../controller.ts';
import type { ControllerContext, ObjectCache } from '../controller-context.ts';
import type { ApiResult } from '../../client/client.ts';

function isActive(namespace: Namespace | undefined): boolean {
  return namespace !== undefined && namespace.status?.phase !== 'Terminating';
}

/** What is there already, or cannot be made any more, is as good as made. */
function settle(result: ApiResult<unknown>, done: SyncDone): void {
  if (result.ok || result.status.reason === 'AlreadyExists' || isNamespaceTerminating(result.status)) done();
  else done(messageOf(result));
}

export class ServiceAccountController extends Controller {
  readonly #namespaces: ObjectCache<Namespace>;
  readonly #accounts: ObjectCache<ServiceAccount>;

  constructor(context: ControllerContext, workers: number) {
    super(context, { name: 'serviceaccount-controller', workers });
    this.#namespaces = context.cache(NAMESPACES);
    this.#accounts = context.cache(SERVICE_ACCOUNTS);
    this.#namespaces.addHandler({
      added: (namespace) => this.queue.add(namespace.metadata.name),
      updated: (_old, namespace) => this.queue.add(namespace.metadata.name),
    });
    this.#accounts.addHandler({ deleted: (account) => this.queue.add(account.metadata.namespace ?? '') });
  }

  protected override sync(key: string, done: SyncDone): void {
    if (!isActive(this.#namespaces.get(undefined, key)) || this.#accounts.get(key, 'default') !== undefined) {
      done();
      return;
    }
    const account: ServiceAccount = {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace: key },
    };
    this.context.client.create(SERVICE_ACCOUNTS, account, (result) => settle(result, done));
  }
}

export const ROOT_CA_CONFIG_MAP = 'kube-root-ca.crt';

const DESCRIPTION =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';

export class RootCaPublisher extends Controller {
  readonly #namespaces: ObjectCache<Namespace>;
  readonly #configMaps: ObjectCache<ConfigMap>;
  readonly #certificate: string;

  /** `certificate` is what stands in for the PEM text: the simulated cluster has no keys. */
  constructor(context: ControllerContext, workers: number, certificate: string) {
    super(context, { name: 'root-ca-certificate-publisher-controller', workers });
    this.#certificate = certificate;
    this.#namespaces = context.cache(NAMESPACES);
    this.#configMaps = context.cache(CONFIG_MAPS);
    this.#namespaces.addHandler({
      added: (namespace) => this.queue.add(namespace.metadata.name),
      updated: (_old, namespace) => this.queue.add(namespace.metadata.name),
    });
    const check = (configMap: ConfigMap): void => {
      if (configMap.metadata.name === ROOT_CA_CONFIG_MAP) this.queue.add(configMap.metadata.namespace ?? '');
    };
    this.#configMaps.addHandler({ updated: (_old, configMap) => check(configMap), deleted: check });
  }

  protected override sync(key: string, done: SyncDone): void {
    if (!isActive(this.#namespaces.get(undefined, key))) {
      done();
      return;
    }
    const { client } = this.context;
    const current = this.#configMaps.get(key, ROOT_CA_CONFIG_MAP);
    const data = { 'ca.crt': this.#certificate };
    if (current === undefined) {
      const configMap: ConfigMap = {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: {
          name: ROOT_CA_CONFIG_MAP,
          namespace: key,
          annotations: { 'kubernetes.io/description': DESCRIPTION },
        },
        data,
      };
      client.create(CONFIG_MAPS, configMap, (result) => settle(result, done));
    } else if (current.data?.['ca.crt'] !== this.#certificate || Object.keys(current.data).length !== 1) {
      client.update(CONFIG_MAPS, { ...current, data }, (result) => settle(result, done));
    } else {
      done();
    }
  }
}
