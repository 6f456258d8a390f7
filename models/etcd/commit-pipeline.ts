/**
 * When a write to etcd is committed. Proposals wait while the log is being synced and are then synced together, as raft
 * does with a batch of entries: alone, a write takes one sync; under load, many share one. A commit needs the leader's own
 * sync and, with several members, the fastest followers' answers up to a quorum.
 *
 * Source: etcd-io/website docs/v3.6/op-guide/performance.md (commit = round trip to the quorum and fdatasync, overlapping).
 */
import type { Micros, Sampler, Simulation } from '../../engine/index.ts';
import { millisToMicros, sampler } from '../../engine/index.ts';
import type { Distribution, RandomStream } from '../../engine/index.ts';

export interface CommitOptions {
  /** Members of the cluster; 1 as kubeadm makes it. */
  readonly members: number;
  /** fdatasync of one batch, in milliseconds. Healthy is a 99th percentile below 10 ms. */
  readonly fsyncMillis: Distribution;
  /** Network round trip between two members, in milliseconds. */
  readonly roundTripMillis: Distribution;
}

/** A solid state disk: median 0.8 ms, 99th percentile near 4 ms (assumed within etcd's "SSD: below 1 ms"). */
export const DEFAULT_COMMIT: CommitOptions = {
  members: 1,
  fsyncMillis: { kind: 'lognormal', median: 0.8, sigma: 0.7 },
  roundTripMillis: { kind: 'lognormal', median: 0.4, sigma: 0.4 },
};

/** A write that waits for its commit. */
export interface Proposal {
  commit(): void;
}

const NOTHING: Proposal = { commit() {} };

export class CommitPipeline {
  readonly #sim: Simulation;
  readonly #members: number;
  readonly #fsyncMillis: Sampler;
  readonly #roundTripMillis: Sampler;
  readonly #stream: RandomStream;
  /** Proposals in order, up to the count beside; what lies beyond is NOTHING. Lists that are emptied would be made anew each time. */
  #waiting: Proposal[] = [];
  #waitingCount = 0;
  #syncing: Proposal[] = [];
  #syncingCount = 0;
  readonly #onBatch: (proposals: number) => void;
  #busy = false;
  #batches = 0;

  /** @param onBatch is called after each batch with the number of its proposals */
  constructor(sim: Simulation, options: CommitOptions, onBatch: (proposals: number) => void = () => {}) {
    if (!Number.isInteger(options.members) || options.members < 1 || options.members > 9) {
      throw new RangeError(`members is ${options.members}; accepted are whole numbers from 1 to 9`);
    }
    this.#sim = sim;
    this.#onBatch = onBatch;
    this.#members = options.members;
    this.#fsyncMillis = sampler(options.fsyncMillis);
    this.#roundTripMillis = sampler(options.roundTripMillis);
    this.#stream = sim.stream('etcd/commit');
  }

  /** Batches that have been synced. */
  get batches(): number {
    return this.#batches;
  }

  /** Calls `proposal.commit` when it is committed. Proposals are committed in the order in which they were made. */
  propose(proposal: Proposal): void {
    this.#waiting[this.#waitingCount++] = proposal;
    if (!this.#busy) this.#sync();
  }

  #sync(): void {
    this.#busy = true;
    const batch = this.#waiting;
    this.#waiting = this.#syncing;
    this.#syncing = batch;
    this.#syncingCount = this.#waitingCount;
    this.#waitingCount = 0;
    this.#sim.after(this.#commitMicros(), this.#committed);
  }

  readonly #committed = (): void => {
    const batch = this.#syncing;
    const count = this.#syncingCount;
    this.#batches++;
    for (let i = 0; i < count; i++) {
      const proposal = batch[i] as Proposal;
      batch[i] = NOTHING;
      proposal.commit();
    }
    this.#onBatch(count);
    this.#busy = false;
    if (this.#waitingCount > 0) this.#sync();
  };

  #commitMicros(): Micros {
    let millis = this.#fsyncMillis(this.#stream);
    if (this.#members > 1) millis = Math.max(millis, this.#quorumMillis());
    return Math.max(1, millisToMicros(millis));
  }

  /** When as many followers have answered as a quorum needs beside the leader. */
  #quorumMillis(): number {
    const answers: number[] = [];
    for (let follower = 1; follower < this.#members; follower++) {
      answers.push(this.#roundTripMillis(this.#stream) + this.#fsyncMillis(this.#stream));
    }
    answers.sort((a, b) => a - b);
    return answers[Math.floor(this.#members / 2) - 1] as number;
  }
}
