/**
 * The six policies of the FGD study as scheduler configurations: NodeResourcesFit and GpuSharing filter, one plugin scores with
 * weight 1000, every feasible Node is scored, all other plugins of the default profile are off.
 */

import type { TieBreak } from '../../../models/scheduler/decision/choose-host.ts';
import { type DeviceChoice, GPU_SHARING } from './gpu-plugins.ts';

function configuration(scorer: string, deviceChoice: DeviceChoice): Readonly<Record<string, unknown>> {
  return {
    apiVersion: 'kubescheduler.config.k8s.io/v1',
    kind: 'KubeSchedulerConfiguration',
    percentageOfNodesToScore: 100,
    profiles: [
      {
        schedulerName: 'default-scheduler',
        plugins: {
          multiPoint: { disabled: [{ name: '*' }] },
          queueSort: { enabled: [{ name: 'PrioritySort' }] },
          filter: { enabled: [{ name: 'NodeResourcesFit' }, { name: GPU_SHARING }] },
          score: { enabled: [{ name: scorer, weight: 1000 }] },
          reserve: { enabled: [{ name: GPU_SHARING }] },
          bind: { enabled: [{ name: 'DefaultBinder' }] },
        },
        pluginConfig: [{ name: GPU_SHARING, args: { deviceChoice } }],
      },
    ],
  };
}

/** By the name that an experiment uses. */
export const GPU_POLICIES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'gpu-random': configuration('GpuRandom', 'random'),
  'gpu-dot-product': configuration('DotProd', 'tightest'),
  'gpu-clustering': configuration('GpuClustering', 'tightest'),
  'gpu-packing': configuration('GpuPacking', 'tightest'),
  'gpu-best-fit': configuration('BestFit', 'tightest'),
  fgd: configuration('FGD', 'fragmentation'),
};

/** The study takes the first of equally good Nodes, but where the policy is to take any. */
export const GPU_TIES: Readonly<Record<string, TieBreak>> = Object.fromEntries(
  Object.keys(GPU_POLICIES).map((name) => [name, name === 'gpu-random' ? 'random' : 'first']),
);

/** By the same names: what the paper calls them. */
export const PAPER_NAMES: Readonly<Record<string, string>> = {
  'gpu-random': 'Random',
  'gpu-dot-product': 'DotProd',
  'gpu-clustering': 'GpuClustering',
  'gpu-packing': 'GpuPacking',
  'gpu-best-fit': 'BestFit',
  fgd: 'FGD',
};
