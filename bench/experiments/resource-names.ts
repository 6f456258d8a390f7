/**
 * Names of the metrics and columns of a resource beyond CPU and memory: what is measured, and the resource in brackets, as in
 * `utilisationMean[nvidia.com/gpu]`. The recorder, the tables and the messages all take them from here.
 */
import type { Metric } from './metrics.ts';

const MEASURES = [
  { name: 'utilisationMean', better: 'neither', shown: false, words: 'requested, mean' },
  { name: 'utilisationMax', better: 'neither', shown: 'unlessZero', words: 'requested, max' },
  { name: 'imbalanceMean', better: 'lower', shown: 'unlessZero', words: 'imbalance of Nodes, mean' },
  { name: 'strandedMean', better: 'lower', shown: 'unlessZero', words: 'stranded, mean' },
] as const;

const GAUGES = ['utilisation', 'imbalance', 'stranded'] as const;

/** A name of this file: what is measured, and of which resource. */
const FORM = /^([a-z_-]+)\[([A-Za-z0-9][A-Za-z0-9._/-]*)\]$/i;

/** In the order of the columns: utilisation mean and maximum, imbalance, stranded. */
export function resourceMetrics(resource: string): Metric[] {
  return MEASURES.map(({ name, better, shown, words }) => ({
    name: `${name}[${resource}]`,
    unit: 'fraction',
    better,
    title: `${resource} ${words}`,
    shown,
  }));
}

/** Columns of timeseries.csv. */
export function resourceGauges(resource: string): string[] {
  return GAUGES.map((gauge) => `${gauge}[${resource}]`);
}

/** Columns of pods.csv. */
export function podResourceColumns(resource: string): string[] {
  return [`requested[${resource}]`];
}

/** Columns of nodes.csv. */
export function nodeResourceColumns(resource: string): string[] {
  return [`requested[${resource}]`, `allocatable[${resource}]`];
}

/** The parts of a name of this file; undefined for any other. */
export function resourceNameParts(name: string): { readonly measure: string; readonly resource: string } | undefined {
  const [, measure, resource] = FORM.exec(name) ?? [];
  return measure === undefined || resource === undefined ? undefined : { measure, resource };
}
