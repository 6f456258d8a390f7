/**
 * Makes a profile from its configuration: every plugin that is enabled anywhere is made once, and takes its place in the extension
 * points it takes part in.
 *
 * Source: pkg/scheduler/framework/runtime/framework.go NewFramework.
 */
import type { RandomStream } from '../../../engine/index.ts';
import type { SchedulerCache } from '../cache/scheduler-cache.ts';
import { ConfigurationError, type FieldPath } from '../config/configuration-error.ts';
import { pluginsOfPoint, type PointOrMulti, scoreWeights } from '../config/plugin-sets.ts';
import type { ProfileConfiguration } from '../config/scheduler-configuration.ts';
import { indexedProfile } from '../index/indexed-profile.ts';
import type { Handle, PluginRunner } from '../framework/handle.ts';
import type { Listers } from '../framework/listers.ts';
import type { Nominator } from '../framework/nominator.ts';
import { type AnyPlugin, EXTENSION_POINTS, type ExtensionPoint, takesPartIn } from '../framework/plugin.ts';
import { inTreePlugins, type PluginRegistry, type PluginServices } from './registry.ts';
import { Profile, type ProfilePlugins } from './profile.ts';

/** What all profiles of a scheduler share. */
export interface SchedulerParts extends PluginServices {
  readonly cache: SchedulerCache;
  readonly listers: Listers;
  readonly nominator: Nominator;
  stream(name: string): RandomStream;
}

const NO_PLUGINS: PluginRegistry = new Map();

/** Notes which plugins take random streams. */
function notingStreams(handle: Handle, name: string, streamUsers: Set<string>): Handle {
  return {
    ...handle,
    stream: (purpose) => {
      streamUsers.add(name);
      return handle.stream(purpose);
    },
  };
}

function handleFor(parts: SchedulerParts, runner: PluginRunner): Handle {
  return {
    // The snapshot object stays the same; each attempt brings it up to date before plugins run.
    snapshot: parts.cache.snapshot(),
    listers: parts.listers,
    nominator: parts.nominator,
    classes: parts.cache.classes,
    stream: (name) => parts.stream(name),
    runner,
  };
}

/** Every plugin enabled anywhere, made once. */
function makePlugins(
  configuration: ProfileConfiguration,
  handle: Handle,
  parts: SchedulerParts,
  registry: PluginRegistry,
  streamUsers: Set<string>,
): ReadonlyMap<string, AnyPlugin> {
  const inTree = inTreePlugins(configuration.inTreeArgs, handle, parts);
  const plugins = new Map<string, AnyPlugin>();
  const points: readonly PointOrMulti[] = ['multiPoint', ...EXTENSION_POINTS];
  for (const point of points) {
    configuration.plugins[point].enabled.forEach(({ name }, i) => {
      if (plugins.has(name)) return;
      const path = [...configuration.path, 'plugins', point, 'enabled', i, 'name'];
      plugins.set(
        name,
        makePlugin(name, configuration, notingStreams(handle, name, streamUsers), inTree, registry, path),
      );
    });
  }
  return plugins;
}

function makePlugin(
  name: string,
  configuration: ProfileConfiguration,
  handle: Handle,
  inTree: ReadonlyMap<string, () => AnyPlugin>,
  registry: PluginRegistry,
  path: FieldPath,
): AnyPlugin {
  const own = registry.get(name);
  if (own !== undefined) return own(configuration.otherArgs.get(name), handle);
  const make = inTree.get(name);
  if (make !== undefined) return make();
  const known = [...inTree.keys(), ...registry.keys()].join(', ');
  throw new ConfigurationError([
    { path, found: name, accepted: `plugin "${name}" does not exist; accepted are ${known}` },
  ]);
}

/** Arguments for a plugin that the profile does not have are a mistake. */
function checkOtherArgs({ otherArgs, path }: ProfileConfiguration, plugins: ReadonlyMap<string, AnyPlugin>): void {
  for (const name of otherArgs.keys()) {
    if (plugins.has(name)) continue;
    throw new ConfigurationError([
      { path: [...path, 'pluginConfig'], found: name, accepted: `plugin "${name}" is not enabled in this profile` },
    ]);
  }
}

function checkCounts({ queueSort, bind }: ProfilePlugins, { path, schedulerName }: ProfileConfiguration): void {
  const refuse = (point: ExtensionPoint, found: string[], accepted: string): never => {
    throw new ConfigurationError([{ path: [...path, 'plugins', point], found, accepted }]);
  };
  const names = queueSort.map(({ name }) => name);
  if (names.length !== 1) {
    refuse(
      'queueSort',
      names,
      `only one queue sort plugin required for profile with scheduler name "${schedulerName}"`,
    );
  }
  if (bind.length === 0) {
    refuse('bind', [], `at least one bind plugin is needed for profile with scheduler name "${schedulerName}"`);
  }
}

/** @throws ConfigurationError */
export function buildProfile(
  configuration: ProfileConfiguration,
  parts: SchedulerParts,
  registry: PluginRegistry = NO_PLUGINS,
): Profile {
  const path = [...configuration.path, 'plugins'];
  const weights = new Map<string, number>();
  const streamUsers = new Set<string>();
  const { schedulerName, percentageOfNodesToScore } = configuration;
  const profile = new Profile(
    { schedulerName, weights, percentageOfNodesToScore },
    (runner) => handleFor(parts, runner),
    (handle) => {
      const made = makePlugins(configuration, handle, parts, registry, streamUsers);
      checkOtherArgs(configuration, made);
      for (const { dependsOn } of made.values()) parts.cache.classes.readAnnotations(dependsOn?.podAnnotations ?? []);
      const takesPart = (name: string, point: ExtensionPoint): boolean => {
        const plugin = made.get(name);
        return plugin !== undefined && takesPartIn(plugin, point);
      };
      const lists = EXTENSION_POINTS.map((point) => {
        const names = pluginsOfPoint(point, configuration.plugins, takesPart, path);
        return [point, names.map((name) => made.get(name))] as const;
      });
      const plugins = Object.fromEntries(lists) as unknown as ProfilePlugins;
      checkCounts(plugins, configuration);
      for (const [name, weight] of scoreWeights(configuration.plugins, takesPart, path)) weights.set(name, weight);
      return plugins;
    },
  );
  profile.indexed = indexedProfile(profile, configuration, streamUsers);
  return profile;
}
