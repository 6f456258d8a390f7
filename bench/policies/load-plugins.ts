/**
 * Loads scheduler plugins from files that an experiment names. Each is one file of TypeScript or JavaScript that stands alone:
 * types are taken away (on every supported Node version alike), and what remains runs as a module.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { guardPlugin } from '../../models/scheduler/framework/guarded-plugin.ts';
import type { Handle } from '../../models/scheduler/framework/handle.ts';
import { PluginError } from '../../models/scheduler/framework/plugin-error.ts';
import { errorStatus, skip, unresolvable, unschedulable } from '../../models/scheduler/framework/status.ts';
import type { PluginFactory, PluginRegistry } from '../../models/scheduler/profile/registry.ts';
import { BadInputError } from '../bad-input.ts';
import type { PluginModule, PluginTools } from './plugin-module.ts';

const TYPESCRIPT = /\.m?ts$/;
const JAVASCRIPT = /\.m?js$/;

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new BadInputError(code === 'ENOENT' ? 'there is no such plugin file' : `it cannot be read (${code})`, {
      file,
    });
  }
}

async function withoutTypes(file: string, text: string): Promise<string> {
  if (JAVASCRIPT.test(file)) return text;
  if (!TYPESCRIPT.test(file)) throw new BadInputError('a plugin is a .ts, .mts, .js or .mjs file', { file });
  // Loaded when it is wanted: it brings megabytes of WebAssembly along.
  const { transformSync } = await import('@swc/wasm-typescript');
  try {
    return transformSync(text, { mode: 'strip-only', filename: file }).code;
  } catch (error) {
    const { message = String(error), startLine } = error as { message?: string; startLine?: number };
    throw new BadInputError(message, startLine === undefined ? { file } : { file, line: startLine });
  }
}

async function run(file: string, code: string): Promise<Record<string, unknown>> {
  const url = `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`;
  try {
    return (await import(/* @vite-ignore */ url)) as Record<string, unknown>;
  } catch (error) {
    const { message } = error as Error;
    const isImport = /resolve|import|specifier/i.test(message);
    throw new BadInputError(isImport ? `a plugin is one file that imports types only: ${message}` : message, { file });
  }
}

function isModule(value: unknown): value is PluginModule {
  const { name, make } = (value ?? {}) as Partial<PluginModule>;
  return typeof name === 'string' && name !== '' && typeof make === 'function';
}

function toolsFor(name: string, handle: Handle): PluginTools {
  return {
    handle,
    unschedulable: (reason) => unschedulable(name, reason),
    unresolvable: (reason) => unresolvable(name, reason),
    skip: () => skip(name),
    error: (message) => errorStatus(name, message),
  };
}

/** The factory that a scheduler's registry wants, with every answer of the plugin checked. */
export function factoryOf(module: PluginModule): PluginFactory {
  const { name } = module;
  return (args, handle) => {
    try {
      return guardPlugin({ name, ...module.make(args, toolsFor(name, handle)) });
    } catch (error) {
      if (error instanceof PluginError) throw error;
      throw new PluginError(name, 'making it', '', '', error instanceof Error ? error.message : String(error), error);
    }
  };
}

/**
 * Plugins of this program for a cluster of one's own (`createCluster(spec, sim, { plugins: pluginRegistry(mine) })`).
 * @throws RangeError for two of one name
 */
// oxlint-disable-next-line typescript/no-explicit-any -- a module reads its own arguments; whoever makes it knows their type
export function pluginRegistry(...modules: readonly PluginModule<any>[]): PluginRegistry {
  const registry = new Map<string, PluginFactory>();
  for (const module of modules) {
    if (registry.has(module.name)) throw new RangeError(`two plugins are named ${module.name}`);
    registry.set(module.name, factoryOf(module));
  }
  return registry;
}

/**
 * @param files paths, relative ones from `folder`
 * @throws BadInputError naming file and line
 */
export async function loadPlugins(files: readonly string[], folder = '.'): Promise<PluginRegistry> {
  const registry = new Map<string, PluginFactory>();
  for (const path of files) {
    const file = resolve(folder, path);
    const { plugin } = await run(path, await withoutTypes(path, read(file)));
    if (!isModule(plugin)) {
      throw new BadInputError('it does not export `plugin` with a `name` and a `make` function', { file: path });
    }
    if (registry.has(plugin.name))
      throw new BadInputError(`another file has a plugin ${plugin.name} too`, { file: path });
    registry.set(plugin.name, factoryOf(plugin));
  }
  return registry;
}
