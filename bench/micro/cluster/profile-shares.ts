/**
 * Where the time of a run goes: a CPU profile, added up by component of the model. What a function of JavaScript or Node itself takes
 * counts for whoever called it; collecting garbage is a share of its own.
 */
import { Session } from 'node:inspector';

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string };
  readonly children?: readonly number[];
}

export interface Profile {
  readonly nodes: readonly ProfileNode[];
  readonly samples?: readonly number[];
  readonly timeDeltas?: readonly number[];
}

const SAMPLING_MICROS = 500;

/** Profiles what `work` does. */
export function profiled(work: () => void): Profile {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: SAMPLING_MICROS });
  session.post('Profiler.start');
  work();
  let taken: Profile | undefined;
  session.post('Profiler.stop', (error, result) => {
    if (error !== null) throw error;
    taken = result.profile as Profile;
  });
  session.disconnect();
  if (taken === undefined) throw new Error('the profiler gave no profile');
  return taken;
}

/** "models/scheduler" for a file of the scheduler, "gc", "node" for what is outside; undefined for what counts for its caller. */
function componentOf({ functionName, url }: ProfileNode['callFrame']): string | undefined {
  if (functionName === '(garbage collector)') return 'gc';
  const path = /\/dist\/(models\/[^/]+\/|models|engine|bench)/.exec(url)?.[1];
  if (path !== undefined) return path.endsWith('/') ? path.slice(0, -1) : path;
  if (functionName === '(root)' || functionName === '(program)' || functionName === '(idle)') return 'node';
  return undefined;
}

/** Share of each component in the time, 0 to 1, the largest first. */
export function sharesOf(profile: Profile): Record<string, number> {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const components = new Map<number, string>();
  const visit = (node: ProfileNode, caller: string): void => {
    const component = componentOf(node.callFrame) ?? caller;
    components.set(node.id, component);
    for (const id of node.children ?? []) visit(nodes.get(id) as ProfileNode, component);
  };
  const [root] = profile.nodes;
  if (root !== undefined) visit(root, 'node');
  const micros = new Map<string, number>();
  let total = 0;
  const { samples = [], timeDeltas = [] } = profile;
  samples.forEach((id, i) => {
    const component = components.get(id) ?? 'node';
    const delta = timeDeltas[i] ?? 0;
    micros.set(component, (micros.get(component) ?? 0) + delta);
    total += delta;
  });
  const shares = [...micros]
    .sort((a, b) => b[1] - a[1])
    .map(([name, part]) => [name, Number((part / total).toFixed(4))]);
  return Object.fromEntries(shares) as Record<string, number>;
}
