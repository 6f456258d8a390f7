/**
 * A run of a placement study: the scheduler alone, asked for one Pod after the other. There is no API server, no queue and no
 * kubelet, and so no latencies; each arrival is one event, a virtual millisecond after the one before, so that a run is
 * digested, stopped and verified as runs of whole clusters are.
 */
import { Simulation } from '../../engine/index.ts';
import type { Cell } from '../../results/index.ts';
import { BadInputError } from '../bad-input.ts';
import { mostRuns } from '../experiments/auto-runs.ts';
import { tableColumns } from '../experiments/cluster-tables.ts';
import type { Study } from '../experiments/load.ts';
import { schedulerConfigurationOf, tieBreakOf } from '../experiments/policies.ts';
import type { PreparedRun, RunOutcome } from '../experiments/prepared-run.ts';
import { policyOf, type RunTask } from '../experiments/run-plan.ts';
import type { Experiment, WorkloadFgd } from '../experiments/schema.ts';
import { parseDuration } from '../experiments/duration.ts';
import { traceNodes } from '../experiments/workload-input.ts';
import { GoRand } from '../workloads/openb/go-rand.ts';
import { drawStudyOrder, parseFirstWords } from '../workloads/openb/study-order.ts';
import { parsePods } from '../workloads/openb/trace.ts';
import { type Arrival, FgdRun, RANK_PREFIX } from './fgd-study.ts';

const ARRIVAL_GAP_MICROS = 1000;
const BYTES_PER_MIB = 1_048_576;

/** The study's "final": the mean over the arrivals that make up this percent of the GPUs. */
const FINAL_PERCENT = 130;

const CURVE_COLUMNS = [
  'arrivedPercent',
  'allocatedPercent',
  'fragmentedPercentOfTotal',
  'fragmentedPercentOfIdle',
] as const;
const DEVICE_COLUMNS = ['arrival', 'pod', 'node', 'devices'] as const;

/** The seed of the study's generator in that run. @throws BadInputError */
function studySeed({ seed }: Experiment, run: number): number {
  const first = Number(seed);
  if (Number.isSafeInteger(first)) return first + run;
  throw new BadInputError(`seed is ${seed}; the FGD study accepts whole numbers`);
}

/** The only workload entry of a placement study. @throws BadInputError */
export function fgdWorkload({ workload, cluster, stop }: Experiment): WorkloadFgd['fgd'] {
  const [entry, second] = workload;
  if (entry === undefined || second !== undefined || !('fgd' in entry)) {
    throw new BadInputError('workload: a placement study has exactly one entry, of kind fgd');
  }
  if (!cluster.nodes.every((nodes) => 'openb' in nodes)) {
    throw new BadInputError('cluster.nodes: a placement study of kind fgd has Nodes of kind openb only');
  }
  if (!stop.settled) throw new BadInputError('stop.settled is false; a placement study ends with its last arrival');
  return entry.fgd;
}

/** @throws BadInputError */
export function preparePlacement(study: Study, experiment: Experiment, task: RunTask): PreparedRun {
  const { pods, firstWords } = fgdWorkload(experiment);
  const { inputs } = study;
  const nodes = traceNodes(experiment, inputs);
  const workload = parsePods(inputs[pods] ?? '', pods);
  const seed = studySeed(experiment, task.run);
  const order = drawStudyOrder(
    nodes,
    workload,
    new GoRand(parseFirstWords(inputs[firstWords] ?? '', firstWords, seed)),
  );
  const policy = policyOf(experiment, task.policy);
  const sim = new Simulation({ seed: String(experiment.seed), run: task.run });
  const run = new FgdRun({
    nodes,
    workload,
    order,
    configuration: schedulerConfigurationOf(policy, inputs),
    ties: tieBreakOf(policy),
    stream: (name) => sim.stream(name),
  });
  const recorder = new ArrivalRecorder(sim, run);
  sim.after(ARRIVAL_GAP_MICROS, arrive, recorder);
  const timeMicros = parseDuration(experiment.stop.after);
  return {
    sim,
    stop: { idle: true, ...(timeMicros !== undefined && { timeMicros }) },
    outcome: () => recorder.outcome(),
  };
}

