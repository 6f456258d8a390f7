/**
 * The experiment file: what may stand in it, as one schema that checks files, types the program and is exported as JSON
 * Schema for editors. Each leaf says in words what it accepts; the loader puts file, line and field before that.
 *
 * Durations and quantities stay text here, so that the resolved file reads as the written one.
 */
import { z } from 'zod';
import { signOf } from '../../models/objects/index.ts';
import { parsedQuantity } from '../workloads/manifest-fields.ts';
import { arrivalProcess, distribution } from './distribution-schema.ts';
import { DURATION } from './duration.ts';
import { object } from './schema-object.ts';
import {
  horizonProblem,
  horizonSetting,
  mainMetricsSetting,
  maxRunsSetting,
  objectivesSetting,
  precisionSetting,
  runsSetting,
} from './study-schema.ts';
import {
  apiServerSettings,
  controllerManagerSettings,
  imageCatalogue,
  kubeletSettings,
  networkSettings,
  schedulingCostSettings,
} from './settings-schema.ts';

/** Whether a text is a quantity that is not negative. */
export function isAmount(text: string): boolean {
  const parsed = parsedQuantity(text);
  return parsed !== undefined && signOf(parsed) >= 0;
}

const duration = z
  .string({ error: 'a duration such as 1h30m, 30s or 500ms' })
  .regex(DURATION, { error: 'a duration such as 1h30m, 30s or 500ms' });
const quantityWords = { error: 'a quantity that is not negative, such as 500m, 2, 1.5Gi' };
const quantity = z.union(
  [z.number().nonnegative(quantityWords), z.string().refine(isAmount, quantityWords)],
  quantityWords,
);
const positive = z.int({ error: 'a whole number from 1' }).min(1, { error: 'a whole number from 1' });
const count = z.int({ error: 'a whole number from 0' }).min(0, { error: 'a whole number from 0' });
const nonNegative = z.number({ error: 'a number from 0' }).min(0, { error: 'a number from 0' });
const identifier = z
  .string({ error: 'a name' })
  .regex(/^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/, { error: 'a name of lower-case letters, digits and "-"' });
const textMap = z.record(z.string(), z.string({ error: 'a text (put numbers and true/false in quotes)' }));
const resourceList = z.record(z.string(), quantity);
const fileNames = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)], {
  error: 'a file or folder, or a list of them',
});

const fileName = z.string({ error: 'a file' }).min(1);

const taint = object({
  key: z.string().min(1),
  value: z.string().optional(),
  effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
});

/** Nodes made alike; `zones` are dealt out in turn. */
const nodeGroup = object({
  name: identifier.describe('Nodes are called NAME0, NAME1 …'),
  count: count.describe('How many Nodes'),
  zones: z.array(z.string().min(1)).min(1).optional().describe('Values of topology.kubernetes.io/zone, in turn'),
  region: z.string().min(1).optional(),
  type: z
    .string({ error: 'a machine type such as m5.xlarge' })
    .min(1)
    .optional()
    .describe('A machine type of the catalogue, which gives capacity, allocatable, labels and price'),
  capacity: resourceList
    .optional()
    .describe('For example { cpu: 16, memory: 64Gi, pods: 110 }; needed without a type; pods is 110 unless given'),
  allocatable: resourceList.optional().describe('Capacity less what the kubelet keeps, unless given'),
  price: nonNegative.optional().describe('Of one Node for an hour, in any currency, the same for all'),
  labels: textMap.optional(),
  taints: z.array(taint).optional(),
  controlPlane: z.boolean({ error: 'true or false' }).optional().describe('The Nodes run the control plane'),
  unschedulable: z.boolean({ error: 'true or false' }).optional(),
}).superRefine(({ type, capacity }, context) => {
  if (type !== undefined || capacity !== undefined) return;
  const message = 'found neither type nor capacity; accepted: one or both';
  context.addIssue({ code: 'custom', path: ['capacity'], message, params: { saysAll: true } });
});
const nodeManifests = object({
  manifests: fileNames.describe('Files with Node objects'),
  price: z
    .union([nonNegative, z.literal('catalogue')], { error: 'a number from 0, or catalogue' })
    .optional()
    .describe('Of each of these Nodes for an hour; catalogue: by its label node.kubernetes.io/instance-type'),
});
const nodeTrace = object({
  openb: fileName.describe('A node list of the openb trace: a CSV file'),
  every: positive.optional().describe('Only every so many of its Nodes'),
});

