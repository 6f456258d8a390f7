/**
 * The policies of a study as KubeSchedulerConfiguration objects: built in, written in the experiment, or in a file.
 */
import { Simulation } from '../../engine/index.ts';
import { createCluster } from '../../models/index.ts';
import { ConfigurationError } from '../../models/scheduler/config/configuration-error.ts';
import type { TieBreak } from '../../models/scheduler/decision/choose-host.ts';
import { PluginError } from '../../models/scheduler/framework/plugin-error.ts';
import type { PluginRegistry } from '../../models/scheduler/profile/registry.ts';
import { BadInputError } from '../bad-input.ts';
import { type GpuSharing, gpuPlugins, gpuSharing } from '../policies/gpu-sharing/gpu-plugins.ts';
import { GPU_POLICIES, GPU_TIES } from '../policies/gpu-sharing/gpu-policies.ts';
import { parseDocuments } from '../workloads/documents.ts';
import type { Study } from './load.ts';
import type { PolicySpec } from './schema.ts';
import { pluginsOf } from './study-plugins.ts';

/** kubescheduler.config.k8s.io/v1 KubeSchedulerConfiguration, unchecked. */
export type SchedulerConfiguration = Readonly<Record<string, unknown>>;

const API_VERSION = 'kubescheduler.config.k8s.io/v1';
const KIND = 'KubeSchedulerConfiguration';

/**
 * `spread` is the default profile of v1.34, which prefers Nodes with much left. `pack` fills Nodes: it scores by most
 * allocated, and leaves out the scores that spread.
 * Source: https://kubernetes.io/docs/concepts/scheduling-eviction/resource-bin-packing/
 */
const BUILT_IN: Readonly<Record<string, SchedulerConfiguration>> = {
  spread: { apiVersion: API_VERSION, kind: KIND },
  pack: {
    apiVersion: API_VERSION,
    kind: KIND,
    profiles: [
      {
        schedulerName: 'default-scheduler',
        plugins: {
          score: { disabled: [{ name: 'NodeResourcesBalancedAllocation' }, { name: 'PodTopologySpread' }] },
        },
        pluginConfig: [
          {
            name: 'NodeResourcesFit',
            args: {
              scoringStrategy: {
                type: 'MostAllocated',
                resources: [
                  { name: 'cpu', weight: 1 },
                  { name: 'memory', weight: 1 },
                ],
              },
            },
          },
        ],
      },
    ],
  },
  ...GPU_POLICIES,
};

/** @throws BadInputError for a policy that is neither built in nor has a configuration, and for a file that is none. */
export function schedulerConfigurationOf(policy: PolicySpec, inputs: Study['inputs']): SchedulerConfiguration {
  const { name, scheduler } = policy;
  if (scheduler === undefined) {
    const known = BUILT_IN[name];
    if (known !== undefined) return known;
    const names = Object.keys(BUILT_IN).join(', ');
    throw new BadInputError(`policy ${name} has no scheduler; accepted without one: ${names}`);
  }
  if (typeof scheduler !== 'string') return scheduler;
  const [document, second] = parseDocuments(scheduler, inputs[scheduler] ?? '');
  const value = document?.value as SchedulerConfiguration | undefined;
  const kind = typeof value === 'object' ? value.kind : undefined;
  if (document === undefined || second !== undefined || value === undefined || kind !== KIND) {
    throw new BadInputError(`accepted is one ${KIND}`, { file: scheduler, line: document?.line, field: 'kind' });
  }
  return value;
}

/** Which of equally good Nodes the policy takes: any, unless the experiment or the policy itself says otherwise. */
export function tieBreakOf({ name, scheduler, ties }: PolicySpec): TieBreak {
  return ties ?? (scheduler === undefined ? GPU_TIES[name] : undefined) ?? 'random';
}

/** The plugins of GPU sharing, and those that the policy brings along. @param gpu for one scheduler alone */
export function registryOf(study: Study, policy: string, gpu: GpuSharing): PluginRegistry {
  return new Map([...gpuPlugins(gpu), ...(pluginsOf(study, policy) ?? [])]);
}

/**
 * @throws BadInputError for the first policy that cannot be used, with the file and line of its configuration where it has one
 */
export function checkPolicies(study: Study): void {
  for (const policy of study.experiment.policies) {
    const configuration = schedulerConfigurationOf(policy, study.inputs);
    try {
      // Some mistakes show only when the plugins are made: an empty cluster makes them.
      const plugins = registryOf(study, policy.name, gpuSharing([]));
      createCluster({ scheduler: configuration }, new Simulation({ seed: 'check' }), { plugins });
    } catch (error) {
      if (error instanceof ConfigurationError) throw configurationError(policy, study, error);
      if (error instanceof PluginError) throw new BadInputError(`policy ${policy.name}: ${error.message}`);
      throw error;
    }
  }
}

function configurationError({ name, scheduler }: PolicySpec, study: Study, error: ConfigurationError): BadInputError {
  const [first, ...others] = error.message.split('\n');
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  if (typeof scheduler !== 'string') return new BadInputError(`policy ${name}: scheduler: ${first}${more}`);
  const [document] = parseDocuments(scheduler, study.inputs[scheduler] ?? '');
  return new BadInputError(`${first}${more}`, { file: scheduler, line: document?.lineOf(error.path) });
}
