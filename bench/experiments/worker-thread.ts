/** Where a thread of the pool begins: the worker, with its modules loaded at once. */
import { loadModules } from '../load-modules.ts';

/** Performs a run; what it throws becomes a failed run, which is a result like others. */
export const { performRun } = await loadModules('./worker.js', import.meta.url, () => import('./worker.ts'));
