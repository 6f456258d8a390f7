/**
 * A timeline as Chrome trace events, which ui.perfetto.dev and chrome://tracing open: components as processes, each with
 * tracks of slices, and counters. Times are virtual microseconds, which is the unit of the format.
 *
 * Format: "Trace Event Format" of the Catapult project (JSON object form; events X, i, C and M).
 */
import type { Micros } from '../../engine/index.ts';

type Arguments = Readonly<Record<string, string | number>>;

/** Something that lasts, shown as a bar. */
export interface TraceSlice {
  readonly process: string;
  readonly track: string;
  readonly name: string;
  readonly startMicros: Micros;
  readonly durationMicros: Micros;
  readonly arguments?: Arguments;
  /** What it consists of, one after the other and within its time: drawn below it. */
  readonly parts?: readonly TracePart[];
}

/** A part of a slice. */
export type TracePart = Pick<TraceSlice, 'name' | 'startMicros' | 'durationMicros'>;

/** Something that happens at one moment, shown as a mark. */
export interface TraceMark {
  readonly process: string;
  readonly track: string;
  readonly name: string;
  readonly timeMicros: Micros;
  readonly arguments?: Arguments;
}

/** Values from this time on, shown as a curve; several values are stacked. */
export interface TraceCounter {
  readonly process: string;
  readonly name: string;
  readonly timeMicros: Micros;
  readonly values: Readonly<Record<string, number>>;
}

export interface TraceTimeline {
  readonly slices?: Iterable<TraceSlice>;
  readonly marks?: Iterable<TraceMark>;
  readonly counters?: Iterable<TraceCounter>;
}

/** By which a viewer may filter; there is one. */
const CATEGORY = 'simulation';

/** The text of trace.json. */
export function traceEventText(timeline: TraceTimeline): string {
  return [...traceEventLines(timeline)].join('');
}

/**
 * The same in pieces, one event each, for timelines too long for one string. Processes and tracks are numbered in the order in
 * which they first appear. In the format a slice that lies within another one of its track is drawn as its part, and slices that cross are
 * drawn wrongly: a track whose slices overlap is spread over as many lanes as needed, so that only `parts` are drawn as parts.
 */
export function* traceEventLines({ slices = [], marks = [], counters = [] }: TraceTimeline): Generator<string> {
  const numbers = new Numbers();
  let separator = '{"displayTimeUnit":"ms","traceEvents":[\n';
  const line = (event: object): string => {
    const text = separator + JSON.stringify(event);
    separator = ',\n';
    return text;
  };
  for (const [{ process, track }, ofTrack] of byTrack(slices)) {
    for (const { slice, lane } of intoLanes(ofTrack)) {
      const { pid, tid, fresh } = numbers.of(process, lane === 0 ? track : `${track} (${lane + 1})`);
      yield* fresh.map(line);
      const { name, startMicros: ts, durationMicros: dur } = slice;
      yield line({ ph: 'X', cat: CATEGORY, pid, tid, ts, dur, name, ...withArguments(slice.arguments) });
      for (const part of slice.parts ?? []) {
        yield line({
          ph: 'X',
          cat: CATEGORY,
          pid,
          tid,
          ts: part.startMicros,
          dur: part.durationMicros,
          name: part.name,
        });
      }
    }
  }
  for (const mark of marks) {
    const { pid, tid, fresh } = numbers.of(mark.process, mark.track);
    yield* fresh.map(line);
    yield line({
      ph: 'i',
      cat: CATEGORY,
      pid,
      tid,
      ts: mark.timeMicros,
      s: 't',
      name: mark.name,
      ...withArguments(mark.arguments),
    });
  }
  for (const { process, name, timeMicros: ts, values } of counters) {
    const { pid, fresh } = numbers.of(process);
    yield* fresh.map(line);
    yield line({ ph: 'C', pid, ts, name, args: values });
  }
  yield separator.startsWith('{') ? `${separator}]}\n` : '\n]}\n';
}

function withArguments(args: Arguments | undefined): { args?: Arguments } {
  return args === undefined ? {} : { args };
}

/** Numbers of processes and tracks, and the events that name them, each given out once. */
class Numbers {
  readonly #processes = new Map<string, { readonly pid: number; readonly tracks: Map<string, number> }>();

  of(processName: string, track?: string): { pid: number; tid: number; fresh: object[] } {
    const fresh: object[] = [];
    let found = this.#processes.get(processName);
    if (found === undefined) {
      const pid = this.#processes.size + 1;
      found = { pid, tracks: new Map() };
      this.#processes.set(processName, found);
      fresh.push(
        { ph: 'M', pid, name: 'process_name', args: { name: processName } },
        { ph: 'M', pid, name: 'process_sort_index', args: { sort_index: pid } },
      );
    }
    const { pid, tracks } = found;
    if (track === undefined) return { pid, tid: 0, fresh };
    let tid = tracks.get(track);
    if (tid === undefined) {
      tid = tracks.size + 1;
      tracks.set(track, tid);
      fresh.push(
        { ph: 'M', pid, tid, name: 'thread_name', args: { name: track } },
        { ph: 'M', pid, tid, name: 'thread_sort_index', args: { sort_index: tid } },
      );
    }
    return { pid, tid, fresh };
  }
}

interface TrackName {
  readonly process: string;
  readonly track: string;
}

/** The slices of each track together, tracks in order of first appearance. */
function byTrack(slices: Iterable<TraceSlice>): Map<TrackName, TraceSlice[]> {
  const names = new Map<string, TrackName>();
  const found = new Map<TrackName, TraceSlice[]>();
  for (const slice of slices) {
    const { process, track } = slice;
    const key = JSON.stringify([process, track]);
    let name = names.get(key);
    if (name === undefined) {
      name = { process, track };
      names.set(key, name);
      found.set(name, []);
    }
    found.get(name)?.push(slice);
  }
  return found;
}

/** The slices by start, each with the first lane that is free: slices beside each other are of different things, and none is part of another. */
function intoLanes(slices: readonly TraceSlice[]): { slice: TraceSlice; lane: number }[] {
  const ordered = slices
    .map((slice, index) => ({ slice, index }))
    .sort((x, y) => x.slice.startMicros - y.slice.startMicros || x.index - y.index);
  const ends: Micros[] = [];
  return ordered.map(({ slice }) => {
    const free = ends.findIndex((end) => end <= slice.startMicros);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = slice.startMicros + slice.durationMicros;
    return { slice, lane };
  });
}
