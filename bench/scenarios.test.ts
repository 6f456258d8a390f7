/**
 * Every scenario by the JSON Schema that editors use: each file names its schema, and holds what that schema accepts. The schemas are read
 * as JSON Schema, not as the zod schemas from which they were made.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { planJsonSchema } from './capacity/plan-schema.ts';

const read = (path: string): string => readFileSync(new URL(`scenarios/${path}`, import.meta.url), 'utf8');
const schemaOf = (path: string): z.ZodType =>
  z.fromJSONSchema(JSON.parse(read(path)) as Parameters<typeof z.fromJSONSchema>[0]);
const NAMED = /^# yaml-language-server: \$schema=(\.\.\/experiments\/(?:experiment|plan)\.schema\.json)$/m;

const files = readdirSync(fileURLToPath(new URL('scenarios', import.meta.url))).filter((name) =>
  name.endsWith('.yaml'),
);

describe('the scenarios', () => {
  test('are experiments and plans', () => {
    expect(files.filter((name) => name.startsWith('plan-')).length).toBeGreaterThan(3);
    expect(files.filter((name) => !name.startsWith('plan-')).length).toBeGreaterThan(2);
  });

  test.each(files)('%s names the schema of its kind and is accepted by it', (name) => {
    const text = read(name);
    const [, schema = ''] = NAMED.exec(text) ?? [];
    expect(schema).toBe(`../experiments/${name.startsWith('plan-') ? 'plan' : 'experiment'}.schema.json`);
    const result = schemaOf(schema).safeParse(parse(text));
    expect(result.error?.issues ?? []).toEqual([]);
  });
});

describe('the schema of plans', () => {
  const schema = schemaOf('../experiments/plan.schema.json');
  const plan = parse(read('plan-snapshot-cheapest.yaml')) as Record<string, unknown>;

  test('is the one in the tree (npm run schema writes it)', () => {
    expect(`${JSON.stringify(planJsonSchema(), null, 2)}\n`).toBe(read('../experiments/plan.schema.json'));
  });

  test.each([
    ['another question', { find: 'most' }],
    ['a field that there is not', { nodez: {} }],
    ['no runs', { runs: 0 }],
    ['an objective that there is not', { objectives: { survive: 'rack' } }],
    ['head-room above 1', { objectives: { headroom: { cpu: 2 } } }],
    ['no Nodes', { nodes: undefined }],
  ])('refuses %s', (_, change) => {
    expect(schema.safeParse({ ...plan, ...change }).success).toBe(false);
  });
});
