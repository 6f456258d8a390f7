/** Tests of the writers: exact bytes, what is refused, and timelines that draw rightly. */
import { csvParse, csvParseRows } from 'd3-dsv';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvLines, csvText } from './csv.ts';
import { type JsonInput, jsonText } from './json.ts';
import { traceEventLines, traceEventText, type TraceSlice } from './trace-events.ts';

describe('csv', () => {
  test('has one text for each cell', () => {
    const text = csvText(
      ['name', 'mean'],
      [
        ['a,b "c"', 0.1],
        ['', -0],
        ['x', Number.NaN],
        ['1e21', 1e21],
        ['none', null],
      ],
    );
    expect(text).toBe('name,mean\n"a,b ""c""",0.1\n,0\nx,\n1e21,1e+21\nnone,\n');
  });

  test('what was written is read back', () => {
    const cell = fc.oneof(fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true }));
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), (rows) => {
        const expected = rows.map((row) => row.map((each) => (Object.is(each, -0) ? '0' : String(each))));
        expect(csvParseRows(csvText(['x', 'y'], rows)).slice(1)).toEqual(expected);
      }),
      { numRuns: 200, seed: 42 },
    );
  });

  test('no rows leave the head, or nothing', () => {
    expect(csvText(['a'], [])).toBe('a\n');
    expect(csvLines([])).toBe('');
    expect(csvParse(csvText(['a'], [])).columns).toEqual(['a']);
  });

  test('a name given twice and a row of another length are refused', () => {
    expect(() => csvText(['a', 'a'], [])).toThrow("column 'a' is given twice");
    expect(() => csvText(['a', 'b'], [['x']])).toThrow('row 0 has 1 cells; there are 2 columns: a, b');
  });
});

describe('json', () => {
  test('keeps the order of the keys and has one text for each value', () => {
    const value = {
      n: 2,
      ci95: [Number.NaN, -0],
      policies: new Map([
        ['10', { p: 0.05 }],
        ['2', { p: Number.POSITIVE_INFINITY }],
      ]),
      left: undefined,
      empty: {},
      text: 'ä\n"',
    };
    expect(jsonText(value)).toBe(
      '{\n  "n": 2,\n  "ci95": [null, 0],\n  "policies": {\n    "10": {\n      "p": 0.05\n    },\n    "2": {\n      "p": null\n    }\n  },\n  "empty": {},\n  "text": "ä\\n\\""\n}\n',
    );
  });

  test('what was written is read back', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const plain = JSON.parse(JSON.stringify(value)) as JsonInput;
        expect(JSON.parse(jsonText(plain))).toEqual(plain);
      }),
      { numRuns: 200, seed: 42 },
    );
  });

  test('what JSON cannot hold is refused with its path', () => {
    expect(() => jsonText({ a: [{ b: (() => 1) as never }] })).toThrow('$.a[0].b is a function');
  });
});

describe('trace events', () => {
  const slice = (track: string, name: string, startMicros: number, durationMicros: number): TraceSlice => ({
    process: 'kubelet',
    track,
    name,
    startMicros,
    durationMicros,
  });

  interface Event {
    readonly ph: string;
    readonly pid: number;
    readonly tid?: number;
    readonly ts: number;
    readonly dur: number;
    readonly name: string;
    readonly args: Record<string, unknown>;
  }

  const parse = (text: string): Event[] => (JSON.parse(text) as { traceEvents: Event[] }).traceEvents;

  test('processes and tracks are named once, before what is on them', () => {
    const text = traceEventText({
      slices: [{ ...slice('node-1', 'pull', 10, 5), arguments: { image: 'httpd' } }],
      marks: [{ process: 'scheduler', track: 'cycle', name: 'bound', timeMicros: 12 }],
      counters: [{ process: 'scheduler', name: 'queue', timeMicros: 0, values: { active: 3, backoff: 1 } }],
    });
    expect(text).toBe(
      [
        '{"displayTimeUnit":"ms","traceEvents":[',
        '{"ph":"M","pid":1,"name":"process_name","args":{"name":"kubelet"}},',
        '{"ph":"M","pid":1,"name":"process_sort_index","args":{"sort_index":1}},',
        '{"ph":"M","pid":1,"tid":1,"name":"thread_name","args":{"name":"node-1"}},',
        '{"ph":"M","pid":1,"tid":1,"name":"thread_sort_index","args":{"sort_index":1}},',
        '{"ph":"X","cat":"simulation","pid":1,"tid":1,"ts":10,"dur":5,"name":"pull","args":{"image":"httpd"}},',
        '{"ph":"M","pid":2,"name":"process_name","args":{"name":"scheduler"}},',
        '{"ph":"M","pid":2,"name":"process_sort_index","args":{"sort_index":2}},',
        '{"ph":"M","pid":2,"tid":1,"name":"thread_name","args":{"name":"cycle"}},',
        '{"ph":"M","pid":2,"tid":1,"name":"thread_sort_index","args":{"sort_index":1}},',
        '{"ph":"i","cat":"simulation","pid":2,"tid":1,"ts":12,"s":"t","name":"bound"},',
        '{"ph":"C","pid":2,"ts":0,"name":"queue","args":{"active":3,"backoff":1}}',
        ']}',
        '',
      ].join('\n'),
    );
  });

  test('an empty timeline is a valid file', () => {
    expect(parse(traceEventText({}))).toEqual([]);
    expect([...traceEventLines({})]).toHaveLength(1);
  });

  test('parts share the lane of their slice, slices that overlap do not, even where one lies within the other', () => {
    const parts = [{ name: 'part', startMicros: 0, durationMicros: 40 }];
    const events = parse(
      traceEventText({
        slices: [{ ...slice('n', 'whole', 0, 100), parts }, slice('n', 'within', 10, 20), slice('n', 'after', 100, 5)],
      }),
    ).filter(({ ph }) => ph === 'X');
    expect(events.map(({ name, tid }) => [name, tid])).toEqual([
      ['whole', 1],
      ['part', 1],
      ['within', 2],
      ['after', 1],
    ]);
  });

  test('in no lane do two slices overlap, whatever they are', () => {
    const any = fc.tuple(fc.constantFrom('a', 'b'), fc.nat(50), fc.nat(50));
    fc.assert(
      fc.property(fc.array(any), (slices) => {
        const text = traceEventText({
          slices: slices.map(([track, start, length]) => slice(track, 's', start, length)),
        });
        const events = parse(text).filter(({ ph }) => ph === 'X');
        expect(events).toHaveLength(slices.length);
        for (const x of events) {
          for (const y of events) {
            if (x === y || x.pid !== y.pid || x.tid !== y.tid) continue;
            expect(x.ts + x.dur <= y.ts || y.ts + y.dur <= x.ts).toBe(true);
          }
        }
      }),
      { numRuns: 200, seed: 42 },
    );
  });
});
