/**
 * One line of progress on standard error, where that is a terminal: finished, running, left, and the time to go. It is drawn when a
 * run starts or ends, and each second, so that the time to go runs down while a long run goes on.
 */
import { formatDuration } from './duration.ts';

const WIDTH = 24;
const TICK_MILLIS = 1000;
/** Of a terminal that does not say how wide it is, or says 0. */
const COLUMNS = 80;

export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export class Progress {
  readonly #total: number;
  readonly #stream: ProgressStream | undefined;
  readonly #nowMillis: () => number;
  readonly #startMillis: number;
  #before: number;
  #finished: number;
  #failed = 0;
  #running = 0;
  /** Of the whole study, as of the last run that ended. */
  #endMillis = Number.NaN;
  #ticker: NodeJS.Timeout | undefined;

  /** `finished` counts the runs that an earlier start has done. */
  constructor(total: number, finished: number, stream: ProgressStream, nowMillis = (): number => performance.now()) {
    this.#total = total;
    this.#finished = finished;
    this.#before = finished;
    this.#stream = stream.isTTY === true ? stream : undefined;
    this.#nowMillis = nowMillis;
    this.#startMillis = nowMillis();
  }

  started(): void {
    this.#running++;
    if (this.#stream !== undefined) this.#ticker ??= setInterval(() => this.#show(), TICK_MILLIS).unref();
    this.#show();
  }

  ended(failed: boolean): void {
    this.#running--;
    this.#finished++;
    if (failed) this.#failed++;
    const nowMillis = this.#nowMillis();
    const perRun = (nowMillis - this.#startMillis) / (this.#finished - this.#before);
    this.#endMillis = nowMillis + perRun * (this.#total - this.#finished);
    this.#show();
  }

  /** Takes the line away. */
  clear(): void {
    clearInterval(this.#ticker);
    this.#ticker = undefined;
    this.#stream?.write('\r\u001b[K');
  }

  /** A line that were longer than the terminal could not be drawn over: the bar gives way, then the end of the words. */
  #show(): void {
    if (this.#stream === undefined) return;
    const left = this.#total - this.#finished - this.#running;
    const failures = this.#failed === 0 ? '' : `, ${this.#failed} failed`;
    const words = `${this.#finished} of ${this.#total} runs finished${failures}, ${this.#running} running, ${left} left${this.#timeToGo()}`;
    const columns = (this.#stream.columns || COLUMNS) - 1;
    const width = Math.max(0, Math.min(WIDTH, columns - words.length - 1));
    const done = Math.round((this.#finished / this.#total) * width);
    const bar = width === 0 ? '' : `${'█'.repeat(done)}${'░'.repeat(width - done)} `;
    this.#stream.write(`\r\u001b[K${`${bar}${words}`.slice(0, columns)}`);
  }

  #timeToGo(): string {
    if (Number.isNaN(this.#endMillis)) return '';
    const seconds = Math.max(1, Math.ceil((this.#endMillis - this.#nowMillis()) / 1000));
    return `, about ${formatDuration(seconds * 1_000_000)} to go`;
  }
}