/** Settings of one component by their own names; the component refuses what it does not have. */

const cluster = object({
  nodes: z
    .array(z.union([nodeGroup, nodeManifests, nodeTrace]))
    .min(1, { error: 'at least one node group or manifest file' })
    .describe('Node groups, and files with Node manifests'),
  catalogue: fileName
    .optional()
    .describe('A CSV file of machine types for `type`; bench/catalogue/machine-types.csv unless given'),
  bootstrap: z
    .enum(['ready', 'kubeadm'])
    .default('ready')
    .describe('ready: Nodes are there and Ready at the start; kubeadm: they join and the cluster comes up'),
  systemPods: z.enum(['none', 'dns', 'all']).default('none').describe('Pods of kube-system in mode ready'),
  schedulableControlPlane: z.boolean({ error: 'true or false' }).optional(),
  runtime: z.enum(['containerd', 'cri-o', 'docker', 'rkt']).default('containerd').describe('Latencies of containers'),
  images: imageCatalogue.describe('Sizes of images, and which the registry does not have'),
  kubelet: kubeletSettings.describe('KubeletConfiguration fields that are modelled'),
  network: networkSettings.describe('Latencies and ranges of the Pod network, kube-proxy and DNS'),
  apiServer: apiServerSettings.describe('Latencies and limits of the API server and etcd'),
  schedulingCost: schedulingCostSettings.describe(
    'Virtual time of a scheduling cycle, see models/scheduler/cycle-cost.ts',
  ),
  controllerManager: controllerManagerSettings.describe('Client rates and workers of the controllers'),
});

/** A Pod template: Kubernetes' own shape, checked as a manifest is. */
const podTemplate = object({
  metadata: object({ labels: textMap.optional(), annotations: textMap.optional() }).optional(),
  spec: z.record(z.string(), z.unknown()),
});

const workloadManifests = object({
  manifests: fileNames,
  at: duration.optional().describe('When they are created; at the start unless given'),
});
const workloadDeployment = object({
  deployment: object({
    name: identifier,
    namespace: identifier.default('default'),
    replicas: count,
    template: podTemplate,
  }),
  at: duration.optional(),
});
const workloadArrivals = object({
  arrivals: object({
    name: identifier.describe('Pods are called NAME-0, NAME-1 …'),
    namespace: identifier.default('default'),
    process: arrivalProcess,
    lifetimeSeconds: distribution.optional().describe('From running to deletion; for ever unless given'),
    templates: z
      .array(podTemplate.extend({ weight: nonNegative.default(1).describe('Share of the arrivals') }))
      .min(1, { error: 'a list of at least one Pod template' })
      .describe('Each arrival draws one'),
  }),
  at: duration.optional().describe('When arrivals begin'),
});

const workloadFgd = object({
  fgd: object({
    pods: fileName.describe('A pod list of the openb trace'),
    firstWords: fileName.describe("The first 607 numbers of the study's generator for each seed"),
    published: object({
      finals: fileName.describe('The published results, to be shown beside'),
      trace: z.string().min(1).describe('The name of the pod list there'),
    }).optional(),
  }).describe('Pods in the random order of the FGD study; run r has the seed of the experiment plus r'),
});

