/**
 * One run: a pure function of the study, the case, the policy and the run number. Builds the cluster, feeds it the
 * workload, lets virtual time go by and hands over what was recorded.
 */
import { type Micros, Simulation, type StopRule } from '../../engine/index.ts';
import type { Node } from '../../models/objects/node.ts';
import type { Pod } from '../../models/objects/pod.ts';
import { NODES, PODS } from '../../models/objects/resources.ts';
import { preparePlacement } from '../studies/placement-run.ts';
import { buildCluster } from './build-cluster.ts';
import { Checkpoints } from './checkpoints.ts';
import { ClusterRecorder } from './cluster-recorder.ts';
import { parseDuration } from './duration.ts';
import { type GpuOutcome, GpuRecorder } from './gpu-recorder.ts';
import type { Study } from './load.ts';
import { experimentOfCase, policyOf, type RunTask } from './run-plan.ts';
import type { PreparedRun } from './prepared-run.ts';
import type { Checkpoint, RunResult, RunTables } from './run-result.ts';
import type { Experiment } from './schema.ts';
import type { SimulatedCluster } from './simulated-cluster.ts';
import { warmUpRule } from './warm-up-cut.ts';
import { feedWorkload, type WorkloadFeed } from './workload-feed.ts';
import { workloadInput, workloadOf } from './workload-input.ts';

/** What a run hands over. */
export interface SimulatedRun {
  readonly result: RunResult;
  readonly tables: RunTables;
}

/** Called after each event with the simulation; returns true to stop the run there. */
export type EventObserver = (sim: Simulation) => boolean;

function prepareRun(study: Study, task: RunTask): PreparedRun {
  const experiment = experimentOfCase(study.experiment, task.case);
  return experiment.study === 'placement'
    ? preparePlacement(study, experiment, task)
    : prepareCluster(study, experiment, task);
}

/** Builds a run's cluster and plans its workload. */
function prepareCluster(study: Study, experiment: Experiment, task: RunTask): PreparedRun {
  const hasFactors = Object.keys(task.case.factors).length > 0;
  const workload = hasFactors ? workloadOf(experiment, study.inputs) : workloadInput(study);
  const sim = new Simulation({ seed: String(experiment.seed), run: task.run });
  const sampleEveryMicros = parseDuration(experiment.sampleEvery) as Micros;
  const recorder = new ClusterRecorder(sampleEveryMicros, workload.prices);
  const cluster = buildCluster(sim, {
    experiment,
    workload,
    policy: policyOf(experiment, task.policy),
    study,
    plain: task.plain === true,
  });
  const devicesOf = (pod: Pod): readonly number[] | undefined => cluster.gpuDevicesOf(pod);
  const gpus = new GpuRecorder({ sampleEveryMicros, typical: workload.typicalGpuPods, devicesOf });
  cluster.observe(({ type, resource, object }) => {
    if (resource === PODS) {
      const row = recorder.pod(sim.nowMicros, type, object as Pod);
      gpus.pod(sim.nowMicros, type, object as Pod, row);
    } else if (resource === NODES) {
      recorder.node(sim.nowMicros, type, object as Node);
      gpus.node(sim.nowMicros, type, object as Node);
    }
  });
  cluster.observeAttempts((pod) => recorder.attempt(pod));
  const feed = feedWorkload(sim, cluster, workload);
  return {
    sim,
    stop: stopRuleOf(experiment, cluster, feed),
    observe: () => recorder.queues(sim.nowMicros, cluster.queues),
    outcome: () => {
      const [refusal] = feed.refusals;
      if (refusal !== undefined) {
        throw new Error(`the API server refused ${refusal} (${feed.refusals.length} refused)`);
      }
      const recorded = recorder.metrics(sim.nowMicros, warmUpRule(experiment));
      const gpu = gpus.outcome(sim.nowMicros, recorded.warmUpMicros ?? 0);
      return {
        metrics: { ...recorded, ...gpu?.metrics, ...cluster.load() },
        unschedulable: recorder.unschedulable(),
        tables: gpu === undefined ? recorder.tables() : withGpus(recorder.tables(), gpu),
      };
    },
  };
}

/** The tables of a run with what is known of its GPUs. */
function withGpus(tables: RunTables, { columns, series, curve }: GpuOutcome): RunTables {
  return {
    ...tables,
    columns: { ...tables.columns, timeseries: [...tables.columns.timeseries, ...columns] },
    timeseries: tables.timeseries.map((cells, row) => [...cells, ...(series[row] ?? [])]),
    others: [curve],
  };
}

/** The simulation of a run before its first event, for whoever lets it run in another way. */
export function simulationOf(study: Study, task: RunTask): Simulation {
  return prepareRun(study, task).sim;
}

/**
 * A run ends at its last time, or, where the experiment says so, when all of the workload has come and nothing in the cluster
 * is on its way any more.
 */
function stopRuleOf({ stop: { after, settled } }: Experiment, cluster: SimulatedCluster, feed: WorkloadFeed): StopRule {
  const timeMicros = parseDuration(after) as Micros;
  if (!settled) return { timeMicros };
  return { timeMicros, idle: true, condition: () => feed.isDone() && cluster.isSettled() };
}

/**
 * One run of a study, in this process, with nothing written; the plugins of its policies have to be loaded (`prepareStudy`).
 * @param observer sees the simulation after each event
 * @throws Error when the run cannot do what the experiment says; BadInputError for factor values that do not fit
 */
export function simulate(study: Study, task: RunTask, observer?: EventObserver): SimulatedRun {
  const { sim, stop, observe, outcome } = prepareRun(study, task);
  const checkpoints = new Checkpoints(sim);
  const condition = (): boolean => {
    checkpoints.observe();
    observe?.();
    return observer?.(sim) === true || stop.condition?.() === true;
  };
  const stopped = sim.runUntil({ ...stop, condition });
  const { metrics, unschedulable, tables } = outcome();
  const result: RunResult = {
    policy: task.policy,
    seed: sim.seed,
    run: task.run,
    factors: task.case.factors,
    stopped: stopped === 'time' ? 'time' : 'settled',
    virtualMicros: sim.nowMicros,
    events: sim.executed,
    metrics,
    unschedulable,
    ...lastDigest(checkpoints.finish()),
  };
  return { result, tables };
}

function lastDigest(checkpoints: readonly Checkpoint[]): { digest: string; checkpoints: readonly Checkpoint[] } {
  return { digest: checkpoints.at(-1)?.digest as string, checkpoints };
}