/** Whether every run can start. @throws BadInputError */
export function checkPlacement({ experiment, inputs }: Study): void {
  const { pods, firstWords } = fgdWorkload(experiment);
  parsePods(inputs[pods] ?? '', pods);
  for (let run = 0; run < mostRuns(experiment); run++) {
    parseFirstWords(inputs[firstWords] ?? '', firstWords, studySeed(experiment, run));
  }
}

function arrive(recorder: ArrivalRecorder): void {
  recorder.arrive();
}

/** Lets Pods arrive and keeps what becomes of them. */
class ArrivalRecorder {
  readonly #sim: Simulation;
  readonly #run: FgdRun;
  readonly #pods: Cell[][] = [];
  readonly #devices: Cell[][] = [];

  constructor(sim: Simulation, run: FgdRun) {
    this.#sim = sim;
    this.#run = run;
  }

  arrive(): void {
    const { trace, nowMicros } = this.#sim;
    const arrival = this.#run.step();
    const { pod, node, devices } = arrival;
    const number = this.#pods.length;
    if (node === undefined) trace.emit('pod-refused', pod.name);
    else trace.emit('pod-placed', pod.name, `${node} ${devices.join('-')}`);
    this.#pods.push(podRow(arrival, nowMicros));
    if (devices.length > 0) this.#devices.push([number, pod.name, node as string, devices.join('-')]);
    if (!this.#run.isDone) this.#sim.after(ARRIVAL_GAP_MICROS, arrive, this);
  }

  outcome(): RunOutcome {
    const { curve, failed, arrivals } = this.#run;
    const rows = curve.rows();
    const final = rows.find(({ arrivedPercent }) => arrivedPercent === FINAL_PERCENT);
    const share = (percent: number | undefined): number | null => (percent === undefined ? null : percent / 100);
    const table = rows.map((row): Cell[] => [
      row.arrivedPercent,
      row.allocatedPercent,
      row.fragmentedPercent,
      row.fragmentedOfIdlePercent,
    ]);
    return {
      metrics: {
        pods: arrivals.length,
        podsScheduled: arrivals.length - failed,
        podsUnscheduled: failed,
        gpuAllocation: share(final?.allocatedPercent),
        gpuFragmentation: share(final?.fragmentedPercent),
        gpuFragmentationOfIdle: share(final?.fragmentedOfIdlePercent),
        gpuAllocatedMilli: curve.allocatedMilli,
      },
      unschedulable:
        failed === 0 ? [] : [{ reason: 'no Node had room when they came; each is tried once', pods: failed }],
      tables: {
        columns: tableColumns([]),
        pods: this.#pods,
        nodes: this.#nodeRows(),
        timeseries: [],
        others: [
          { file: 'gpu-curve.csv', columns: CURVE_COLUMNS, rows: table },
          { file: 'gpu-devices.csv', columns: DEVICE_COLUMNS, rows: this.#devices },
        ],
      },
    };
  }

  #nodeRows(): Cell[][] {
    return this.#run.scheduler.cache
      .snapshot()
      .nodes.map(({ name, pods, requested, allocatable }) => [
        name.slice(RANK_PREFIX),
        '',
        pods.length,
        pods.length,
        Number(requested.milliCpu),
        Number(allocatable.milliCpu),
        Number(requested.memory),
        Number(allocatable.memory),
      ]);
  }
}

/** A row of pods.csv; Pods never run here, so the phase of all is Pending. */
function podRow({ pod, node }: Arrival, nowMicros: number): Cell[] {
  const scheduledMicros = node === undefined ? null : nowMicros;
  const reason = node === undefined ? 'Unschedulable' : '';
  const memoryBytes = pod.memoryMib * BYTES_PER_MIB;
  return [
    pod.name,
    node ?? '',
    'Pending',
    nowMicros,
    scheduledMicros,
    null,
    null,
    1,
    pod.cpuMilli,
    memoryBytes,
    reason,
  ];
}
