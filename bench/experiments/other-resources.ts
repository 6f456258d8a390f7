/**
 * Utilisation, balance and stranded amounts of the resources beyond CPU and memory: extended ones (nvidia.com/gpu), huge pages,
 * ephemeral storage. One is measured where a Node can give it and a Pod requests it; where there is none, there are no columns
 * and metrics for them.
 */
import type { Micros } from '../../engine/index.ts';
import type { Cell, TimeSeries } from '../../results/index.ts';
import { NodeShares } from './node-shares.ts';
import type { OtherAmounts } from './resource-amounts.ts';
import { resourceGauges, resourceMetrics } from './resource-names.ts';
import { StrandedShare } from './stranded-share.ts';

interface Measured {
  readonly name: string;
  readonly shares: NodeShares;
  readonly stranded: StrandedShare;
  /** Numbers of its gauges: utilisation, imbalance, stranded. */
  readonly gauges: readonly [number, number, number];
  /** Nodes that can give it, or could. */
  readonly rows: Set<number>;
}

export class OtherResources {
  readonly #series: TimeSeries;
  readonly #cpu: NodeShares;
  readonly #memory: NodeShares;
  readonly #measured = new Map<string, Measured>();
  readonly #ofNode: OtherAmounts[] = [];
  /** By row of the Pod; only of Pods that request any. */
  readonly #ofPod = new Map<number, OtherAmounts>();
  readonly #requested = new Set<string>();

  constructor(series: TimeSeries, cpu: NodeShares, memory: NodeShares) {
    this.#series = series;
    this.#cpu = cpu;
    this.#memory = memory;
  }

  /** Those that some Node has had and some Pod has requested, sorted. */
  get names(): string[] {
    const given = [...this.#measured.values()].filter(({ rows }) => rows.size > 0);
    return given.flatMap(({ name }) => (this.#requested.has(name) ? [name] : [])).sort();
  }

  /** What Node `row` can give from now on; true if that is another amount than before. */
  setAllocatable(row: number, amounts: OtherAmounts): boolean {
    const before = this.#ofNode[row];
    if (before === amounts || (before === undefined && amounts.size === 0)) return false;
    this.#ofNode[row] = amounts;
    let changed = false;
    for (const name of new Set([...(before?.keys() ?? []), ...amounts.keys()])) {
      const amount = amounts.get(name) ?? 0;
      if ((before?.get(name) ?? 0) === amount) continue;
      const { shares, rows } = this.#of(name);
      rows.add(row);
      shares.setAllocatable(row, amount);
      changed = true;
    }
    return changed;
  }

  requested(podRow: number, amounts: OtherAmounts): void {
    if (amounts.size === 0) return;
    this.#ofPod.set(podRow, amounts);
    for (const name of amounts.keys()) this.#requested.add(name);
  }

  /** A Pod comes to Node `row` (sign 1) or leaves it (-1). */
  change(row: number, amounts: OtherAmounts, sign: 1 | -1): void {
    for (const [name, amount] of amounts) this.#of(name).shares.addRequested(row, sign * amount);
  }

  /** To be called after any resource of Node `row` has changed. */
  show(timeMicros: Micros, row: number): void {
    for (const { shares, stranded, gauges, rows } of this.#measured.values()) {
      if (!rows.has(row)) continue;
      stranded.update(row);
      this.#series.set(timeMicros, gauges[0], shares.utilisation);
      this.#series.set(timeMicros, gauges[1], shares.imbalance);
      this.#series.set(timeMicros, gauges[2], stranded.share);
    }
  }

  /** Cells that follow those of nodes.csv: requested and allocatable of each of these resources, at this moment. */
  nodeCells(row: number, names: readonly string[]): Cell[] {
    return names.flatMap((name) => {
      const { shares } = this.#of(name);
      return [shares.requested(row), shares.allocatable(row)];
    });
  }

  /** Cells that follow those of pods.csv: requested of each of these resources. */
  podCells(podRow: number, names: readonly string[]): Cell[] {
    const amounts = this.#ofPod.get(podRow);
    return names.map((name) => amounts?.get(name) ?? 0);
  }

  /** Numbers of the gauges in the order of their columns. */
  gauges(): number[] {
    return this.#ordered().flatMap(({ gauges }) => gauges);
  }

  metrics(fromMicros: Micros): Record<string, number> {
    const found: Record<string, number> = {};
    for (const { name, gauges } of this.#ordered()) {
      const [utilisation, imbalance, stranded] = gauges.map((gauge) => this.#series.summary(gauge, fromMicros));
      const values = [utilisation?.mean, utilisation?.maximum, imbalance?.mean, stranded?.mean] as number[];
      resourceMetrics(name).forEach((metric, index) => (found[metric.name] = values[index] as number));
    }
    return found;
  }

  #ordered(): Measured[] {
    return this.names.map((name) => this.#measured.get(name) as Measured);
  }

  #of(name: string): Measured {
    let found = this.#measured.get(name);
    if (found === undefined) {
      const shares = new NodeShares();
      const gauges = resourceGauges(name).map((gauge) => this.#series.addGauge(gauge));
      const stranded = new StrandedShare(shares, this.#cpu, this.#memory);
      found = { name, shares, stranded, gauges: gauges as [number, number, number], rows: new Set() };
      this.#measured.set(name, found);
    }
    return found;
  }
}
