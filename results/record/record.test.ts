/** Tests of the recorder: tables of rows by key, and gauges over virtual time. */
import { describe, expect, test } from 'vitest';
import { Table } from './table.ts';
import { TimeSeries } from './time-series.ts';

const COLUMNS = [
  { name: 'name', type: 'text' },
  { name: 'zone', type: 'text' },
  { name: 'createdMicros', type: 'number', unit: 'µs' },
] as const;

describe('Table', () => {
  test('cells that were never set are null for numbers and empty for text', () => {
    const table = new Table(COLUMNS);
    table.row('a');
    expect([...table.rows()]).toEqual([['a', '', null]]);
  });

  test('rows keep the order of making, and a key has one row', () => {
    const table = new Table(COLUMNS);
    table.setNumber(table.row('b'), 2, 7);
    table.setNumber(table.row('a'), 2, 5);
    table.add(table.row('b'), 2, 1);
    table.setText(table.row('a'), table.column('zone'), 'z1');
    expect([...table.rows()]).toEqual([
      ['b', '', 8],
      ['a', 'z1', 5],
    ]);
    expect(table.values(2)).toEqual([8, 5]);
  });

  test('a table grows past its first capacity without losing a cell', () => {
    const table = new Table(COLUMNS);
    for (let index = 0; index < 1000; index++) table.setNumber(table.row(`k${index}`), 2, index);
    expect(table.values(2)).toEqual(Array.from({ length: 1000 }, (_, index) => index));
  });

  test('an unknown column is refused with the names that exist', () => {
    expect(() => new Table(COLUMNS).column('node')).toThrow("column is 'node'; accepted are name, zone, createdMicros");
  });
});

describe('TimeSeries', () => {
  test('the mean is weighted by time and does not depend on the grid', () => {
    for (const interval of [1, 7, 1000]) {
      const series = new TimeSeries(['pending'], interval);
      series.set(0, 0, 10);
      series.set(30, 0, 20);
      series.advance(40);
      expect(series.summary(0)).toEqual({ mean: 12.5, maximum: 20, last: 20 });
    }
  });

  test('rows lie on the grid and show the values up to that instant, with one row for the end', () => {
    const series = new TimeSeries(['pending'], 10);
    series.set(0, 0, 1);
    series.add(15, 0, 2);
    series.advance(25);
    expect(series.rows()).toEqual([
      [0, 1],
      [10, 1],
      [20, 3],
      [25, 3],
    ]);
  });

  test('a gauge that is added later was 0 until then', () => {
    const series = new TimeSeries(['pending'], 10);
    series.set(0, 0, 2);
    series.advance(25);
    const added = series.addGauge('gpus');
    series.set(25, added, 4);
    series.advance(40);
    expect(series.names).toEqual(['pending', 'gpus']);
    expect(series.rows()).toEqual([
      [0, 2, 0],
      [10, 2, 0],
      [20, 2, 0],
      [30, 2, 4],
      [40, 2, 4],
    ]);
    expect(series.samples(added)).toEqual([0, 0, 0, 4]);
    expect(series.summary(added)).toEqual({ mean: 1.5, maximum: 4, last: 4 });
    expect(series.summary(added, 20)).toEqual({ mean: 3, maximum: 4, last: 4 });
    expect(series.summary(added, 30)).toEqual({ mean: 4, maximum: 4, last: 4 });
    expect(series.summary(0)).toEqual({ mean: 2, maximum: 2, last: 2 });
  });

  test('time must not go back', () => {
    const series = new TimeSeries(['pending'], 10);
    series.advance(5);
    expect(() => series.advance(4)).toThrow('already at 5 µs');
  });

  test('summarizes from an instant of the grid on as if the series had begun there', () => {
    const change = (series: TimeSeries): void => {
      for (const [time, value] of [
        [20, 3],
        [27, 9],
        [33, 1],
      ] as const)
        series.set(time, 0, value);
      series.advance(45);
    };
    const whole = new TimeSeries(['pending'], 10);
    whole.set(0, 0, 50);
    whole.set(15, 0, 2);
    change(whole);
    const late = new TimeSeries(['pending'], 10, 20);
    change(late);
    expect(whole.summary(0, 20)).toEqual(late.summary(0));
    expect(whole.summary(0, 40)).toEqual({ mean: 1, maximum: 1, last: 1 });
    expect(whole.summary(0).maximum).toBe(50);
    expect(() => whole.summary(0, 25)).toThrow('25 µs is not an instant of the grid');
    expect(whole.gridInstant(21)).toBe(30);
  });
});
