/**
 * Measures one row of the scheduler benchmark in a process of its own: decisions a second by the index (median of the samples),
 * beside the plain rules on the same workload in the same run, bytes allocated, and a digest of the decisions. As many as the plain rules
 * come to in their time must be the index's own, or the benchmark fails.
 */
import { Bench } from 'tinybench';
import { Stand, type StandOptions } from './stand.ts';

export interface RowOptions extends Omit<StandOptions, 'plain'> {
  /** Samples of the index; each is so many decisions that it takes a noticeable time. */
  readonly samples: number;
  readonly decisionsPerSample: number;
  /** Wall time that the plain rules may take. */
  readonly plainSeconds: number;
}

export interface Row {
  readonly workload: string;
  readonly nodes: number;
  readonly sample: 'adaptive' | 'all';
  readonly classes: number;
  readonly order: 'random' | 'batch';
  readonly zones: number;
  readonly decisionsPerSecond: number;
  /** Median absolute deviation of the rate, as a share of it. */
  readonly spread: number;
  readonly plainDecisionsPerSecond: number;
  readonly ratioToPlain: number;
  readonly bytesPerDecision: number;
  readonly indexBytes: number;
  readonly unplaced: number;
  /** Of all that the index decided while it was measured: the same at every call. */
  readonly digest: string;
}

/** Decisions by the plain rules that are compared with the index at least. */
const PLAIN_DECISIONS_MIN = 3;

function measurePlain(options: RowOptions): { rate: number; decisions: number; digest: string } {
  const stand = new Stand({ ...options, plain: true });
  const start = process.hrtime.bigint();
  let decisions = 0;
  let seconds = 0;
  while (decisions < PLAIN_DECISIONS_MIN || seconds < options.plainSeconds) {
    stand.decide(1);
    decisions++;
    seconds = Number(process.hrtime.bigint() - start) / 1e9;
  }
  return { rate: decisions / seconds, decisions, digest: stand.digest };
}

/** Bytes that one decision allocates, counted while the young generation has room for all of them. */
function measureBytes(stand: Stand, decisions: number): number {
  stand.prepare(decisions);
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  stand.run();
  const bytes = process.memoryUsage().heapUsed - before;
  stand.note();
  return Math.max(0, bytes / decisions);
}

export async function measureRow(options: RowOptions): Promise<Row> {
  const plain = measurePlain(options);
  const twin = new Stand({ ...options, plain: false });
  twin.decide(plain.decisions);
  if (twin.digest !== plain.digest)
    throw new Error(
      `index and plain rules differ within ${plain.decisions} decisions: ${twin.digest}, ${plain.digest}`,
    );
  const stand = new Stand({ ...options, plain: false });
  stand.fill();
  const bench = new Bench({ iterations: options.samples, time: 0, warmupIterations: 2, warmupTime: 0, throws: true });
  bench.add('index', () => stand.run(), {
    beforeEach: () => stand.prepare(options.decisionsPerSample),
    afterEach: () => stand.note(),
  });
  const [task] = await bench.run();
  const result = task?.result;
  if (result?.state !== 'completed') throw new Error('the benchmark did not complete');
  const { p50, mad } = result.latency;
  const decisionsPerSecond = (options.decisionsPerSample / p50) * 1000;
  const { workload, nodes, sample, classes, order, zones } = options;
  const bytesPerDecision = Math.round(measureBytes(stand, options.decisionsPerSample));
  return {
    workload,
    nodes,
    sample,
    classes,
    order,
    zones,
    decisionsPerSecond: Math.round(decisionsPerSecond),
    spread: (mad ?? 0) / p50,
    plainDecisionsPerSecond: Number(plain.rate.toPrecision(3)),
    ratioToPlain: Number((decisionsPerSecond / plain.rate).toPrecision(3)),
    bytesPerDecision,
    indexBytes: stand.indexBytes,
    unplaced: stand.unplaced,
    digest: stand.digest,
  };
}

/** The process of one row: options as JSON in the first argument, the row as JSON on standard output. */
const [, script, json] = process.argv;
if (json !== undefined && script !== undefined && import.meta.filename === script) {
  process.stdout.write(JSON.stringify(await measureRow(JSON.parse(json) as RowOptions)));
}
