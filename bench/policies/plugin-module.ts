/**
 * What the file of a scheduler plugin exports as `plugin`. The file needs no import but this type, which is gone when it runs:
 *
 *     import type { PluginModule } from 'kube-clockwork';
 *     export const plugin: PluginModule = { name: 'FewestPods', make: () => ({ score: … }) };
 */
import type { Handle } from '../../models/scheduler/framework/handle.ts';
import type { AnyPlugin } from '../../models/scheduler/framework/plugin.ts';
import type { Status } from '../../models/scheduler/framework/status.ts';

/** What a plugin may use of its surroundings. */
export interface PluginTools {
  /** Snapshot of the Nodes, objects of other kinds, nominated Pods, random streams. */
  readonly handle: Handle;
  /** "No, but removing other Pods from the Node may help." */
  unschedulable(reason: string): Status;
  /** "No, and removing Pods cannot help." */
  unresolvable(reason: string): Status;
  /** "Nothing to do for this Pod": from preFilter and preScore. */
  skip(): Status;
  /** "This attempt has failed; try again later." */
  error(message: string): Status;
}

/** A plugin without its name: the methods of the extension points that it takes part in, and what it depends on. */
export type PluginParts = Omit<AnyPlugin, 'name'>;

export interface PluginModule<Args = unknown> {
  /** The name by which KubeSchedulerConfiguration enables it and gives it arguments. */
  readonly name: string;
  /** Makes the plugin, once for each profile that has it. `args` are those of `pluginConfig`, as they stand there, unchecked. */
  make(args: Args, tools: PluginTools): PluginParts;
}
