/**
 * kubectl prints what the real one was recorded to print, given the objects that the recording shows at that moment. Ages and times
 * are compared with a second's tolerance by leaving their digits out; objects that the recording does not watch (Leases) are left out.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { Simulation } from '../../engine/index.ts';
import type { KubeObject } from '../objects/meta.ts';
import { ALL_RESOURCES, type Resource } from '../objects/resources.ts';
import { formatTimestamp } from '../objects/timestamp.ts';
import { Kubectl } from './kubectl.ts';
import { StaticClient } from './testing/static-client.ts';

const shared = process.env['CLOCKWORK_SHARED'] ?? resolve(import.meta.dirname, '../../../shared');
const folder = resolve(shared, 'conformance/controlplane');

interface Line {
  readonly k: string;
  readonly t: number;
  readonly end?: number;
  readonly t0?: number;
  readonly argv?: readonly string[];
  readonly rc?: number;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly type?: string;
  readonly rv?: number;
  readonly obj?: KubeObject;
}

/** Objects hold times relative to the start of the scenario. */
function withTimes(value: unknown, startSeconds: number): unknown {
  if (typeof value === 'string') {
    const offset = /^T\+(-?[\d.]+)$/.exec(value)?.[1];
    return offset === undefined ? value : formatTimestamp(startSeconds + Math.floor(Number(offset)));
  }
  if (Array.isArray(value)) return value.map((item) => withTimes(item, startSeconds));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withTimes(item, startSeconds)]));
}

function comparable(text: string): string {
  return text
    .replace(/\w{3}, \d\d \w{3} \d{4} [\d:]{8} \+0000/g, 'TIME')
    .replace(/"\d{4}-\d\d-\d\dT[\d:]{8}Z"/g, '"TIME"')
    .replace(/resourceVersion: "\d+"/g, 'resourceVersion: "N"')
    .replace(/\b\d+[smhd](?:\d+[smh])?\b/g, 'AGE')
    .replace(/Lease:\n(?: {2}.*\n){3}/g, '')
    .replace(/ {2,}/g, '  ')
    .replace(/-{3,}/g, '---')
    .trimEnd();
}

/** The lines in order, for tables whose rows the recorder sorted by times that are equal. */
function sortedLines(text: string): string {
  return text.split('\n').sort().join('\n');
}

function resourceOf(object: KubeObject): Resource | undefined {
  return ALL_RESOURCES.find(({ kind }) => kind === object.kind);
}

interface Comparison {
  readonly command: string;
  readonly expected: string;
  readonly found: readonly string[];
}

/** What our kubectl prints of the objects as they were at a time. */
function outputAt(watched: readonly Line[], atSeconds: number, startSeconds: number, argv: readonly string[]): string {
  const client = new StaticClient();
  for (const { t, type, obj } of watched) {
    const resource = obj === undefined ? undefined : resourceOf(obj);
    if (t > atSeconds || obj === undefined || resource === undefined) continue;
    if (type === 'DELETED') client.delete(resource, obj.metadata.namespace, obj.metadata.name);
    else client.put(resource, withTimes(obj, startSeconds) as KubeObject);
  }
  const input = { nowSeconds: () => startSeconds + atSeconds, readManifests: () => [] };
  let printed = '';
  new Kubectl(new Simulation({ seed: 's' }), client, input).execute(argv, (result) => {
    printed = result.stdout;
  });
  return sortedLines(comparable(printed));
}

const SIMPLE =
  /^kubectl (?:get|describe) (?:pods?|all|deployments?|deploy|rs|svc|ds|endpoints|endpointslices|deploy,rs|deploy,pods|deploy,rs,pods)\b/;
const UNMODELLED =
  /-o (?:json|jsonpath|custom|go-template)|--as|--chunk|-w\b|sts|describe endpoints|endpointslices -o yaml/;

/** Kinds that the simulated API server does not serve. */
const NOT_SERVED = /^(?:statefulset|job|cronjob|horizontalpodautoscaler)\./m;

function replay(file: string): Comparison[] {
  const lines = gunzipSync(readFileSync(resolve(folder, file)))
    .toString('utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  const start = lines.find(({ k }) => k === 'meta')?.t0 ?? 0;
  const watched = lines.filter(({ k }) => k === 'watch').sort((x, y) => (x.rv ?? 0) - (y.rv ?? 0));
  const comparisons: Comparison[] = [];
  // Nodes and Namespaces are not looked at: most of theirs were made before the recording began.
  for (const { k, t, end = t, argv = [], stdout = '', rc } of lines) {
    const command = argv.join(' ');
    if (k !== 'kubectl' || rc !== 0 || !SIMPLE.test(command) || UNMODELLED.test(command)) continue;
    if (NOT_SERVED.test(stdout)) continue;
    // What changes while kubectl runs may be seen or not.
    const found = [t, end].map((at) => outputAt(watched, at, start, argv));
    comparisons.push({ command, expected: sortedLines(comparable(stdout)), found });
  }
  return comparisons;
}

describe.skipIf(!existsSync(folder))('recorded kubectl (skipped without ../shared/conformance/controlplane)', () => {
  test('tables, YAML and descriptions are printed alike in every scenario', () => {
    let compared = 0;
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.gz'))) {
      for (const { command, expected, found } of replay(file)) {
        const match = found.find((text) => text === expected) ?? (found[0] as string);
        expect(`${file} ${command}\n${match}`).toBe(`${file} ${command}\n${expected}`);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(90);
  });
});
