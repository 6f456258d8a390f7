/** Every object that a real API server stored is complete and valid here; what it refused is refused in its words. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { applyDefaults } from '../defaults/apply-defaults.ts';
import { aggregateText, fieldErrorText } from '../field-error.ts';
import type { KubeObject } from '../meta.ts';
import { ALL_RESOURCES, apiVersionOf, type Resource } from '../resources.ts';
import { validate } from './validate.ts';

const shared = process.env['CLOCKWORK_SHARED'] ?? resolve(import.meta.dirname, '../../../../shared');
const folder = resolve(shared, 'conformance/controlplane');

interface Line {
  readonly k: string;
  readonly obj?: KubeObject;
  readonly type?: string;
  readonly method?: string;
  readonly status?: number;
  readonly path?: string;
  readonly body?: KubeObject;
  readonly resp?: { readonly message?: string };
}

function linesOf(file: string): Line[] {
  const text = gunzipSync(readFileSync(resolve(folder, file))).toString('utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

function resourceOf(object: KubeObject): Resource | undefined {
  return ALL_RESOURCES.find(({ kind }) => kind === object.kind);
}

describe.skipIf(!existsSync(folder))('recorded objects (skipped without ../shared/conformance/controlplane)', () => {
  const lines = existsSync(folder)
    ? readdirSync(folder)
        .filter((f) => f.endsWith('.gz'))
        .flatMap(linesOf)
    : [];
  const stored = lines.filter((line) => line.k === 'watch' && line.obj?.kind !== undefined).map(({ obj }) => obj);

  test('nothing is missing in an object that was stored', () => {
    const changed = new Set<string>();
    let count = 0;
    for (const object of stored as KubeObject[]) {
      const resource = resourceOf(object);
      if (resource === undefined) continue;
      count++;
      if (applyDefaults(resource, object) !== object) {
        changed.add(`${object.kind} ${JSON.stringify(applyDefaults(resource, object)).slice(0, 1500)}`);
      }
    }
    expect(count).toBeGreaterThan(5000);
    expect([...changed].slice(0, 2)).toEqual([]);
  });

  test('an object that was stored is valid', () => {
    const problems = new Set<string>();
    for (const object of stored as KubeObject[]) {
      const resource = resourceOf(object);
      if (resource === undefined) continue;
      for (const error of validate(resource, object)) problems.add(`${object.kind} ${fieldErrorText(error)}`);
    }
    expect([...problems].slice(0, 5)).toEqual([]);
  });

  test('an object that was refused when it was created is refused in the same words', () => {
    const refused = lines.filter((l) => l.k === 'http' && l.method === 'POST' && l.status === 422);
    let compared = 0;
    for (const { body, resp, path } of refused) {
      const resource = body?.kind === undefined ? undefined : resourceOf(body);
      if (body === undefined || resource === undefined || path === undefined) continue;
      const namespace = /namespaces\/([^/]+)\//.exec(path)?.[1];
      const object = { ...body, metadata: { ...body.metadata, ...(namespace ? { namespace } : {}) } };
      const errors = validate(resource, applyDefaults(resource, object));
      const group = resource.group === '' ? '' : `.${resource.group}`;
      const text = aggregateText(errors.map(fieldErrorText));
      expect(`${resource.kind}${group} "${body.metadata.name ?? ''}" is invalid: ${text}`).toBe(resp?.message);
      compared++;
    }
    expect(compared).toBeGreaterThan(4);
  });

  test('a request body becomes what was stored', () => {
    let compared = 0;
    for (const { k, method, status, body, resp } of lines) {
      if (k !== 'http' || method !== 'POST' || status !== 201 || body?.kind === undefined) continue;
      const resource = resourceOf(body);
      const answer = resp as unknown as KubeObject & { readonly spec?: unknown };
      if (resource === undefined || answer.kind !== body.kind || body.kind === 'Pod') continue;
      const full = applyDefaults(resource, body) as KubeObject & { readonly spec?: unknown };
      expect(apiVersionOf(resource)).toBe(answer.apiVersion);
      expect(full.spec).toEqual(answer.spec);
      compared++;
    }
    expect(compared).toBeGreaterThan(3);
  });
});
