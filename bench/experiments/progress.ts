/** One line of progress on standard error, where that is a terminal: finished, running, left, and the time to go. */
import { formatDuration } from './duration.ts';

const WIDTH = 24;

/** What progress is written to, if it is a terminal. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export class Progress {
  readonly #total: number;
  readonly #write: ((text: string) => void) | undefined;
  readonly #startMillis = performance.now();
  #before: number;
  #finished: number;
  #failed = 0;
  #running = 0;

  /** `finished` counts the runs that an earlier start has done. */
  constructor(total: number, finished: number, stream: ProgressStream) {
    this.#total = total;
    this.#finished = finished;
    this.#before = finished;
    this.#write = stream.isTTY === true ? (text) => void stream.write(text) : undefined;
  }

  started(): void {
    this.#running++;
    this.#show();
  }

  ended(failed: boolean): void {
    this.#running--;
    this.#finished++;
    if (failed) this.#failed++;
    this.#show();
  }

  /** Takes the line away. */
  clear(): void {
    this.#write?.('\r\u001b[K');
  }

  #show(): void {
    if (this.#write === undefined) return;
    const done = Math.round((this.#finished / this.#total) * WIDTH);
    const bar = '█'.repeat(done) + '░'.repeat(WIDTH - done);
    const left = this.#total - this.#finished - this.#running;
    const failures = this.#failed === 0 ? '' : `, ${this.#failed} failed`;
    const parts = `${this.#finished} of ${this.#total} runs finished${failures}, ${this.#running} running, ${left} left`;
    this.#write(`\r\u001b[K${bar} ${parts}${this.#timeToGo()}`);
  }

  #timeToGo(): string {
    const own = this.#finished - this.#before;
    if (own === 0) return '';
    const millis = ((performance.now() - this.#startMillis) / own) * (this.#total - this.#finished);
    return `, about ${formatDuration(Math.ceil(millis / 1000) * 1_000_000)} to go`;
  }
}
