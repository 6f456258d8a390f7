/** What the report shows over time: the gauges of timeseries.csv by their names, in groups, each with words that say what it is. */
import type { GaugeOverTime } from '../../results/index.ts';
import { bandOfSteps, type Steps } from './report-curves.ts';
import { resourceNameParts } from './resource-names.ts';

type Words = Pick<GaugeOverTime, 'title' | 'unit' | 'group' | 'note'>;

const PODS = 'Pods and queues over time';
const RESOURCES = 'Resources over time';
const WASTE = 'Stranded and fragmented resources over time';
const IMBALANCE = 'Standard deviation, over the Nodes, of the share that is requested: 0 where all are equally full.';
const STRANDED = 'Free on Nodes where another resource runs out first, of what all Nodes have.';

const GAUGES: Readonly<Record<string, Words>> = {
  pending: { title: 'Pending Pods', unit: 'Pods', group: PODS, note: 'Pods without a Node.' },
  queueActive: { title: 'Active queue', unit: 'Pods', group: PODS, note: 'Pods that the scheduler may try now.' },
  queueBackoff: {
    title: 'Back-off queue',
    unit: 'Pods',
    group: PODS,
    note: 'Pods that wait before they are tried again.',
  },
  queueUnschedulable: {
    title: 'Unschedulable Pods',
    unit: 'Pods',
    group: PODS,
    note: 'Pods that no Node had room for, until something changes.',
  },
  queueGated: {
    title: 'Gated Pods',
    unit: 'Pods',
    group: PODS,
    note: 'Pods held back by a gate or by their own preemption.',
  },
  bound: { title: 'Pods on Nodes', unit: 'Pods', group: PODS, note: 'Bound, and not ended yet.' },
  running: { title: 'Running Pods', unit: 'Pods', group: PODS, note: 'In phase Running.' },
  nodesInUse: { title: 'Nodes in use', unit: 'Nodes', group: PODS, note: 'Nodes with at least one Pod.' },
  gpuAllocated: { title: 'GPUs allocated', unit: 'fraction', group: RESOURCES, note: 'Given to Pods, of all GPUs.' },
  gpuFragmented: {
    title: 'GPUs fragmented',
    unit: 'fraction',
    group: WASTE,
    note: 'Idle, but of no use to the typical Pod, of all GPUs.',
  },
  gpuFragmentedOfIdle: {
    title: 'Idle GPUs fragmented',
    unit: 'fraction',
    group: WASTE,
    note: 'Of no use to the typical Pod, of the GPUs that are idle.',
  },
};

const MEASURES: Readonly<Record<string, readonly [words: string, group: string, note: string]>> = {
  utilisation: ['requested', RESOURCES, 'Requested by Pods, of what all Nodes can give.'],
  imbalance: ['imbalance of Nodes', RESOURCES, IMBALANCE],
  stranded: ['stranded', WASTE, STRANDED],
};

/** `cpuUtilisation` and `utilisation[nvidia.com/gpu]`. */
const NAMED_RESOURCE = /^(cpu|memory)(Utilisation|Imbalance|Stranded)$/;

function wordsOf(name: string): Words {
  const known = GAUGES[name];
  if (known !== undefined) return known;
  const [, short, wanted] = NAMED_RESOURCE.exec(name) ?? [];
  const parts = resourceNameParts(name);
  const resource = short === 'cpu' ? 'CPU' : short === 'memory' ? 'Memory' : parts?.resource;
  const measure = MEASURES[wanted?.toLowerCase() ?? parts?.measure ?? ''];
  if (resource === undefined || measure === undefined)
    return { title: spoken(name), unit: '', group: 'More over time' };
  const [words, group, note] = measure;
  return { title: `${resource} ${words}`, unit: 'fraction', group, note };
}

/** Of a gauge that this program does not know: someName → Some name. */
function spoken(name: string): string {
  const words = name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return words.replace(/^[a-z]/, (first) => first.toUpperCase());
}

/** @param runs for each policy the steps of each of its runs */
export function gaugeOf(name: string, runs: readonly (readonly Steps[])[]): GaugeOverTime {
  const endMicros = runs.flat().reduce((end, { timesMicros }) => Math.max(end, timesMicros.at(-1) ?? 0), 0);
  return { name, ...wordsOf(name), policies: runs.map((steps) => bandOfSteps(steps, endMicros)) };
}

/** Pods first and in the order above, then the others as the file has them. */
export function ordered(gauges: readonly GaugeOverTime[]): GaugeOverTime[] {
  const names = Object.keys(GAUGES);
  const rank = ({ name, group }: GaugeOverTime): number => (group === PODS ? names.indexOf(name) : names.length);
  return gauges.toSorted((a, b) => rank(a) - rank(b));
}

/** Whether it never left 0, and a chart would say no more than that. */
export function isFlat({ policies }: GaugeOverTime): boolean {
  return policies.every((band) => band === undefined || band.high.every((value) => value === 0));
}
