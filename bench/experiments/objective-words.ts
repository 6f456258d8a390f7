/** An objective of one policy in plain words: what was asked, and how far it was kept. */
import { metricNamed } from './metric-names.ts';
import { formatMetric, type Metric } from './metrics.ts';
import type { ObjectiveResult } from './objectives.ts';

/** `asked`: "Pod start-up latency, p99 ≤ 5 s in 95 % of the runs"; `kept`: "in 9 of 10 runs, worst 6.1 s". */
export function objectiveWords(objective: ObjectiveResult): { readonly asked: string; readonly kept: string } {
  const { metric, atMost, atLeast, shareOfRuns, runs, runsMet, worst } = objective;
  const { title, unit } = metricNamed(metric) as Metric;
  const limit = `${atMost === undefined ? '≥' : '≤'} ${formatMetric((atMost ?? atLeast) as number, unit)}`;
  const wanted = shareOfRuns === 1 ? '' : ` in ${formatMetric(shareOfRuns, 'fraction')} of the runs`;
  const farthest = worst === null ? 'no run has a value' : `worst ${formatMetric(worst, unit)}`;
  return {
    asked: `${title} ${limit}${wanted}`,
    kept: `in ${runsMet} of ${runs} ${runs === 1 ? 'run' : 'runs'}, ${farthest}`,
  };
}
