/** Which metrics runs have: those of every run, and those of the resources that their Nodes have beside CPU and memory. */
import { type Metric, metricsWith } from './metrics.ts';
import { resourceNameParts } from './resource-names.ts';
import { failed, type FailedRun, type SummarizedRun } from './run-result.ts';

/** In the order of the tables; resources sorted by name. */
export function metricsOfRuns(results: readonly (SummarizedRun | FailedRun)[]): readonly Metric[] {
  const resources = new Set<string>();
  for (const result of results) {
    if (failed(result)) continue;
    for (const name of Object.keys(result.metrics)) {
      const resource = resourceNameParts(name)?.resource;
      if (resource !== undefined) resources.add(resource);
    }
  }
  return metricsWith([...resources].sort());
}
