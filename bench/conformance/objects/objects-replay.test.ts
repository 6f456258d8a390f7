/** What `models/objects` computes agrees with every recorded call, where the recordings are at hand. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { replayFile } from '../replay-files.ts';

const shared = process.env['CLOCKWORK_SHARED'] ?? resolve(import.meta.dirname, '../../../../shared');
const folder = resolve(shared, 'conformance/primitives');

describe.skipIf(!existsSync(folder))('recorded calls (skipped without ../shared/conformance/primitives)', () => {
  it.each([
    ['quantity', 1477, [['huge-exponent', 4]]],
    ['selectors', 1955, []],
    ['podresources', 865, []],
    ['duration', 1241, []],
    ['printpods', 1001, []],
    ['printothers', 949, []],
  ] as [string, number, [string, number][]][])('%s agrees in all %i cases', (base, cases, excused) => {
    const outcome = replayFile(resolve(folder, `${base}.jsonl.gz`), { print: () => {} });
    expect(outcome.firstDifferences).toEqual([]);
    expect(outcome.cases).toBeGreaterThanOrEqual(cases);
    expect([...outcome.excused]).toEqual(excused);
  });
});
