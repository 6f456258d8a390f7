/**
 * Replays a file of recorded calls of Kubernetes functions: lines of `{in, out}` or `{in, error}`. Each file has its own
 * function from `in` to `out`; this part compares and reports.
 */
import type { Replayer } from '../recording.ts';

/** One recorded call. */
interface RecordedCall {
  readonly in: unknown;
  readonly out?: unknown;
  readonly error?: string;
}

/** JSON with sorted keys, so that equal values have equal text. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([x], [y]) => (x < y ? -1 : x > y ? 1 : 0));
    return `{${entries.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/** What one call should give and gave; `compare` may reduce both to what the recording says is comparable. */
export interface Outcome {
  readonly expected: unknown;
  readonly found: unknown;
}

/**
 * Makes the replayer of `<base>.jsonl[.gz]`. `run` throws where the recorded call returned an error. `excuseOf` names the
 * documented refusal that an error of ours is, where it is one.
 */
export function primitiveReplayer<In>(
  base: string,
  name: string,
  run: (input: In, recorded: unknown) => Outcome,
  excuseOf?: (error: Error) => string | undefined,
): Replayer {
  return {
    name,
    accepts: (fileName, firstLine) =>
      fileName.startsWith(`${base}.jsonl`) && typeof firstLine === 'object' && firstLine !== null && 'in' in firstLine,
    replay(lines, report, record) {
      lines.forEach((line, i) => {
        const call = line as RecordedCall;
        const id = String(i + 1);
        let expected: unknown = call.error === undefined ? call.out : { error: call.error };
        let found: unknown;
        let excuse: string | undefined;
        try {
          const outcome = run(call.in as In, call.out);
          if (call.error === undefined) expected = outcome.expected;
          found = outcome.found;
          record?.({ in: call.in, out: found });
        } catch (error) {
          found = { error: (error as Error).message };
          excuse = excuseOf?.(error as Error);
          record?.({ in: call.in, ...(found as object) });
        }
        const agrees = canonical(expected) === canonical(found);
        if (agrees) report({ id, agrees });
        else if (excuse !== undefined) report({ id, agrees: true, excuse });
        else report({ id, agrees, expected: canonical(expected), found: canonical(found) });
      });
    },
  };
}
