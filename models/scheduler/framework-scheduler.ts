/**
 * Puts the framework's parts together for the component: each profile's plugins with what they want to hear of, and the plain decision.
 *
 * Source: pkg/scheduler/scheduler.go buildQueueingHintMap, schedule_one.go schedulingCycle (what becomes of an attempt's outcome).
 */
import type { Pod } from '../objects/pod.ts';
import type { SchedulerCache } from './cache/scheduler-cache.ts';
import type { PodDecision } from './decision/decision.ts';
import { NO_NODES_AVAILABLE, type PodScheduler } from './decision/schedule-pod.ts';
import type { Nominator } from './framework/nominator.ts';
import type { Plugin } from './framework/plugin.ts';
import type { PodInfo } from './framework/pod-info.ts';
import { messageOf } from './framework/status.ts';
import { FrameworkEngine } from './framework-engine.ts';
import { FrameworkProfile } from './framework-profile.ts';
import { DEFAULT_EVENTS, EVERY_EVENT } from './hints/default-events.ts';
import type { QueueSort } from './queue/pod-heap.ts';
import type { EventConsumer, EventRegistration } from './queue/queueing-hints.ts';
import type { Profile, ProfilePlugins } from './profile/profile.ts';
import type { Decision } from './scheduling-engine.ts';

/** A plugin may say itself what it wants to hear of. */
interface EventfulPlugin extends Plugin {
  readonly events?: readonly EventRegistration[];
}

const defaultEvents = new Map(DEFAULT_EVENTS.map(({ name, events }) => [name, events]));

/** Events by plugin, where a profile's arguments make them others than the defaults. */
export type EventsByPlugin = ReadonlyMap<string, readonly EventRegistration[]>;

/**
 * Plugins that can reject a Pod, each once, with their events: their own, those that the profile's arguments give, those of the default
 * plugin of that name, or all.
 */
export function eventsOf(plugins: ProfilePlugins, special: EventsByPlugin = new Map()): readonly EventConsumer[] {
  const { preEnqueue, preFilter, filter, reserve, permit } = plugins;
  const consumers = new Map<string, EventConsumer>();
  for (const plugin of [...preEnqueue, ...preFilter, ...filter, ...reserve, ...permit] as EventfulPlugin[]) {
    const { name } = plugin;
    const events = plugin.events ?? special.get(name) ?? defaultEvents.get(name) ?? EVERY_EVENT;
    if (!consumers.has(name)) consumers.set(name, { name, events });
  }
  // DefaultPreemption gates, by the component's hand.
  for (const { name } of plugins.postFilter) {
    const events = defaultEvents.get(name);
    if (events !== undefined && !consumers.has(name)) consumers.set(name, { name, events });
  }
  return [...consumers.values()];
}

const NOT_BY_PLUGIN: Readonly<Record<string, number>> = {};

/** The outcome of the framework's attempt as the component takes it. */
export function decisionOf(outcome: PodDecision): Decision {
  const { evaluated, state } = outcome;
  switch (outcome.result) {
    case 'scheduled': {
      const { node, feasible, total } = outcome;
      if (total === undefined) return { result: 'scheduled', nodeName: node.name, evaluated, feasible, state };
      const score = { total, byPlugin: outcome.scoresByPlugin?.() ?? NOT_BY_PLUGIN };
      return { result: 'scheduled', nodeName: node.name, evaluated, feasible, state, score };
    }
    case 'unschedulable': {
      const { fitError, postFilter } = outcome;
      const victims = postFilter?.victims?.map((victim: PodInfo) => victim.pod);
      // Without PostFilter plugins a nomination is taken away; with them they say.
      const nominatedNodeName = postFilter === undefined ? '' : postFilter.nominatedNodeName;
      return {
        result: 'unschedulable',
        message: fitError.message(messageOf(postFilter?.status)),
        unschedulablePlugins: fitError.unschedulablePlugins,
        pendingPlugins: fitError.pendingPlugins,
        evaluated,
        ...(nominatedNodeName === undefined ? {} : { nominatedNodeName }),
        ...(victims === undefined ? {} : { victims }),
      };
    }
    case 'error':
      return failed(messageOf(outcome.status), evaluated);
  }
}

const NO_PLUGINS: ReadonlySet<string> = new Set();

/** That there is no Node at all is shown as Unschedulable, but backs off like an error. */
function failed(message: string, evaluated: number): Decision {
  if (message !== NO_NODES_AVAILABLE) return { result: 'error', message, evaluated };
  return {
    result: 'unschedulable',
    message,
    unschedulablePlugins: NO_PLUGINS,
    pendingPlugins: NO_PLUGINS,
    evaluated,
    nominatedNodeName: '',
  };
}

export interface FrameworkParts {
  readonly cache: SchedulerCache;
  readonly nominator: Nominator;
  readonly profiles: readonly Profile[];
  /** Decides for all profiles, so that the rotating start is shared. */
  readonly podScheduler: PodScheduler;
  readonly eventsByPlugin?: (profile: Profile) => EventsByPlugin;
}

/** Bind plugins before DefaultBinder, which binds whatever it is asked to. */
function ownBinders({ bind }: ProfilePlugins): {
  readonly bind: ProfilePlugins['bind'];
  readonly bindsByDefault: boolean;
} {
  const at = bind.findIndex(({ name }) => name === 'DefaultBinder');
  return at < 0 ? { bind, bindsByDefault: false } : { bind: bind.slice(0, at), bindsByDefault: true };
}

/** The engine that decides by framework plugins. */
export function frameworkEngine(parts: FrameworkParts): FrameworkEngine {
  const { cache, nominator, profiles, podScheduler } = parts;
  const infoOf = (pod: Pod): PodInfo => cache.infoOf(pod);
  const own = profiles.map((profile) => {
    const { plugins, schedulerName } = profile;
    const { preEnqueue, reserve, permit, preBind, postBind } = plugins;
    return new FrameworkProfile({
      schedulerName,
      events: eventsOf(plugins, parts.eventsByPlugin?.(profile)),
      // Preemption is carried out by the component, which gates its Pods itself.
      preEnqueue: preEnqueue.filter(({ name }) => name !== 'DefaultPreemption'),
      reserve,
      permit,
      preBind,
      ...ownBinders(plugins),
      postBind,
      decide: (pod) => {
        const outcome = podScheduler.schedule(profile, infoOf(pod));
        if (outcome.result === 'scheduled') cache.expectPodOn(outcome.node);
        return decisionOf(outcome);
      },
      infoOf,
    });
  });
  const sort = profiles[0]?.plugins.queueSort[0];
  if (sort === undefined || sort.name === 'PrioritySort') return new FrameworkEngine(cache, nominator, own);
  const compare: QueueSort = (a, b) => sort.compare(a, b);
  return new FrameworkEngine(cache, nominator, own, compare);
}
