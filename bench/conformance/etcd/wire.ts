/**
 * Between etcd's JSON, as its gateway writes it, and the requests of the model: base64 for bytes, strings for 64-bit
 * numbers, absent for zero.
 */
import type { KeyRange } from '../../../models/etcd/key-range.ts';
import type {
  Compare,
  DeleteRangeRequest,
  KeyValue,
  PutRequest,
  RangeRequest,
  Request,
  Response,
  SortOrder,
  SortTarget,
  StoreEvent,
  TransactionRequest,
} from '../../../models/etcd/requests.ts';

export type Json = Readonly<Record<string, unknown>>;

/** Bytes as a string of one character each. */
export function bytes(base64: unknown): string {
  return Buffer.from((base64 as string | undefined) ?? '', 'base64').toString('latin1');
}

export function base64(text: string): string {
  return Buffer.from(text, 'latin1').toString('base64');
}

export function number(text: unknown): number {
  return Number(text ?? 0);
}

function text(value: number): string | undefined {
  return value === 0 ? undefined : String(value);
}

export function readRange(json: Json): KeyRange {
  return { key: bytes(json['key']), rangeEnd: bytes(json['range_end']) };
}

export function readPut(json: Json): PutRequest<string> {
  return {
    kind: 'put',
    key: bytes(json['key']),
    ...(json['ignore_value'] === true && bytes(json['value']) === '' ? {} : { value: bytes(json['value']) }),
    lease: number(json['lease']),
    ignoreValue: json['ignore_value'] === true,
    ignoreLease: json['ignore_lease'] === true,
  };
}

function readRangeRequest(json: Json): RangeRequest {
  return {
    kind: 'range',
    ...readRange(json),
    revision: number(json['revision']),
    limit: number(json['limit']),
    sortOrder: ((json['sort_order'] as string) ?? 'NONE').toLowerCase() as SortOrder,
    sortTarget: ((json['sort_target'] as string) ?? 'KEY').toLowerCase() as SortTarget,
    countOnly: json['count_only'] === true,
    minModRevision: number(json['min_mod_revision']),
    maxModRevision: number(json['max_mod_revision']),
    minCreateRevision: number(json['min_create_revision']),
    maxCreateRevision: number(json['max_create_revision']),
  };
}

const OPERATORS: Readonly<Record<string, Compare<string>['operator']>> = {
  EQUAL: '=',
  NOT_EQUAL: '!=',
  LESS: '<',
  GREATER: '>',
};

function readCompare(json: Json): Compare<string> {
  const target = ((json['target'] as string) ?? 'VERSION').toLowerCase() as Compare<string>['target'];
  const field = target === 'mod' || target === 'create' ? `${target}_revision` : target;
  return {
    ...readRange(json),
    target,
    operator: OPERATORS[(json['result'] as string) ?? 'EQUAL'] as Compare<string>['operator'],
    operand: target === 'value' ? bytes(json['value']) : number(json[field]),
  };
}

function list(value: unknown): readonly Json[] {
  return (value as readonly Json[] | undefined) ?? [];
}

export function readTransaction(json: Json): TransactionRequest<string> {
  return {
    kind: 'transaction',
    compare: list(json['compare']).map(readCompare),
    success: list(json['success']).map(readOperation),
    failure: list(json['failure']).map(readOperation),
  };
}

function readOperation(json: Json): Request<string> {
  const [name, body] = Object.entries(json)[0] as [string, Json];
  return readRequest(name.slice('request_'.length), body);
}

/** @param name as the recording and the operations of a transaction have it: put, range, delete_range, txn */
export function readRequest(name: string, json: Json): Request<string> {
  switch (name) {
    case 'put':
      return readPut(json);
    case 'range':
      return readRangeRequest(json);
    case 'delete_range':
      return { kind: 'deleteRange', ...readRange(json) } satisfies DeleteRangeRequest;
    default:
      return readTransaction(json);
  }
}

/** Leaves out what is undefined or an empty list. */
export function compact(json: Json): Json {
  return Object.fromEntries(
    Object.entries(json).filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0)),
  );
}

export function writeKeyValue(kv: KeyValue<string>, withoutValue = false): Json {
  return compact({
    key: base64(kv.key),
    create_revision: text(kv.createRevision),
    mod_revision: text(kv.modRevision),
    version: text(kv.version),
    value: kv.value === '' || withoutValue ? undefined : base64(kv.value),
    lease: text(kv.lease),
  });
}

export function writeEvent(event: StoreEvent<string>, withPrevious: boolean): Json {
  return compact({
    type: event.type === 'DELETE' ? 'DELETE' : undefined,
    kv:
      event.kv === undefined
        ? { key: base64(event.key), mod_revision: String(event.revision) }
        : writeKeyValue(event.kv),
    prev_kv: withPrevious && event.previous !== undefined ? writeKeyValue(event.previous) : undefined,
  });
}

/** The body of a response; the request says which parts were asked for. A transaction within another has an empty header. */
export function writeResponse(response: Response<string>, json: Json, isNested = false): Json {
  const header = isNested && response.kind === 'transaction' ? {} : { revision: String(response.revision) };
  const withPrevious = json['prev_kv'] === true;
  switch (response.kind) {
    case 'put': {
      const previous = withPrevious ? response.previous : undefined;
      return compact({ header, prev_kv: previous === undefined ? undefined : writeKeyValue(previous) });
    }
    case 'range': {
      const kvs = response.kvs.map((kv) => writeKeyValue(kv, json['keys_only'] === true));
      return compact({ header, kvs, more: response.more || undefined, count: text(response.count) });
    }
    case 'deleteRange': {
      const previous = withPrevious ? response.previous.map((kv) => writeKeyValue(kv)) : [];
      return compact({ header, deleted: text(response.previous.length), prev_kvs: previous });
    }
    default: {
      const branch = list(json[response.succeeded ? 'success' : 'failure']);
      const responses = response.responses.map((each, i) => {
        const [name, body] = Object.entries(branch[i] as Json)[0] as [string, Json];
        return { [name.replace('request', 'response')]: writeResponse(each, body, true) };
      });
      return compact({ header, succeeded: response.succeeded || undefined, responses });
    }
  }
}