const workloadTrace = object({
  trace: object({
    kind: z.enum(['openb', 'philly']),
    file: fileName.describe('A CSV file'),
    fromSeconds: nonNegative.default(0).describe('Begin so far into the trace'),
    first: positive.optional().describe('Only so many Pods'),
    compress: z
      .number()
      .positive({ error: 'a number above 0' })
      .default(1)
      .describe('Pods come so many times as fast; they run as long as ever'),
    copies: positive.default(1).describe('Each Pod comes so many times'),
    perGpu: object({ cpuMilli: count.default(4000), memoryMib: count.default(32_768) })
      .default({ cpuMilli: 4000, memoryMib: 32_768 })
      .describe('philly: what a Pod requests for each GPU, which the trace does not say'),
  }).describe('Pods by the clock of a recorded trace'),
  at: duration.optional().describe('When the trace begins'),
});

const policy = object({
  name: identifier.describe('spread, pack and the GPU-sharing policies are built in; other names need a scheduler'),
  scheduler: z
    .union([z.string().min(1), z.record(z.string(), z.unknown())], {
      error: 'a KubeSchedulerConfiguration: a file name, or the object itself',
    })
    .optional(),
  ties: z
    .enum(['random', 'first'])
    .optional()
    .describe('Which of equally good Nodes is taken: any, or the first by name; random unless given'),
  plugins: z
    .array(z.string().min(1))
    .min(1, { error: 'a list of at least one file' })
    .optional()
    .describe('Files of scheduler plugins in TypeScript or JavaScript, see bench/policies/README.md'),
});

export const experimentSchema = object({
  name: identifier,
  description: z.string().optional(),
  seed: z
    .union([z.string().min(1), z.int()], { error: 'a text or a whole number' })
    .default('1')
    .describe('Same seed, same results'),
  runs: runsSetting,
  precision: precisionSetting,
  maxRuns: maxRunsSetting,
  mainMetrics: mainMetricsSetting,
  cluster,
  workload: z.array(
    z.union([workloadManifests, workloadDeployment, workloadArrivals, workloadFgd, workloadTrace], {
      error: 'an object with one of manifests, deployment, arrivals, fgd, trace',
    }),
  ),
  study: z
    .enum(['cluster', 'placement'])
    .default('cluster')
    .describe(
      'cluster: a whole cluster in virtual time; placement: the scheduler alone, asked for one Pod after the other, each tried once',
    ),
  policies: z
    .array(policy)
    .min(1, { error: 'at least one policy' })
    .default([{ name: 'spread' }]),
  stop: z
    .strictObject({
      after: duration.default('1h').describe('Virtual time at which a run ends at the latest'),
      settled: z
        .boolean({ error: 'true or false' })
        .default(true)
        .describe('End as soon as all of the workload has come and no Pod can still change'),
    })
    .default({ after: '1h', settled: true }),
  horizon: horizonSetting,
  objectives: objectivesSetting,
  sampleEvery: duration.default('10s').describe('Grid of timeseries.csv'),
  factors: z
    .record(z.string(), z.array(z.unknown()).min(1, { error: 'a list of at least one value' }))
    .optional()
    .describe('Path of any parameter → values: every combination is run with every policy'),
}).superRefine(({ horizon, study, stop }, context) => {
  const problem = horizonProblem(horizon, study, stop.settled);
  if (problem !== undefined) context.addIssue({ code: 'custom', ...problem, params: { saysAll: true } });
});

/** An experiment as written, with defaults filled in. */
export type Experiment = z.output<typeof experimentSchema>;
export type NodeGroup = z.output<typeof nodeGroup>;
export type WorkloadArrivals = z.output<typeof workloadArrivals>;
export type WorkloadTrace = z.output<typeof workloadTrace>;
export type WorkloadFgd = z.output<typeof workloadFgd>;
export type PodTemplate = z.output<typeof podTemplate>;
export type PolicySpec = z.output<typeof policy>;

/** The schema for editors, draft 2020-12. */
export function experimentJsonSchema(): unknown {
  return z.toJSONSchema(experimentSchema, { io: 'input' });
}
