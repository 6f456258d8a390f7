/**
 * The contract between the `conformance` command and the replayers of each kind of recording: a replayer takes the
 * lines of one file, in order, and reports one verdict for each case or step.
 */

/** What came out of one recorded case. */
export interface Verdict {
  /** Identity of the case within its file: its id, or its line number. */
  readonly id: string;
  readonly agrees: boolean;
  /** Name of the documented refusal under which a difference counts as agreement. */
  readonly excuse?: string;
  /** Where they differ: what the record says and what was found, as short text. */
  readonly expected?: string;
  readonly found?: string;
}

export interface Replayer {
  /** For messages, for example "scheduler decisions". */
  readonly name: string;
  /** Whether this replayer understands a file, from its base name and its first line. */
  accepts(fileName: string, firstLine: unknown): boolean;
  /** Replays the lines; with `record`, also hands over the simulator's own line in the recording's format. */
  replay(lines: readonly unknown[], report: (verdict: Verdict) => void, record?: (line: unknown) => void): void;
}
