/**
 * The scheduler alone: its cache, its plugins and its decisions, without API server, queue or time. It is asked for one Pod
 * after the other, and each Pod that finds a Node is there from that moment on. For studies of placement and for questions of
 * fit; how long anything takes it cannot say.
 */
import type { RandomStream } from '../../engine/index.ts';
import type { Node } from '../../models/objects/node.ts';
import type { Pod } from '../../models/objects/pod.ts';
import type { NodeInfo } from '../../models/scheduler/cache/node-info.ts';
import { SchedulerCache } from '../../models/scheduler/cache/scheduler-cache.ts';
import { ConfigurationError } from '../../models/scheduler/config/configuration-error.ts';
import { readSchedulerConfiguration } from '../../models/scheduler/config/scheduler-configuration.ts';
import type { TieBreak } from '../../models/scheduler/decision/choose-host.ts';
import { PodScheduler } from '../../models/scheduler/decision/schedule-pod.ts';
import type { CycleState } from '../../models/scheduler/framework/cycle-state.ts';
import { Listers } from '../../models/scheduler/framework/listers.ts';
import { Nominator } from '../../models/scheduler/framework/nominator.ts';
import { type PodInfo, podInfo, podKey } from '../../models/scheduler/framework/pod-info.ts';
import { messageOf } from '../../models/scheduler/framework/status.ts';
import { NodeIndex } from '../../models/scheduler/index/node-index.ts';
import { buildProfile } from '../../models/scheduler/profile/build-profile.ts';
import type { Profile } from '../../models/scheduler/profile/profile.ts';
import type { PluginRegistry } from '../../models/scheduler/profile/registry.ts';
import { volumeObjects } from '../../models/scheduler/volumes/volume-plugins.ts';

export interface LoneSchedulerOptions {
  /** KubeSchedulerConfiguration with one profile, unchecked. */
  readonly configuration: unknown;
  readonly tieBreak: TieBreak;
  stream(name: string): RandomStream;
  readonly registry?: PluginRegistry | undefined;
}

/** Where a Pod went, or why it went nowhere. */
export type Placement =
  | { readonly placed: true; readonly node: NodeInfo; readonly pod: PodInfo }
  /** The reason is to be asked for before anything changes. */
  | { readonly placed: false; reason(): string };

export class LoneScheduler {
  readonly cache = new SchedulerCache();
  readonly listers = new Listers();
  readonly profile: Profile;
  readonly #scheduler: PodScheduler;

  /** @throws ConfigurationError */
  constructor(options: LoneSchedulerOptions) {
    const { tieBreak, registry } = options;
    const { cache, listers } = this;
    const configuration = readSchedulerConfiguration(options.configuration);
    const [profile, second] = configuration.profiles;
    if (profile === undefined || second !== undefined) {
      throw new ConfigurationError([
        {
          path: ['profiles'],
          found: configuration.profiles.length,
          accepted: 'one profile, where the scheduler runs alone',
        },
      ]);
    }
    const stream = (name: string): RandomStream => options.stream(name);
    const parts = { cache, listers, nominator: new Nominator(), stream, volumes: volumeObjects(listers) };
    this.profile = buildProfile(profile, parts, registry);
    this.#scheduler = new PodScheduler(cache, {
      percentageOfNodesToScore: configuration.percentageOfNodesToScore,
      tieBreak,
      stream: stream('scheduler/ties'),
      index: new NodeIndex(cache, listers),
    });
  }

  /** Places the Pod by the profile and counts it on its Node, or says why it fits nowhere. Preemption is not carried out. */
  place(pod: Pod): Placement {
    const info = podInfo(pod, this.cache.classes);
    const known = this.#scheduler.scheduleByIndex(this.profile, info);
    if (known === 'unschedulable') return { placed: false, reason: () => this.#whyNot(info) };
    const decision = known ?? this.#scheduler.schedule(this.profile, info);
    if (decision.result === 'unschedulable') return { placed: false, reason: () => decision.fitError.message() };
    if (decision.result === 'error') throw new Error(`${podKey(pod)}: ${messageOf(decision.status)}`);
    const { node, state } = decision;
    this.cache.assumePod(pod, node.name);
    this.#reserve(state, info, node);
    return { placed: true, node, pod: info };
  }

  #whyNot(pod: PodInfo): string {
    const decision = this.#scheduler.schedule(this.profile, pod);
    if (decision.result !== 'unschedulable') throw new Error(`${podKey(pod.pod)}: the cluster has changed since`);
    return decision.fitError.message();
  }

  addNode(node: Node): void {
    this.cache.addNode(node);
  }

  #reserve(state: CycleState, pod: PodInfo, node: NodeInfo): void {
    for (const plugin of this.profile.plugins.reserve) {
      const verdict = plugin.reserve(state, pod, node.name);
      if (verdict !== undefined) throw new Error(`plugin ${plugin.name} refused to reserve: ${messageOf(verdict)}`);
    }
  }
}
