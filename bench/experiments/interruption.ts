/**
 * Hears of SIGINT and SIGTERM while a study has runs in workers. Runs that are under way are given up; when there are none left, a signal
 * has nothing to interrupt any more, and the run folder is finished. A second signal of a kind ends the program at once.
 */

/** The study was interrupted; finished runs are in the folder. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
}

export class Interruption {
  /** Fails with an InterruptedError at the first signal. */
  readonly raised: Promise<never>;
  #isRaised = false;
  #isListening = false;
  #raise: (error: Error) => void = () => {};

  constructor() {
    this.raised = new Promise<never>((_, reject) => (this.#raise = reject));
    // Where nobody waits for it, a signal is no error.
    this.raised.catch(() => {});
  }

  get isRaised(): boolean {
    return this.#isRaised;
  }

  /** From now on; a second call does nothing. */
  listen(): void {
    if (this.#isListening) return;
    this.#isListening = true;
    process.once('SIGINT', this.#onSignal).once('SIGTERM', this.#onSignal);
  }

  stop(): void {
    process.off('SIGINT', this.#onSignal).off('SIGTERM', this.#onSignal);
    this.#isListening = false;
  }

  readonly #onSignal = (): void => {
    this.#isRaised = true;
    this.#raise(new InterruptedError('interrupted'));
  };
}
