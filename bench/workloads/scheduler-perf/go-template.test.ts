/** The template language: each function, how values are cut and printed, and what is refused where. */
import { describe, expect, test } from 'vitest';
import { GoTemplate } from './go-template.ts';

const executed = (text: string, environment: Record<string, unknown> = { Index: 7, Count: 10, size: 3 }): string =>
  new GoTemplate('t.yaml', text).execute(environment);

describe('a function', () => {
  test.each([
    ['AddInt .Index 1 2', '10'],
    ['AddInt 1.6 1.6', '3'],
    ['AddFloat .Index 0.5', '7.5'],
    ['SubtractInt .Index 10', '-3'],
    ['SubtractFloat 1 .size', '-2'],
    ['MultiplyInt .Index .size 2', '42'],
    ['MultiplyFloat .Index 0.5', '3.5'],
    ['DivideInt .Index .size', '2'],
    ['DivideInt -7 2', '-3'],
    ['DivideFloat .Index 2', '3.5'],
    ['Mod .Index .size', '1'],
    ['Mod -7 3', '-1'],
    ['AddInt "4" `5`', '9'],
    ['AddInt (MultiplyInt .Index 2) (Mod .Index 2)', '15'],
    ['.Index | AddInt 1 | MultiplyInt 2', '16'],
    ['.Index | SubtractInt 10', '3'],
  ])('%s gives %s', (action, value) => {
    expect(executed(`{{${action}}}`)).toBe(value);
  });
});

test('text stays as it stands around the actions', () => {
  expect(executed('a: x-{{.Index}}\nb: {{ .Count }} {not}\n')).toBe('a: x-7\nb: 10 {not}\n');
});

test('trim markers take the white space beside them, and comments give nothing', () => {
  expect(executed('a  {{- .Index -}}  b{{/* c */}}')).toBe('a7b');
});

test('a text is escaped as html/template escapes it', () => {
  expect(executed('{{.v}}', { v: `<a&"b'+` })).toBe('&lt;a&amp;&#34;b&#39;&#43;');
});

test('a template without actions is constant', () => {
  expect([new GoTemplate('t', 'a: 1').isConstant, new GoTemplate('t', 'a: {{.Index}}').isConstant]).toEqual([
    true,
    false,
  ]);
});

describe('refused with file and line:', () => {
  test.each([
    ['an unknown function', '{{Power 2 3}}', 't.yaml:2: {{Power 2 3}}: found Power; accepted are .FIELD'],
    ['a condition', '{{if .Index}}', 'found if; accepted'],
    ['a wrong number of arguments', '{{Mod 1}}', 'Mod has 1 arguments; accepted: 2'],
    ['a field that there is not', '{{.index}}', 'found .index; accepted here: .Index, .Count, .size'],
    ['a division by zero', '{{DivideInt 1 0}}', 't.yaml:2: {{DivideInt 1 0}}: division by zero'],
    ['what is no number', '{{AddInt "x"}}', '"x" is not a number'],
    ['an action that is not closed', '{{.Index', 'not closed by }}'],
    ['a parenthesis that is not closed', '{{AddInt (1}}', 'a parenthesis is not closed'],
    ['an argument after a field', '{{.Index 1}}', 'found 1 after the end'],
  ])('%s', (_, action, message) => {
    expect(() => executed(`x\n${action}`)).toThrow(message);
  });
});
