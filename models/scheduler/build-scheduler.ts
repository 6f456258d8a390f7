/**
 * A scheduler from its configuration: caches, plugins, engine and component, put together as `scheduler.New` does.
 * Source: pkg/scheduler/scheduler.go New, cmd/kube-scheduler/app/server.go Setup.
 */
import { secondsToMicros, type Micros, type Simulation } from '../../engine/index.ts';
import type { Client } from '../client/client.ts';
import type { Pod } from '../objects/pod.ts';
import { PERSISTENT_VOLUME_CLAIMS } from '../objects/resources.ts';
import { ApiVolumeBinder } from './binding-volumes.ts';
import { SchedulerCache } from './cache/scheduler-cache.ts';
import type { ProfileConfiguration, SchedulerConfiguration } from './config/scheduler-configuration.ts';
import type { TieBreak } from './decision/choose-host.ts';
import { PodScheduler } from './decision/schedule-pod.ts';
import { Listers } from './framework/listers.ts';
import { Nominator } from './framework/nominator.ts';
import { type EventsByPlugin, frameworkEngine } from './framework-scheduler.ts';
import { NodeIndex } from './index/node-index.ts';
import { nodeAffinityEvents } from './hints/node-affinity.ts';
import { podTopologySpreadEvents } from './hints/pod-topology-spread.ts';
import { feedListers } from './listers-watch.ts';
import { buildProfile } from './profile/build-profile.ts';
import type { Profile } from './profile/profile.ts';
import type { PluginRegistry } from './profile/registry.ts';
import type { EventRegistration } from './queue/queueing-hints.ts';
import { Scheduler, type SchedulerOptions } from './scheduler.ts';
import type { SchedulerContext } from './scheduler-context.ts';
import { volumeObjects } from './volumes/volume-plugins.ts';

export interface BuildSchedulerOptions
  extends Pick<
    SchedulerOptions,
    'cycleCost' | 'wallStartMicros' | 'asyncApiCalls' | 'queueSamplePeriodMicros' | 'observer'
  > {
  readonly context: SchedulerContext;
  readonly configuration: SchedulerConfiguration;
  /** Plugins of the experiment's own, by name. */
  readonly registry?: PluginRegistry;
  /** `random` unless given. */
  readonly tieBreak?: TieBreak;
  /** Every decision by the plain rules, without the index: slower, and the same. */
  readonly plain?: boolean;
}

/** The scheduler, and the parts that explanations and indexes look at. */
export interface BuiltScheduler {
  readonly scheduler: Scheduler;
  readonly cache: SchedulerCache;
  readonly profiles: readonly Profile[];
  readonly podScheduler: PodScheduler;
}

/** To be called before the caches start; `start` it when they have synced. @throws ConfigurationError */
export function buildScheduler(sim: Simulation, client: Client, options: BuildSchedulerOptions): BuiltScheduler {
  const { context, configuration, registry, plain = false, tieBreak = 'random', ...component } = options;
  const [cache, listers, nominator] = [new SchedulerCache(), new Listers(), new Nominator()];
  feedListers(context, listers);
  const volumes = volumeObjects(listers);
  const timeoutMicros = bindTimeoutMicros(configuration);
  const volumeBinder = new ApiVolumeBinder(sim, client, context.cache(PERSISTENT_VOLUME_CLAIMS), timeoutMicros);
  const stream = (name: string) => sim.stream(name);
  const parts = { cache, listers, nominator, volumes, volumeBinder, client, stream };
  const profiles = configuration.profiles.map((profile) => buildProfile(profile, parts, registry));
  const podScheduler = new PodScheduler(cache, {
    percentageOfNodesToScore: configuration.percentageOfNodesToScore,
    tieBreak,
    stream: sim.stream('scheduler/ties'),
    index: plain ? undefined : new NodeIndex(cache, listers),
  });
  const special = new Map(configuration.profiles.map((profile) => [profile.schedulerName, specialEvents(profile)]));
  const eventsByPlugin = ({ schedulerName }: Profile): EventsByPlugin => special.get(schedulerName) ?? new Map();
  const engine = frameworkEngine({ cache, nominator, profiles, podScheduler, eventsByPlugin });
  const scheduler = new Scheduler(sim, client, {
    ...component,
    engine,
    context,
    initialBackoffMicros: secondsToMicros(configuration.podInitialBackoffSeconds),
    maxBackoffMicros: secondsToMicros(configuration.podMaxBackoffSeconds),
  });
  return { scheduler, cache, profiles, podScheduler };
}

/** One binder serves all profiles, with the longest time-out that one of them wants. */
function bindTimeoutMicros({ profiles }: SchedulerConfiguration): Micros {
  return secondsToMicros(Math.max(...profiles.map(({ inTreeArgs }) => inTreeArgs.VolumeBinding.bindTimeoutSeconds)));
}

/** Hints that depend on plugin arguments. */
function specialEvents({ inTreeArgs }: ProfileConfiguration): EventsByPlugin {
  const events = new Map<string, readonly EventRegistration[]>();
  const added = inTreeArgs.NodeAffinity.addedAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (added !== undefined) events.set('NodeAffinity', nodeAffinityEvents(added));
  const { defaultConstraints } = inTreeArgs.PodTopologySpread;
  if (defaultConstraints.some(({ whenUnsatisfiable }) => whenUnsatisfiable === 'DoNotSchedule')) {
    events.set('PodTopologySpread', podTopologySpreadEvents().map(wokenByAll));
  }
  return events;
}

/**
 * Under hard default constraints, Pods without constraints of their own are woken by every event of the kind: which Pods such a constraint
 * counts depends on Services and owners, which the hint does not look up. They may be tried in vain, but are never forgotten.
 */
function wokenByAll(registration: EventRegistration): EventRegistration {
  const { hint } = registration;
  if (hint === undefined) return registration;
  return {
    ...registration,
    hint: (pod: Pod, before: unknown, after: unknown) =>
      (pod.spec.topologySpreadConstraints?.length ?? 0) === 0 || hint(pod, before, after),
  };
}
