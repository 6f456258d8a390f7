/**
 * Which plugins of a profile want to hear of which cluster events, and what their queueing hints say.
 *
 * Source: pkg/scheduler/scheduler.go buildQueueingHintMap, pkg/scheduler/framework/types.go.
 */
import type { Pod } from '../../objects/pod.ts';
import {
  ADD,
  type ClusterEvent,
  type EventPattern,
  isWildcard,
  matchesEvent,
  UPDATE_NODE_TAINT,
} from './cluster-event.ts';

/**
 * Whether an event may make a waiting Pod schedulable that the plugin has rejected: true is Queue, false is Skip.
 * `oldObject` is undefined for additions, `newObject` for deletions.
 */
// biome-ignore lint/suspicious/noExplicitAny: one signature for the objects of all resources
export type QueueingHint = (pod: Pod, oldObject: any, newObject: any) => boolean;

/** One registration of a plugin; without a hint every such event queues the Pod. */
export interface EventRegistration extends EventPattern {
  readonly hint?: QueueingHint;
}

/** A plugin as the queue sees it. */
export interface EventConsumer {
  readonly name: string;
  readonly events: readonly EventRegistration[];
}

interface PluginRegistration extends EventRegistration {
  readonly plugin: string;
}

/** The registrations that one event concerns, in one profile. */
export interface InterestedPlugins {
  readonly registrations: readonly PluginRegistration[];
}

const NOBODY: InterestedPlugins = { registrations: [] };

/** The hint map of one profile, with the answers to "who cares about this event" kept for each kind of event. */
export class QueueingHintMap {
  readonly #registrations: readonly PluginRegistration[];
  readonly #byPlugin = new Map<string, PluginRegistration[]>();
  readonly #interested = new Map<string, InterestedPlugins>();

  /**
   * A plugin that registers Node Add but not UpdateNodeTaint also gets UpdateNodeTaint, without a hint: a relic of the days when
   * Node events were checked beforehand, kept by v1.34 (issue kubernetes/kubernetes#109437).
   */
  constructor(plugins: readonly EventConsumer[]) {
    const all: PluginRegistration[] = [];
    for (const { name, events } of plugins) {
      const own: PluginRegistration[] = [];
      let nodeActions = 0;
      for (const event of events) {
        own.push({ ...event, plugin: name });
        if (event.resource === 'Node') nodeActions |= event.actions;
      }
      if ((nodeActions & ADD) !== 0 && (nodeActions & UPDATE_NODE_TAINT) === 0) {
        own.push({ resource: 'Node', actions: UPDATE_NODE_TAINT, plugin: name });
      }
      this.#byPlugin.set(name, own);
      all.push(...own);
    }
    this.#registrations = all;
  }

  interestedIn(event: ClusterEvent): InterestedPlugins {
    let interested = this.#interested.get(event.label);
    if (interested === undefined) {
      const registrations = this.#registrations.filter((registration) => matchesEvent(registration, event));
      interested = registrations.length === 0 ? NOBODY : { registrations };
      this.#interested.set(event.label, interested);
    }
    return interested;
  }

  /** Whether that plugin registered for the event; wildcard events match only wildcard registrations. */
  pluginWants(plugin: string, event: ClusterEvent): boolean {
    return this.#byPlugin.get(plugin)?.some((registration) => matchesEvent(registration, event)) ?? false;
  }

  /** Whether any plugin registered for the event. */
  wants(event: ClusterEvent): boolean {
    return isWildcard(event) || this.interestedIn(event).registrations.length > 0;
  }

  /** Registrations in order, for showing. */
  get registrations(): readonly (EventRegistration & { readonly plugin: string })[] {
    return this.#registrations;
  }
}
