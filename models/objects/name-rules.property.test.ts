/** Qualified names are told at one look where nothing is wrong with them; the rule part by part says the same. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dns1123SubdomainProblems, qualifiedNameProblems } from './name-rules.ts';

/** pkg/util/validation: an optional DNS subdomain and "/", and a name of at most 63 characters. */
function isQualified(text: string): boolean {
  const parts = text.split('/');
  const [prefix, name] = parts.length === 1 ? [undefined, text] : parts;
  if (parts.length > 2 || (prefix !== undefined && dns1123SubdomainProblems(prefix).length > 0)) return false;
  return (name as string).length <= 63 && /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/.test(name as string);
}

test('a qualified name has no problems, and everything else has some', () => {
  let qualified = 0;
  const part = fc.oneof(
    fc.string({ unit: fc.constantFrom('a', 'B', '1', '-', '_', '.', '/', ' '), maxLength: 6 }),
    fc.constantFrom(
      'example.com',
      'gpu-count',
      'a'.repeat(63),
      'a'.repeat(64),
      `${'a.'.repeat(126)}a`,
      'a'.repeat(254),
    ),
  );
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 3 }), (parts) => {
      const text = parts.join('/');
      if (isQualified(text)) qualified++;
      expect(qualifiedNameProblems(text).length === 0).toBe(isQualified(text));
    }),
    { seed: 1, numRuns: 5000 },
  );
  expect(qualified).toBeGreaterThan(300);
});
