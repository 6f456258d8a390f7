/** Every plan of the tree against the exported JSON Schema, by Ajv, which had no part in making it; and the schema against the reader of plans. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { planJsonSchema, planSchema } from './plan-schema.ts';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const WRITTEN = '../experiments/plan.schema.json';
const validate = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, validateFormats: false }).compile(
  JSON.parse(read(WRITTEN)) as object,
);

const scenarios = readdirSync(fileURLToPath(new URL('../scenarios', import.meta.url)))
  .filter((name) => name.startsWith('plan-'))
  .map((name) => ({ file: `scenarios/${name}`, text: read(`../scenarios/${name}`) }));
const documented = [...read('README.md').matchAll(/```yaml\n([^]*?)```/g)].map(([, text = ''], index) => ({
  file: `capacity/README.md, block ${index}`,
  text,
}));
const plans = [...scenarios, ...documented].map(({ file, text }) => ({ file, value: parse(text) as unknown }));

function problems(value: unknown): string[] {
  return validate(value)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath}: ${message}`);
}

describe('the exported schema of plans, by Ajv', () => {
  test('is the one in the tree (npm run schema writes it)', () => {
    expect(`${JSON.stringify(planJsonSchema(), null, 2)}\n`).toBe(read(WRITTEN));
  });

  test('there are plans to look at, and each scenario names the schema for editors', () => {
    expect(scenarios.length).toBeGreaterThan(4);
    expect(documented).toHaveLength(1);
    for (const { text } of scenarios)
      expect(text).toMatch(/^# yaml-language-server: \$schema=\.\.\/experiments\/plan\.schema\.json\n/);
  });

  test.each(plans)('accepts $file, as the reader does', ({ value }) => {
    expect(problems(value)).toEqual([]);
    expect(planSchema.safeParse(value).error).toBeUndefined();
  });

  test.each([
    ['another question', { find: 'most' }],
    ['a field that there is not', { nodez: {} }],
    ['no runs', { runs: 0 }],
    ['an objective that there is not', { objectives: { survive: 'rack' } }],
    ['head-room above 1', { objectives: { headroom: { cpu: 2 } } }],
    ['a negative price', { nodes: { types: [{ type: 'm5.large', price: -1 }] } }],
  ])('refuses %s', (_, change) => {
    expect(problems({ ...(plans[0]?.value as object), ...change })).not.toEqual([]);
  });

  test('accepts whatever the reader accepts, however a plan is changed', () => {
    const values = fc.oneof(
      fc.constantFrom<unknown>(0, 1, -1, 2.5, '30s', 'x', 'node', true, null, [], {}),
      fc.string(),
    );
    const change = fc.record({ plan: fc.nat(plans.length - 1), place: fc.nat(60), value: values, drop: fc.boolean() });
    let accepted = 0;
    fc.assert(
      fc.property(change, ({ plan, place, value, drop }) => {
        const changed = structuredClone(plans[plan]?.value);
        const fields = fieldsOf(changed);
        const field = fields[place % fields.length];
        if (field === undefined) return;
        if (drop) delete field.of[field.name];
        else field.of[field.name] = value;
        if (!planSchema.safeParse(changed).success) return;
        accepted++;
        expect(problems(changed)).toEqual([]);
      }),
      { seed: 9, numRuns: 1500 },
    );
    expect(accepted).toBeGreaterThan(100);
  });
});

interface Field {
  readonly of: Record<string, unknown>;
  readonly name: string;
}

/** Every field of every object and list, in the order of the document. */
function fieldsOf(node: unknown): Field[] {
  if (typeof node !== 'object' || node === null) return [];
  const of = node as Record<string, unknown>;
  return Object.keys(of).flatMap((name) => [{ of, name }, ...fieldsOf(of[name])]);
}
