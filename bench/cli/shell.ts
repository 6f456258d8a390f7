/**
 * `clockwork shell [EXPERIMENT.yaml]`: a simulated cluster at a prompt, or with commands from standard input. Without an experiment
 * it is one master and two workers, set up by kubeadm; with one it is the experiment's cluster and first policy, without its workload.
 */
import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import { Simulation } from '../../engine/index.ts';
import { type Cluster, type ClusterSpec, createCluster } from '../../models/index.ts';
import type { SchedulerObserver } from '../../models/scheduler/scheduling-metrics.ts';
import { BadInputError } from '../bad-input.ts';
import { clusterSpecOf } from '../experiments/cluster-spec-of.ts';
import { loadStudy } from '../experiments/load.ts';
import { checkPolicies, registryOf, tieBreakOf } from '../experiments/policies.ts';
import { loadStudyPlugins } from '../experiments/study-plugins.ts';
import { workloadInput } from '../experiments/workload-input.ts';
import { gpuSharing } from '../policies/gpu-sharing/gpu-plugins.ts';
import { DONE } from './exit-code.ts';
import { ShellSession } from './shell-session.ts';

export interface ShellOptions {
  readonly seed?: string | undefined;
  readonly input?: (Readable & { readonly isTTY?: boolean }) | undefined;
  readonly output?: Writable | undefined;
}

const DEFAULT_SEED = 'shell';
/** The cluster of the project's first example. */
const DEFAULT_CLUSTER: ClusterSpec = {
  bootstrap: 'kubeadm',
  // Few enough Nodes that their heartbeats can be objects that one looks at.
  kubelet: { heartbeats: 'written' },
  nodeGroups: [
    { count: 1, names: ['k8s-master'], controlPlane: true },
    { count: 2, names: ['k8s01', 'k8s02'] },
  ],
};

/** What each Score plugin gave the Node that a Pod was placed on, by "namespace/name" of the Pod. */
type ScoreTexts = Map<string, string>;

function scoreObserver(texts: ScoreTexts): SchedulerObserver {
  return {
    placed({ metadata }, { score }) {
      const points = Object.entries(score?.byPlugin ?? {}).map(([plugin, value]) => `${plugin} ${value}`);
      texts.set(`${metadata.namespace}/${metadata.name}`, points.length === 0 ? '' : ` (${points.join(', ')})`);
    },
  };
}

async function clusterOf(
  experiment: string | undefined,
  seed: string | undefined,
  schedulerObserver: SchedulerObserver,
): Promise<Cluster> {
  if (experiment === undefined) {
    return createCluster(DEFAULT_CLUSTER, new Simulation({ seed: seed ?? DEFAULT_SEED }), {
      schedulerObserver,
      plain: true,
    });
  }
  const study = loadStudy(experiment, { seed });
  const [policy] = study.experiment.policies;
  if (policy === undefined) throw new BadInputError('names no policy', { file: experiment });
  await loadStudyPlugins(study, (input) => study.sources[input] ?? input);
  checkPolicies(study);
  const workload = workloadInput(study);
  const spec = clusterSpecOf(study.experiment, workload, policy, study.inputs);
  const plugins = registryOf(study, policy.name, gpuSharing(workload.typicalGpuPods));
  const parts = { schedulerObserver, plugins, tieBreak: tieBreakOf(policy), plain: true };
  return createCluster(spec, new Simulation({ seed: String(study.experiment.seed) }), parts);
}

function nodesOf({ nodes = [], nodeGroups = [] }: ClusterSpec): number {
  return nodes.length + nodeGroups.reduce((sum, { count }) => sum + count, 0);
}

/** Reads lines to their end or to `exit`. From a file, a line that is no command ends the shell with its number. */
export async function shell(experiment: string | undefined, options: ShellOptions = {}): Promise<number> {
  const input = options.input ?? process.stdin;
  const output = options.output ?? process.stdout;
  const isInteractive = input.isTTY === true;
  const print = (line: string): void => void output.write(`${line}\n`);
  const scores: ScoreTexts = new Map();
  const cluster = await clusterOf(experiment, options.seed, scoreObserver(scores));
  const session = new ShellSession(cluster, print, (pod) => scores.get(pod));
  session.start(nodesOf(cluster.spec));
  const lines = createInterface({ input, ...(isInteractive ? { output: process.stdout } : {}) });
  const prompt = (): void => {
    lines.setPrompt(`[${session.timeText} s] $ `);
    if (isInteractive) lines.prompt();
  };
  if (isInteractive) print('A cluster is up. Type help for the commands.');
  prompt();
  let number = 0;
  for await (const line of lines) {
    number++;
    if (!isInteractive && line.trim() !== '') print(line.startsWith('#') ? line : `[${session.timeText} s] $ ${line}`);
    try {
      if (!session.execute(line)) break;
    } catch (error) {
      if (!(error instanceof BadInputError)) throw error;
      if (!isInteractive) throw new BadInputError(error.message, { file: 'standard input', line: number });
      print(`clockwork: ${error.message}`);
    }
    prompt();
  }
  lines.close();
  return DONE;
}
