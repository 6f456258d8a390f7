/**
 * Loads the modules of a command or a worker: hundreds of small files. Where this Node can, they are loaded at once instead of by a promise
 * for each file, and what the compiler made of them is kept between calls. Neither changes what they do.
 */
import nodeModule, { createRequire } from 'node:module';

/** What Node has from 22.1 on, and the types of 20 do not know. */
interface CompileCache {
  enableCompileCache?(): unknown;
}

/**
 * @param file the built module, relative to the module at the URL `from`
 * @param load imports it, where nothing is gained before
 */
export function loadModules<T>(file: string, from: string, load: () => Promise<T>): Promise<T> {
  // In the folder for temporary files, unless NODE_COMPILE_CACHE names another or NODE_DISABLE_COMPILE_CACHE says no.
  (nodeModule as CompileCache).enableCompileCache?.();
  // The import that follows finds the modules loaded.
  if (canRequireModules()) createRequire(from)(file);
  return load();
}

/** Whether `require` takes ES modules without a warning: Node has this flag since it does. */
function canRequireModules(): boolean {
  return process.allowedNodeEnvironmentFlags.has('--trace-require-module');
}
