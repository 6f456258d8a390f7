/**
 * Every experiment of the tree against the exported JSON Schema, by Ajv, which had no part in making it; and the schema against the
 * reader of experiments: what is read, an editor must not mark as wrong.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { planSchema } from '../capacity/plan-schema.ts';
import { loadStudy } from './load.ts';
import { experimentSchema } from './schema.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDERS = ['bench/scenarios', 'bench/examples', 'bench/policies/examples'];
const schema = JSON.parse(readFileSync(new URL('experiment.schema.json', import.meta.url), 'utf8')) as object;
const validate = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, validateFormats: false }).compile(
  schema,
);

interface Found {
  readonly file: string;
  readonly value: unknown;
}

/** What the YAML files hold, by kind: an experiment has a cluster, a plan says what to find, a manifest has a kind. */
const files: readonly Found[] = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => ({
      file: `${folder}/${name}`,
      value: parse(readFileSync(join(ROOT, folder, name), 'utf8')) as unknown,
    })),
);
const has =
  (field: string) =>
  ({ value }: Found): boolean =>
    typeof value === 'object' && value !== null && field in value;
const experiments = files.filter(has('cluster'));
const plans = files.filter(has('find'));

/** Blocks of the documentation that are whole experiments. */
const documented: readonly Found[] = ['README.md', 'bench/README.md', 'bench/policies/README.md'].flatMap((file) =>
  [...readFileSync(join(ROOT, file), 'utf8').matchAll(/```yaml\n([^]*?)```/g)].flatMap(([, text], index) =>
    parseAllDocuments(text as string)
      .map((document) => ({ file: `${file}, block ${index}`, value: document.toJS() as unknown }))
      .filter(has('workload')),
  ),
);

function problems(value: unknown): string[] {
  return validate(value)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath}: ${message}`);
}

describe('the exported schema, by Ajv', () => {
  test('there is a file of every kind to look at, and none that is neither', () => {
    expect(experiments.length).toBeGreaterThan(2);
    expect(documented.length).toBeGreaterThan(0);
    const known = new Set([...experiments, ...plans, ...files.filter(has('kind'))]);
    expect(files.filter((one) => !known.has(one)).map(({ file }) => file)).toEqual([]);
  });

  test.each([...experiments, ...documented])('accepts $file', ({ value }) => {
    expect(problems(value)).toEqual([]);
  });

  test.each([
    ['a field that there is not', { repeats: 3 }],
    ['a name with capitals', { name: 'Quickstart' }],
    ['no policies', { policies: [] }],
    ['a negative number of runs', { runs: -1 }],
    [
      'a process that is unknown',
      { workload: [{ arrivals: { name: 'a', process: { kind: 'zeno' }, templates: [] } }] },
    ],
  ])('refuses %s', (_, change) => {
    const first = experiments[0] as Found;
    expect(problems({ ...(first.value as object), ...change })).not.toEqual([]);
  });

  test('accepts whatever the reader of experiments accepts, however a scenario is changed', () => {
    const values = fc.oneof(
      fc.constantFrom<unknown>(0, 1, -1, 2.5, '10m', 'x', 'auto', true, null, [], {}),
      fc.string(),
    );
    const change = fc.record({
      file: fc.nat(experiments.length - 1),
      place: fc.nat(400),
      value: values,
      drop: fc.boolean(),
    });
    let accepted = 0;
    fc.assert(
      fc.property(change, ({ file, place, value, drop }) => {
        const changed = structuredClone((experiments[file] as Found).value);
        changeField(changed, place, value, drop);
        if (!experimentSchema.safeParse(changed).success) return;
        accepted++;
        expect(problems(changed)).toEqual([]);
      }),
      { seed: 9, numRuns: 1500 },
    );
    expect(accepted).toBeGreaterThan(100);
  });
});

test.each(plans)('$file is a plan', ({ value }) => {
  expect(planSchema.safeParse(value).error).toBeUndefined();
});

const shared = existsSync(join(ROOT, process.env.CLOCKWORK_SHARED ?? '../shared'));
test.each(experiments)(
  '$file is read with all that it names (what lies in ../shared only where that is)',
  ({ file }) => {
    const text = readFileSync(join(ROOT, file), 'utf8');
    if (text.includes('/shared/') && !shared) return;
    expect(() => loadStudy(join(ROOT, file))).not.toThrow();
  },
);

/** Sets or drops the field at this place, counted over all fields in the order of the document. */
function changeField(root: unknown, place: number, value: unknown, drop: boolean): void {
  const fields: { readonly of: Record<string, unknown>; readonly name: string }[] = [];
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const of = node as Record<string, unknown>;
    for (const name of Object.keys(of)) {
      fields.push({ of, name });
      walk(of[name]);
    }
  };
  walk(root);
  const { of, name } = fields[place % fields.length] as (typeof fields)[number];
  if (drop && !Array.isArray(of)) delete of[name];
  else of[name] = value;
}
