/** The example of the README runs and prints what it says. */
import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import * as engine from './index.ts';

test('every example prints what its comments say', () => {
  const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8');
  const examples = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code as string);
  expect(examples.length).toBeGreaterThan(0);
  for (const code of examples) {
    const printed: string[] = [];
    const console = { log: (value: unknown) => printed.push(String(value)) };
    runInNewContext(code, { ...engine, console });
    expect(printed).toEqual([...code.matchAll(/console\.log\(.*\); \/\/ (.*)/g)].map(([, said]) => said));
  }
});
