/**
 * Replays recorded sequences of requests to a single etcd member: every answer, and what each watch was told.
 *
 * Not compared, because they are chance or belong to the member: cluster and member ids, terms, what is left of a
 * lease's time, how the events of a watch are grouped into messages, whether a request for progress is answered.
 */
import { Simulation } from '../../../engine/index.ts';
import { EtcdError } from '../../../models/etcd/errors.ts';
import { Lessor } from '../../../models/etcd/lessor.ts';
import { MvccStore } from '../../../models/etcd/mvcc-store.ts';
import type { PutRequest, Response } from '../../../models/etcd/requests.ts';
import { WatchStream } from '../../../models/etcd/watch-stream.ts';
import type { Replayer, Verdict } from '../recording.ts';
import { comparableAnswer, comparableWatch } from './comparable.ts';
import {
  base64,
  compact,
  type Json,
  number,
  readPut,
  readRange,
  readRequest,
  readTransaction,
  writeEvent,
  writeResponse,
} from './wire.ts';

interface Line {
  readonly i: number;
  readonly op: string;
  readonly t_ms?: number;
  readonly live?: number;
  readonly req: Json & readonly Json[];
  readonly status?: number;
  readonly resp: unknown;
}

/** Largest request that a member takes. Source: server/embed/config.go (DefaultMaxRequestBytes). */
const REQUEST_MAX_BYTES = 1_572_864;
/** Between two operations where the recording gives no times. */
const STEP_MICROS = 2000;
const STATUS_OF_CODE: Readonly<Record<number, number>> = { 3: 400, 5: 404, 9: 400, 11: 400 };

/** Messages of one stream, as they would be received. */
interface Stream {
  readonly watches: WatchStream<string>;
  readonly messages: Json[];
}

class Member {
  readonly sim = new Simulation({ seed: 'etcd' });
  readonly store = new MvccStore<string>();
  readonly lessor = new Lessor(this.sim, this.store);
  readonly #live = new Map<number, Stream>();
  #lastMicros = 0;

  constructor() {
    this.store.useLeases(this.lessor);
  }

  /** Lets time run to the operation's, as far as it is known. Streams are brought up to date every 100 ms. */
  arrive(line: Line): void {
    const timeMicros = line.t_ms === undefined ? this.#lastMicros + STEP_MICROS : line.t_ms * 1000;
    const isLater = timeMicros - this.#lastMicros >= 100_000;
    this.#lastMicros = Math.max(timeMicros, this.#lastMicros);
    this.sim.runUntil({ timeMicros: this.#lastMicros });
    if (isLater) for (const { watches } of this.#live.values()) watches.catchUp();
  }

  answer(line: Line): Json {
    const { req } = line;
    switch (line.op) {
      case 'put':
        return this.#put(readPut(req), req);
      case 'range':
        return writeResponse(this.store.range(readRange(req), readRequest('range', req) as object), req);
      case 'delete_range':
        return writeResponse(this.store.deleteRange(readRange(req)), req);
      case 'txn':
        return writeResponse(this.store.transaction(readTransaction(req)), req);
      case 'compaction':
        this.store.compact(number(req['revision']));
        return { header: this.#header() };
      default:
        return this.#lease(line.op, req);
    }
  }

  #header(): Json {
    return { revision: String(this.store.revision) };
  }

  #put(request: PutRequest<string>, req: Json): Json {
    const size = request.key.length + ((request.value as string | undefined)?.length ?? 0);
    if (size > REQUEST_MAX_BYTES) throw new EtcdError('requestTooLarge');
    const { key, value, lease = 0, ignoreValue = false, ignoreLease = false } = request;
    const response: Response<string> = this.store.put(key, value, { lease, ignoreValue, ignoreLease });
    return writeResponse(response, req);
  }

  #lease(op: string, req: Json): Json {
    const id = number(req['ID']);
    const header = this.#header();
    switch (op) {
      case 'lease_grant': {
        const granted = this.lessor.grant(id, number(req['TTL']));
        return { header, ID: String(granted.id), TTL: String(granted.ttlSeconds) };
      }
      case 'lease_revoke':
        this.lessor.revoke(id);
        return { header: this.#header() };
      case 'lease_keepalive': {
        const seconds = this.lessor.keepAlive(id);
        return { result: compact({ header, ID: String(id), TTL: seconds === 0 ? undefined : String(seconds) }) };
      }
      case 'lease_timetolive': {
        const left = this.lessor.timeToLive(id);
        if (left === undefined) return { header, ID: String(id), TTL: '-1' };
        const keys = req['keys'] === true ? left.keys.map(base64) : [];
        return compact({
          header,
          ID: String(id),
          TTL: String(left.seconds),
          grantedTTL: String(left.grantedSeconds),
          keys,
        });
      }
      case 'lease_leases':
        return compact({ header, leases: this.lessor.leases().map((each) => ({ ID: String(each) })) });
      default:
        throw new Error(`the recording has an operation '${op}' that no etcd of this kind has`);
    }
  }

  /** A stream that is read until it is quiet, or one that stays open as number `live`. */
  openStream(requests: readonly Json[], live: number | undefined): readonly Json[] {
    const stream = this.#stream(requests);
    for (const request of requests) this.#streamRequest(stream.watches, request);
    if (live === undefined) {
      stream.watches.catchUp();
      stream.watches.close();
    } else {
      this.#live.set(live, stream);
    }
    return stream.messages;
  }

  closeStream(live: number): readonly Json[] {
    const stream = this.#live.get(live);
    if (stream === undefined) return [];
    stream.watches.catchUp();
    stream.watches.close();
    return stream.messages;
  }

  #stream(requests: readonly Json[]): Stream {
    const messages: Json[] = [];
    const withPrevious = new Map<number, boolean>();
    const asked = requests.flatMap((request) =>
      'create_request' in request ? [request['create_request'] as Json] : [],
    );
    let next = 0;
    const watches = new WatchStream<string>(this.store, (response) => {
      if (response.type === 'created') withPrevious.set(response.watchId, asked[next]?.['prev_kv'] === true);
      if (response.type === 'created' || response.type === 'refused') next++;
      const id = 'watchId' in response && response.watchId !== 0 ? String(response.watchId) : undefined;
      switch (response.type) {
        case 'created':
          messages.push(compact({ watch_id: id, created: true }));
          break;
        case 'refused':
          messages.push({ watch_id: '-1', created: true, canceled: true, cancel_reason: response.reason });
          break;
        case 'cancelled':
          messages.push(compact({ watch_id: id, canceled: true }));
          break;
        case 'compacted':
          messages.push(compact({ watch_id: id, canceled: true, compact_revision: String(response.compactRevision) }));
          break;
        default: {
          const events = response.events.map((event) => writeEvent(event, withPrevious.get(response.watchId) === true));
          messages.push(compact({ watch_id: id, events }));
        }
      }
    });
    return { watches, messages };
  }

  #streamRequest(watches: WatchStream<string>, request: Json): void {
    const create = request['create_request'] as Json | undefined;
    const cancel = request['cancel_request'] as Json | undefined;
    if (cancel !== undefined) watches.cancel(number(cancel['watch_id']));
    if (create === undefined) return;
    const filters = (create['filters'] as readonly string[] | undefined) ?? [];
    watches.create({
      ...readRange(create),
      startRevision: number(create['start_revision']),
      watchId: number(create['watch_id']),
      withoutPuts: filters.includes('NOPUT'),
      withoutDeletions: filters.includes('NODELETE'),
    });
  }
}

