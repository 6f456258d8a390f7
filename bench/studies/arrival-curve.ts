/**
 * Allocation and fragmentation of GPUs against how much has arrived, as the FGD study tabulates them: a row after every
 * arrival, rounded, and the mean of the rows of each whole percent of the cluster's GPUs that has been asked for.
 */

/** One whole percent of arrivals. Percentages. */
export interface ArrivalRow {
  /** GPUs asked for so far, of all GPUs; Pods that fitted nowhere included. */
  readonly arrivedPercent: number;
  /** GPUs given, of all GPUs. */
  readonly allocatedPercent: number;
  /** Idle GPUs that the typical Pods could not use, of all GPUs. */
  readonly fragmentedPercent: number;
  /** The same, of the idle GPUs. */
  readonly fragmentedOfIdlePercent: number;
}

interface Bucket {
  rows: number;
  allocatedPercent: number;
  fragmentedMilli: number;
  fragmentedOfIdlePercent: number;
}

const DECIMALS = 100;

/** To two decimals, halves away from zero. */
function rounded(value: number): number {
  return Math.round(value * DECIMALS) / DECIMALS;
}

function roundedHalfToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}

export class ArrivalCurve {
  readonly gpuMilli: number;
  arrivedMilli = 0;
  allocatedMilli = 0;
  #fragmentedMilli: number;
  readonly #buckets = new Map<number, Bucket>();

  /**
   * @param gpuMilli all devices of the cluster
   * @param fragmentedMilli of the empty cluster
   */
  constructor(gpuMilli: number, fragmentedMilli: number) {
    this.gpuMilli = gpuMilli;
    this.#fragmentedMilli = fragmentedMilli;
  }

  get fragmentedMilli(): number {
    return this.#fragmentedMilli;
  }

  /** A Pod has asked for so much, was given so much (or 0), and the sum of fragmentation has changed by so much. */
  arrived(askedMilli: number, givenMilli: number, fragmentedByMilli: number): void {
    this.arrivedMilli += askedMilli;
    this.allocatedMilli += givenMilli;
    this.#fragmentedMilli += fragmentedByMilli;
    const percent = roundedHalfToEven((100 * this.arrivedMilli) / this.gpuMilli);
    let bucket = this.#buckets.get(percent);
    if (bucket === undefined) {
      bucket = { rows: 0, allocatedPercent: 0, fragmentedMilli: 0, fragmentedOfIdlePercent: 0 };
      this.#buckets.set(percent, bucket);
    }
    const idleMilli = this.gpuMilli - this.allocatedMilli;
    bucket.rows++;
    bucket.allocatedPercent += rounded((100 * this.allocatedMilli) / this.gpuMilli);
    bucket.fragmentedMilli += rounded(this.#fragmentedMilli);
    bucket.fragmentedOfIdlePercent += idleMilli === 0 ? 0 : rounded((100 * this.#fragmentedMilli) / idleMilli);
  }

  /** In order of arrival. */
  rows(): ArrivalRow[] {
    return [...this.#buckets].map(([arrivedPercent, bucket]) => ({
      arrivedPercent,
      allocatedPercent: rounded(bucket.allocatedPercent / bucket.rows),
      fragmentedPercent: rounded((100 * bucket.fragmentedMilli) / bucket.rows / this.gpuMilli),
      fragmentedOfIdlePercent: bucket.fragmentedOfIdlePercent / bucket.rows,
    }));
  }
}
