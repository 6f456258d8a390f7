/** The plan file: a question about capacity, what it is asked about, and what an answer has to meet. */
import { z } from 'zod';
import { DURATION } from '../experiments/duration.ts';
import { isAmount } from '../experiments/schema.ts';
import { object } from '../experiments/schema-object.ts';

const file = z.string({ error: 'a file' }).min(1);
const files = z.array(file, { error: 'a list of files' }).min(1);
const wholeNumber = z.int({ error: 'a whole number from 0' }).min(0, { error: 'a whole number from 0' });
const positive = z.int({ error: 'a whole number from 1' }).min(1, { error: 'a whole number from 1' });
const shareWords = { error: 'a number from 0 to 1' };
const share = z.number(shareWords).min(0, shareWords).max(1, shareWords);
const textMap = z.record(z.string(), z.string({ error: 'a text (put numbers and true/false in quotes)' }));
const quantityWords = { error: 'a quantity that is not negative, such as 500m, 2, 1.5Gi' };
const quantity = z.union(
  [z.number().nonnegative(quantityWords), z.string().refine(isAmount, quantityWords)],
  quantityWords,
);
const taint = object({
  key: z.string().min(1),
  value: z.string().optional(),
  effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
});

const machineType = object({
  type: z
    .string({ error: 'a machine type such as m5.xlarge' })
    .min(1)
    .optional()
    .describe('A machine type of the catalogue, which gives capacity, allocatable, labels and price'),
  name: z
    .string()
    .regex(/^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/, { error: 'a name of lower-case letters, digits and "-"' })
    .optional()
    .describe('Nodes are called NAME-0, NAME-1 …; after the type unless given'),
  capacity: z
    .record(z.string(), quantity)
    .optional()
    .describe('For example { cpu: 16, memory: 64Gi }; needed without a type; pods is 110 unless given'),
  allocatable: z.record(z.string(), quantity).optional().describe('Capacity unless given'),
  labels: textMap.optional(),
  taints: z.array(taint).optional(),
  zones: z.array(z.string().min(1)).min(1).optional().describe('Values of topology.kubernetes.io/zone, in turn'),
  price: z
    .number({ error: 'a number from 0' })
    .min(0, { error: 'a number from 0' })
    .optional()
    .describe('Of one Node for an hour; needed with find cheapest where the catalogue gives none'),
  most: wholeNumber.optional().describe('At most so many Nodes of this type'),
}).superRefine(({ type, name, capacity }, context) => {
  if (type !== undefined) return;
  const missing = name === undefined ? 'name' : capacity === undefined ? 'capacity' : undefined;
  if (missing === undefined) return;
  const message = `found neither type nor ${missing}; accepted: a type, or name and capacity`;
  context.addIssue({ code: 'custom', path: [missing], message, params: { saysAll: true } });
});

const objectives = object({
  survive: z
    .enum(['nothing', 'node', 'zone'])
    .default('nothing')
    .describe('node: after the loss of any one Node the others take its Pods; zone: after the loss of any one zone'),
  headroom: object({ cpu: share.default(0), memory: share.default(0) })
    .optional()
    .describe('Share of what all Nodes have that is left when all Pods run'),
  startup: object({
    p99: z
      .string()
      .regex(DURATION, { error: 'a duration such as 30s' })
      .describe('Pod start-up latency, 99th percentile'),
  })
    .optional()
    .describe('Needs runs of the whole cluster for each number of Nodes'),
  inRuns: share.default(1).describe('Share of the runs in which all this is met'),
});

export const planSchema = object({
  name: z.string().min(1),
  description: z.string().optional(),
  find: z
    .enum(['nodes', 'cheapest', 'replicas', 'removable'])
    .describe(
      'nodes: fewest Nodes that meet the objectives; cheapest: the mix of types that does for least; replicas: how many more of a Pod fit; removable: which Nodes can be lost',
    ),
  seed: z.union([z.string().min(1), z.int()]).default('1'),
  runs: positive.default(1).describe('Runs of each candidate; they differ in the random choices between equal Nodes'),
  policy: object({
    name: z.string().min(1).default('spread'),
    scheduler: z.union([file, z.record(z.string(), z.unknown())]).optional(),
    ties: z.enum(['random', 'first']).optional(),
  }).default({ name: 'spread' }),
  nodes: object({
    types: z.array(machineType).min(1).optional(),
    manifests: files.optional(),
    catalogue: file.optional().describe('A CSV file of machine types; bench/catalogue/machine-types.csv unless given'),
  }).describe('find nodes: one type, or manifests whose mix of Nodes is kept; find cheapest: types; else the snapshot'),
  pods: files.optional().describe('Manifests; Pods that have a Node are there already, the others are placed'),
  template: file.optional().describe('find replicas: a manifest of one Pod'),
  objectives: objectives.default({ survive: 'nothing', inRuns: 1 }),
  most: positive.default(20_000).describe('find nodes: greatest number of Nodes; find replicas: of Pods'),
  lookBelow: wholeNumber.default(3).describe('Numbers just below the answer that are tried one by one'),
  mostTries: positive.default(2000).describe('find cheapest: mixes that are simulated at most'),
});

export type Plan = z.output<typeof planSchema>;
/** A type as the plan writes it. */
export type PlanType = z.output<typeof machineType>;

/** The schema for editors, draft 2020-12. */
export function planJsonSchema(): unknown {
  return z.toJSONSchema(planSchema, { io: 'input' });
}
