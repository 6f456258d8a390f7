/** An API server with a namespace and a client, for tests that ask and read the answer in one line. */
import { Simulation } from '../../../engine/index.ts';
import type { ApiResult, Client, ListOptions, ObjectList } from '../../client/client.ts';
import { ClusterClock } from '../../cluster-clock.ts';
import type { ConfigMap } from '../../objects/cluster-objects.ts';
import type { KubeObject, Labels, Status } from '../../objects/meta.ts';
import type { Pod } from '../../objects/pod.ts';
import type { Resource } from '../../objects/resources.ts';
import type { ApiServerSettings } from '../api-options.ts';
import { ApiServer } from '../api-server.ts';

type Ask<T> = (done: (result: ApiResult<T>) => void) => void;

export class ServerWorld {
  readonly sim = new Simulation({ seed: 'server-world' });
  readonly server: ApiServer;
  readonly client: Client;

  constructor(settings: ApiServerSettings = {}) {
    this.server = new ApiServer(this.sim, new ClusterClock(this.sim), settings);
    this.server.seed([
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } },
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'default' } },
    ]);
    this.client = this.server.client({ userAgent: 'test' });
  }

  answer<T extends KubeObject>(ask: Ask<T>): ApiResult<T> {
    let result: ApiResult<T> | undefined;
    ask((given) => {
      result = given;
    });
    this.sim.runUntil({ idle: true });
    if (result === undefined) throw new Error('no answer came');
    return result;
  }

  /** The object of an answer that must not be a refusal. */
  stored<T extends KubeObject>(ask: Ask<T>): T {
    const result = this.answer(ask);
    if (!result.ok) throw new Error(result.status.message);
    return result.object;
  }

  /** The Status of an answer that must be a refusal. */
  refused<T extends KubeObject>(ask: Ask<T>): Status {
    const result = this.answer(ask);
    if (result.ok) throw new Error(`${result.object.metadata.name} was accepted`);
    return result.status;
  }

  list<T extends KubeObject>(resource: Resource<T>, options: ListOptions = {}): ObjectList<T> | Status {
    let answer: ObjectList<T> | Status | undefined;
    this.client.list(resource, options, (result) => {
      answer = result.ok ? result.list : result.status;
    });
    this.sim.runUntil({ idle: true });
    if (answer === undefined) throw new Error('no answer came');
    return answer;
  }
}

export function aConfigMap(name: string, labels?: Labels): ConfigMap {
  const metadata = { name, namespace: 'default', ...(labels === undefined ? {} : { labels }) };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata };
}

export function aPod(name: string, labels: Labels = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels },
    spec: { containers: [{ name: 'main', image: 'nginx' }] },
  };
}