function verdict(line: Line, expected: unknown, found: unknown): Verdict {
  const wanted = JSON.stringify(expected);
  const got = JSON.stringify(found);
  const id = `${line.i} ${line.op}`;
  return wanted === got ? { id, agrees: true } : { id, agrees: false, expected: wanted, found: got };
}

function replayLine(member: Member, line: Line): Verdict | undefined {
  member.arrive(line);
  switch (line.op) {
    case 'watch_history':
      return verdict(
        line,
        comparableWatch(line.resp),
        comparableWatch(wrapped(member.openStream(line.req, undefined))),
      );
    case 'watch_open':
      member.openStream(line.req, line.live);
      return undefined;
    case 'watch_close':
      return verdict(line, comparableWatch(line.resp), comparableWatch(wrapped(member.closeStream(line.live ?? 0))));
    default:
      break;
  }
  try {
    const found = { status: 200, resp: comparableAnswer(line.op, member.answer(line)) };
    return verdict(line, { status: line.status, resp: comparableAnswer(line.op, line.resp) }, found);
  } catch (error) {
    if (!(error instanceof EtcdError)) throw error;
    const found = { status: STATUS_OF_CODE[error.code], resp: { code: error.code, message: error.message } };
    return verdict(line, { status: line.status, resp: line.resp }, found);
  }
}

function wrapped(messages: readonly Json[]): readonly Json[] {
  return messages.map((result) => ({ result }));
}

/** A scripted file tells of streams that stay open only where they are closed: they are opened where their first message says. */
function openedLate(lines: readonly Line[]): ReadonlyMap<number, readonly Line[]> {
  const opened = new Set(lines.flatMap(({ op, live }) => (op === 'watch_open' ? [live ?? 0] : [])));
  const byRevision = new Map<number, Line[]>();
  for (const line of lines) {
    if (line.op !== 'watch_close' || opened.has(line.live ?? 0)) continue;
    const first = (line.resp as readonly Json[])[0] as { result: { header: { revision: string } } };
    const revision = number(first.result.header.revision);
    byRevision.set(revision, [...(byRevision.get(revision) ?? []), line]);
  }
  return byRevision;
}

export const etcdReplayer: Replayer = {
  name: 'etcd requests',
  accepts: (_fileName, firstLine) => typeof (firstLine as { meta?: { etcd?: unknown } }).meta?.etcd === 'string',
  replay(lines, report) {
    const member = new Member();
    const operations = lines.slice(1) as readonly Line[];
    const late = openedLate(operations);
    let opened = 0;
    for (const line of operations) {
      for (; opened <= member.store.revision; opened++) {
        if (opened < member.store.revision) continue;
        for (const each of late.get(opened) ?? []) member.openStream(each.req ?? DEFAULT_WATCH, each.live ?? 0);
      }
      const outcome = replayLine(member, line);
      if (outcome !== undefined) report(outcome);
    }
  },
};

/** Where a recording does not say what was watched, it was everything, with what was before. */
const DEFAULT_WATCH = [
  { create_request: { key: base64('\0'), range_end: base64('\0'), prev_kv: true } },
] as unknown as Json & readonly Json[];
