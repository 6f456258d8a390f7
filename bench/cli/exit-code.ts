/** What the process says with its exit code; the contract of every command. */
export const DONE = 0;
/** A run failed, results differ, an objective was missed. */
export const CHECK_FAILED = 1;
export const BAD_INPUT = 2;
/** 128 + SIGINT, as shells expect of an interrupted program. */
export const INTERRUPTED = 130;
