/** The fast reader of plain YAML and the yaml package agree on whatever the fast reader accepts. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { NOT_PLAIN, parsePlainYaml } from './plain-yaml.ts';

const leaf = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom(
    'true',
    'null',
    '12',
    '1e3',
    '0x1f',
    '.5',
    '-',
    '- a',
    'a: b',
    'a #b',
    "it's",
    '100m',
    '',
    'yes',
    '~',
  ),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
  fc
    .array(fc.constantFrom('some', 'words:', "it's", '#5', '-', 'and', 'longer-words-too'), {
      minLength: 12,
      maxLength: 40,
    })
    .map((words) => words.join(' ')),
  fc.constantFrom('line\nline\n', 'a\n\nb', '  lead\nb\n', 'a\n'),
);
const key = fc.oneof(fc.stringMatching(/^[a-z][a-zA-Z0-9./-]{0,10}$/), fc.constantFrom('true', '1', 'spec', 'a b', ''));
const value = fc.letrec((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.dictionary(key, tie('node'), { maxKeys: 4 }),
    fc.array(tie('node'), { maxLength: 3 }),
  ),
})).node;
const document = fc.dictionary(key, value, { minKeys: 1, maxKeys: 4, noNullPrototype: true });

/** Texts near YAML: lines of the shapes that matter, put together blindly. */
const line = fc
  .tuple(
    fc.constantFrom('', '  ', '    ', ' '),
    fc.constantFrom('', '- ', '-  ', '- - '),
    fc.constantFrom(
      'a:',
      'b:',
      'a: ',
      'b: 1',
      "c: 'x'",
      'd: "y"',
      'e: |',
      'f: |-',
      'text',
      '{}',
      '[]',
      '# note',
      '',
      'g: [1]',
      '-',
      'h: a: b',
      "k: 'open",
      "close'",
      "l: 'a''b'",
      'i: x # y',
      '---',
      'j: "a',
      'k:  z  ',
    ),
  )
  .map((parts) => parts.join(''));

function library(text: string): unknown {
  try {
    return { value: parse(text) };
  } catch {
    return 'error';
  }
}

describe('parsePlainYaml', () => {
  test('agrees with the package on what the package writes', () => {
    let plain = 0;
    fc.assert(
      fc.property(document, fc.constantFrom(0, 80), (object, lineWidth) => {
        const text = stringify(object, { lineWidth, singleQuote: true });
        const fast = parsePlainYaml(text);
        if (fast === NOT_PLAIN) return;
        plain++;
        expect({ value: fast }).toEqual(library(text));
      }),
      { seed: 1, numRuns: 500 },
    );
    expect(plain).toBeGreaterThan(50);
  });

  test('agrees with the package on whatever it accepts of lines put together blindly', () => {
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 7 }), (lines) => {
        const text = lines.join('\n');
        const fast = parsePlainYaml(text);
        if (fast !== NOT_PLAIN) expect({ value: fast }).toEqual(library(text));
      }),
      { seed: 2, numRuns: 5000 },
    );
  });

  test('agrees with the package on metadata of lines put together blindly, whatever was read before', () => {
    let plain = 0;
    const fields = fc.constantFrom(
      'annotations:',
      'labels:',
      '  a: b',
      '    c: d',
      'name: x',
      ' y: z',
      '- a',
      '# note',
    );
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.oneof(fields, line), { minLength: 1, maxLength: 7 }), { minLength: 1, maxLength: 3 }),
        (documents) => {
          const shared = new Map<string, unknown>();
          for (const lines of documents) {
            const text = `kind: Pod\nmetadata:\n${lines.map((each) => `  ${each}`).join('\n')}\nspec:\n  a: b`;
            const fast = parsePlainYaml(text, shared);
            if (fast === NOT_PLAIN) continue;
            plain++;
            expect({ value: fast }).toEqual(library(text));
          }
        },
      ),
      { seed: 3, numRuns: 5000 },
    );
    expect(plain).toBeGreaterThan(500);
  });

  test('shares equal specs, annotations and labels, and nothing else', () => {
    const shared = new Map<string, unknown>();
    const text = (name: string): string =>
      `kind: Pod\nmetadata:\n  annotations:\n    a: b\n  name: ${name}\n  labels:\n    c: d\nspec:\n  containers:\n  - name: main`;
    const [a, b] = ['a', 'b'].map(
      (name) => parsePlainYaml(text(name), shared) as Record<string, Record<string, unknown>>,
    );
    expect(a?.spec).toBe(b?.spec);
    expect(a?.metadata?.annotations).toBe(b?.metadata?.annotations);
    expect(a?.metadata?.labels).toBe(b?.metadata?.labels);
    expect(b).toEqual({
      kind: 'Pod',
      metadata: { annotations: { a: 'b' }, name: 'b', labels: { c: 'd' } },
      spec: { containers: [{ name: 'main' }] },
    });
  });

  test('a quoted text over several lines is one line', () => {
    const text = "a:\n  message: '0/3 nodes are available: it''s\n    full.'\n  b: 2";
    expect(parsePlainYaml(text)).toEqual({ a: { message: "0/3 nodes are available: it's full.", b: 2 } });
  });

  test('a literal block keeps its lines, and what follows is read on', () => {
    const text = 'a:\n  note: |\n    {"x": 1}\n      deeper\n\n    end\n\n  b: 2';
    expect(parsePlainYaml(text)).toEqual({ a: { note: '{"x": 1}\n  deeper\n\nend\n', b: 2 } });
  });
});
