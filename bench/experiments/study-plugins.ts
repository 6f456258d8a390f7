/**
 * The scheduler plugins that a study's policies bring along, loaded once for each study. Loading is the only part of a run that
 * has to wait, so it is done before runs begin, which then need no promise.
 */
import type { PluginRegistry } from '../../models/scheduler/profile/registry.ts';
import { BadInputError } from '../bad-input.ts';
import { loadPlugins, pluginRegistry } from '../policies/load-plugins.ts';
import type { Study } from './load.ts';

const loaded = new WeakMap<Study, ReadonlyMap<string, PluginRegistry>>();

/**
 * @param pathOf the path of an input by its name in the experiment
 * @throws BadInputError naming file and line
 */
export async function loadStudyPlugins(study: Study, pathOf: (input: string) => string): Promise<void> {
  const registries = new Map<string, PluginRegistry>();
  for (const { name, plugins: files = [] } of study.experiment.policies) {
    const objects = study.plugins?.get(name) ?? [];
    if (files.length + objects.length === 0) continue;
    // oxlint-disable-next-line no-await-in-loop -- the first mistake in the order of the file is the one to tell
    const fromFiles = await loadPlugins(files.map(pathOf));
    const names = [...fromFiles.keys(), ...objects.map((module) => module.name)];
    const twice = names.find((one, index) => names.indexOf(one) !== index);
    if (twice !== undefined) throw new BadInputError(`policy ${name} has two plugins named ${twice}`);
    registries.set(name, new Map([...fromFiles, ...pluginRegistry(...objects)]));
  }
  loaded.set(study, registries);
}

/** The plugins of a policy. @throws Error when it has some that `loadStudyPlugins` has not loaded */
export function pluginsOf(study: Study, policy: string): PluginRegistry | undefined {
  const registries = loaded.get(study);
  const wanted = study.experiment.policies.find(({ name }) => name === policy)?.plugins ?? study.plugins?.get(policy);
  if (registries === undefined && wanted !== undefined)
    throw new Error(`the plugins of policy ${policy} are not loaded`);
  return registries?.get(policy);
}
