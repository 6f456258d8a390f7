/** Tests of the trace: listeners, kept records and what goes into the digest. */
import { expect, test } from 'vitest';
import { describeRecord, Trace, type TraceRecord } from './trace.ts';

test('listeners see records in order, of the kinds they asked for, until they are taken off', () => {
  let nowMicros = 5;
  const trace = new Trace(() => nowMicros);
  const all: TraceRecord[] = [];
  const bound: TraceRecord[] = [];
  const stop = trace.listen((record) => all.push(record));
  trace.listen((record) => bound.push(record), ['pod-bound']);
  trace.emit('pod-created', 'web-1');
  nowMicros = 7;
  trace.emit('pod-bound', 'web-1', 'node-3');
  stop();
  trace.emit('pod-bound', 'web-2', 4);
  expect(all.map(({ kind }) => kind)).toEqual(['pod-created', 'pod-bound']);
  expect(bound).toEqual([
    { timeMicros: 7, kind: 'pod-bound', subject: 'web-1', detail: 'node-3' },
    { timeMicros: 7, kind: 'pod-bound', subject: 'web-2', detail: 4 },
  ]);
  expect(trace.records).toBe(3);
});

test('a record in a place is as one whose subject is the path', () => {
  const [x, y] = [new Trace(() => 1), new Trace(() => 1)];
  const seen: TraceRecord[] = [];
  y.listen((record) => seen.push(record));
  x.emit('pod-bound', 'default/web-1', 'node-3');
  y.emitIn('pod-bound', 'default', 'web-1', 'node-3');
  expect(x.digest.equals(y.digest)).toBe(true);
  expect(seen).toEqual([{ timeMicros: 1, kind: 'pod-bound', subject: 'default/web-1', detail: 'node-3' }]);
});

test('the last records are kept, oldest first, from when that was asked for', () => {
  const trace = new Trace(() => 0);
  trace.emit('before', 'x');
  trace.keepLast(3);
  for (let i = 0; i < 2; i++) trace.emit('k', `s${i}`);
  expect(trace.lastRecords().map(({ subject }) => subject)).toEqual(['s0', 's1']);
  for (let i = 2; i < 8; i++) trace.emit('k', `s${i}`);
  expect(trace.lastRecords().map(({ subject }) => subject)).toEqual(['s5', 's6', 's7']);
});

test('listening does not change the digest', () => {
  const [x, y] = [new Trace(() => 1), new Trace(() => 1)];
  y.listen(() => {});
  y.keepLast(2);
  for (const trace of [x, y]) trace.emit('kind', 'subject', 0.5);
  expect(x.digest.toString()).toBe(y.digest.toString());
});

test('a record is told in one line', () => {
  expect(describeRecord({ timeMicros: 12_000_034, kind: 'pod-bound', subject: 'web-1', detail: 'node-7' })).toBe(
    '12.000034s pod-bound web-1 node-7',
  );
});
