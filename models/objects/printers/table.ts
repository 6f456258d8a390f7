/**
 * Tables as the API server makes them of objects for people: columns, and a row of cells for each object.
 * Source: meta/v1 Table; pkg/printers/internalversion/printers.go.
 */
import { humanDuration } from '../duration-text.ts';
import type { Container } from '../pod.ts';
import { timestampToSeconds } from '../timestamp.ts';

export interface TableColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'boolean';
  /** "name" marks the column that names the object. */
  readonly format: '' | 'name';
  /** Columns of priority 1 are shown with `-o wide` only. */
  readonly priority: 0 | 1;
}

export type Cell = string | number | boolean;

/** How the objects of one kind are shown. `now` is in seconds since 1970, with fractions. */
export interface TablePrinter<T = unknown> {
  readonly columns: readonly TableColumn[];
  row(object: T, nowSeconds: number): readonly Cell[];
}

export function column(name: string, type: TableColumn['type'] = 'string'): TableColumn {
  return { name, type, format: name === 'Name' ? 'name' : '', priority: 0 };
}

/** A column that is shown with `-o wide` only. */
export function wideColumn(name: string): TableColumn {
  return { ...column(name), priority: 1 };
}

/** Columns of text; a name that ends in "+" is shown with `-o wide` only, one that ends in "#" is an integer. */
export function columns(...names: readonly string[]): readonly TableColumn[] {
  return names.map((name) => {
    if (name.endsWith('+')) return wideColumn(name.slice(0, -1));
    return name.endsWith('#') ? column(name.slice(0, -1), 'integer') : column(name);
  });
}

export const NONE = '<none>';
export const UNSET = '<unset>';
export const UNKNOWN = '<unknown>';

/** Whole seconds and nanoseconds of a duration. */
function durationText(seconds: number): string {
  const whole = Math.trunc(seconds);
  return humanDuration(whole, Math.round((seconds - whole) * 1e9));
}

/** How long ago a timestamp was, "<unknown>" where there is none. */
export function age(timestamp: string | null | undefined, nowSeconds: number): string {
  return timestamp ? durationText(nowSeconds - timestampToSeconds(timestamp)) : UNKNOWN;
}

/** From one timestamp to another. */
export function span(from: string, to: string): string {
  return durationText(timestampToSeconds(to) - timestampToSeconds(from));
}

/** Names and images of containers, each joined by commas. */
export function containerCells(containers: readonly Container[] | null | undefined): [string, string] {
  const list = containers ?? [];
  return [list.map(({ name }) => name).join(','), list.map(({ image }) => image ?? '').join(',')];
}

/** At most three of a list, and how many more there are. */
export function shortList(list: readonly string[], ofNone: string, max = 3): string {
  if (list.length === 0) return ofNone;
  const shown = list.slice(0, max).join(',');
  return list.length > max ? `${shown} + ${list.length - max} more...` : shown;
}
