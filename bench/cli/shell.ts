/**
 * `clockwork shell [EXPERIMENT.yaml]`: a simulated cluster at a prompt, or with commands from standard input. Without an experiment
 * it is one master and two workers, set up by kubeadm; with one it is the experiment's cluster and first policy, without its workload.
 */
import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import { Simulation } from '../../engine/index.ts';
import { type Cluster, type ClusterSpec, createCluster } from '../../models/index.ts';
import { BadInputError } from '../bad-input.ts';
import { clusterSpecOf } from '../experiments/cluster-spec-of.ts';
import { loadStudy } from '../experiments/load.ts';
import { workloadInput } from '../experiments/workload-input.ts';
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
  nodeGroups: [
    { count: 1, names: ['k8s-master'], controlPlane: true },
    { count: 2, names: ['k8s01', 'k8s02'] },
  ],
};

function clusterOf(experiment: string | undefined, seed: string | undefined): Cluster {
  if (experiment === undefined) {
    return createCluster(DEFAULT_CLUSTER, new Simulation({ seed: seed ?? DEFAULT_SEED }));
  }
  const study = loadStudy(experiment, { seed });
  const [policy] = study.experiment.policies;
  if (policy === undefined) throw new BadInputError('names no policy', { file: experiment });
  const spec = clusterSpecOf(study.experiment, workloadInput(study), policy, study.inputs);
  return createCluster(spec, new Simulation({ seed: String(study.experiment.seed) }));
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
  const cluster = clusterOf(experiment, options.seed);
  const session = new ShellSession(cluster, print);
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
