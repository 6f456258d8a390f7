/**
 * A small cluster for tests of plugins and decisions: Nodes and Pods in a cache, one profile, no API server.
 */
import { RandomStream } from '../../../engine/index.ts';
import type { Node } from '../../objects/node.ts';
import type { Pod, PodSpec } from '../../objects/pod.ts';
import { SchedulerCache } from '../cache/scheduler-cache.ts';
import { readSchedulerConfiguration } from '../config/scheduler-configuration.ts';
import type { TieBreak } from '../decision/choose-host.ts';
import type { AttemptRecord, PodDecision } from '../decision/decision.ts';
import { PodScheduler } from '../decision/schedule-pod.ts';
import { Listers } from '../framework/listers.ts';
import { Nominator } from '../framework/nominator.ts';
import { podInfo } from '../framework/pod-info.ts';
import { buildProfile } from '../profile/build-profile.ts';
import type { Profile } from '../profile/profile.ts';
import type { PluginRegistry } from '../profile/registry.ts';
import { volumeObjects } from '../volumes/volume-plugins.ts';

export interface SmallClusterOptions {
  /** A KubeSchedulerConfiguration as YAML gives it; the default one unless given. Its first profile is used. */
  readonly configuration?: unknown;
  readonly registry?: PluginRegistry;
  readonly tieBreak?: TieBreak;
  readonly seed?: string;
}

export class SmallCluster {
  readonly cache = new SchedulerCache();
  readonly listers = new Listers();
  readonly nominator = new Nominator();
  readonly profile: Profile;
  readonly scheduler: PodScheduler;

  constructor(options: SmallClusterOptions = {}) {
    const configuration = readSchedulerConfiguration(options.configuration);
    const stream = (name: string): RandomStream => new RandomStream(options.seed ?? 'test', 0, name);
    const { cache, listers, nominator } = this;
    const parts = { cache, listers, nominator, stream, volumes: volumeObjects(listers) };
    const [first] = configuration.profiles;
    if (first === undefined) throw new Error('the configuration has no profile');
    this.profile = buildProfile(first, parts, options.registry);
    this.scheduler = new PodScheduler(cache, {
      percentageOfNodesToScore: configuration.percentageOfNodesToScore,
      tieBreak: options.tieBreak ?? 'first',
      stream: stream('scheduler/ties'),
    });
  }

  decide(pod: Pod, record?: AttemptRecord): PodDecision {
    return this.scheduler.schedule(this.profile, podInfo(pod, this.cache.classes), record);
  }

  /** Decides and counts the Pod on its Node. Gives the Node's name, or undefined when it fits nowhere. */
  place(pod: Pod): string | undefined {
    const decision = this.decide(pod);
    if (decision.result !== 'scheduled') return undefined;
    this.cache.addPod(bound(pod, decision.node.name));
    return decision.node.name;
  }
}

export function bound(pod: Pod, nodeName: string): Pod {
  return { ...pod, spec: { ...pod.spec, nodeName } };
}

/** A Node with the label `kubernetes.io/hostname` and, with `zone`, that of its zone. */
export function testNode(
  name: string,
  allocatable: Record<string, string> = {},
  more: Partial<Node> & { zone?: string } = {},
): Node {
  const { zone, ...rest } = more;
  const labels = {
    'kubernetes.io/hostname': name,
    ...(zone === undefined ? {} : { 'topology.kubernetes.io/zone': zone }),
  };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels },
    status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110', ...allocatable } },
    ...rest,
  };
}

/** A Pod of one container with these requests. */
export function testPod(
  name: string,
  requests: Record<string, string> = {},
  spec: Partial<PodSpec> = {},
  labels: Record<string, string> = {},
): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels },
    spec: { containers: [{ name: 'c', image: 'img', resources: { requests } }], ...spec },
  };
}
