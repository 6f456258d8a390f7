/** A small invented plan for the tests of its report. */
import type { PlanReport } from './plan-report.ts';

const SIZES = [20, 25, 28, 29, 30, 35];

export const SAMPLE_PLAN: PlanReport = {
  title: 'sample <plan>',
  description: 'Web servers & batch jobs',
  meta: 'policy pack · 3 runs · seed 1',
  digest: '0123456789ab',
  question: 'How many Nodes of worker do 300 Pods need?',
  answer: '30 Nodes, 5.76 an hour; not 29 Nodes.',
  details: ['fewer than 20 cannot: their sums of what Pods request are too small'],
  notes: ['left out: 2 Pods that ended (Succeeded or Failed)'],
  missesTitle: 'Why not less',
  misses: [
    { what: '29 Nodes', why: 'Pod default/web-<1> fits nowhere: 0/29 nodes are available: 29 Insufficient cpu.' },
  ],
  frontier: {
    sizeTitle: 'Nodes',
    sizeUnit: 'Nodes',
    scoreTitle: 'start-up p99',
    scoreUnit: 'µs',
    objective: { limit: 5e6, better: 'lower' },
    points: SIZES.map((size) => ({
      label: `${size} Nodes`,
      size,
      score: 150e6 / size,
      low: 140e6 / size,
      high: 160e6 / size,
      meets: size >= 30,
      chosen: size === 30,
    })),
  },
  nodes: [{ count: 30, offers: 'cpu 16, memory 64Gi, pods 110' }],
  sizeTitle: 'Nodes',
  sizeUnit: 'Nodes',
  tries: SIZES.map((size) => ({
    what: `${size} Nodes`,
    size,
    meets: size >= 30,
    chosen: size === 30,
    runs: 3,
    runsMet: size >= 30 ? 3 : 0,
    requested: '91.2 % of cpu, 40.1 % of memory',
    why: size >= 30 ? '' : 'Pod default/web-<1> fits nowhere',
    command: `npx clockwork plan plan.yaml --try ${size}`,
  })),
  moreTries: 4,
};
