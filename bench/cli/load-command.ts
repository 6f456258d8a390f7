/**
 * Loads the modules of a command. A command is hundreds of small files: where this Node can, they are loaded at once instead of by a promise
 * for each file, and what the compiler made of them is kept between calls. Neither changes what a command does.
 */
import nodeModule, { createRequire } from 'node:module';

/** What Node has from 22.1 on, and the types of 20 do not know. */
interface CompileCache {
  enableCompileCache?(): unknown;
}

/**
 * @param file the built module beside this one
 * @param load imports it, where nothing is gained before
 */
export function loadCommand<T>(file: string, load: () => Promise<T>): Promise<T> {
  // In the folder for temporary files, unless NODE_COMPILE_CACHE names another or NODE_DISABLE_COMPILE_CACHE says no.
  (nodeModule as CompileCache).enableCompileCache?.();
  // The import that follows finds the modules loaded.
  if (canRequireModules()) createRequire(import.meta.url)(file);
  return load();
}

/** Whether `require` takes ES modules without a warning: Node has this flag since it does. */
function canRequireModules(): boolean {
  return process.allowedNodeEnvironmentFlags.has('--trace-require-module');
}
