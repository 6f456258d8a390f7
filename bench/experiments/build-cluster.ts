/**
 * Builds the cluster of a run from the models and gives it the face that a run knows. The composition root of the models
 * is not there yet; until it is, a run says so and fails.
 */
import type { Simulation } from '../../engine/index.ts';
import type { Study } from './load.ts';
import type { Experiment, PolicySpec } from './schema.ts';
import type { SimulatedCluster } from './simulated-cluster.ts';
import type { WorkloadInput } from './workload-input.ts';

export function buildCluster(
  _sim: Simulation,
  _experiment: Experiment,
  _input: WorkloadInput,
  _policy: PolicySpec,
  _inputs: Study['inputs'],
): SimulatedCluster {
  throw new Error('the composition root of the models is not there yet');
}
