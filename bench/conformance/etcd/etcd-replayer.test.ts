/** The store against recordings of a real etcd, where those are at hand. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readRecording } from '../recording-file.ts';
import type { Verdict } from '../recording.ts';
import { etcdReplayer } from './etcd-replayer.ts';

const SHARED = process.env['CLOCKWORK_SHARED'] ?? fileURLToPath(new URL('../../../../shared', import.meta.url));
const FOLDER = join(SHARED, 'conformance', 'etcd');
const files = existsSync(FOLDER) ? readdirSync(FOLDER).sort() : [];

describe.skipIf(files.length === 0)(`recordings in ../shared/conformance/etcd`, () => {
  test.each(files)('%s: every answer and every watch agrees', (file) => {
    const verdicts: Verdict[] = [];
    etcdReplayer.replay(readRecording(join(FOLDER, file)), (verdict) => verdicts.push(verdict));
    expect(verdicts.length).toBeGreaterThan(40);
    expect(verdicts.filter(({ agrees }) => !agrees)).toEqual([]);
  });
});

describe('the replayer', () => {
  const header = { revision: '2' };
  const meta = { meta: { etcd: '3.5.16' } };
  const put = { i: 0, op: 'put', req: { key: 'YQ==', value: 'MQ==' }, status: 200, resp: { header } };

  test('agrees with a right answer and differs from a wrong one', () => {
    const verdicts: Verdict[] = [];
    const wrong = { ...put, i: 1, resp: { header: { revision: '9' } } };
    etcdReplayer.replay([meta, put, wrong], (verdict) => verdicts.push(verdict));
    expect(verdicts.map(({ agrees }) => agrees)).toEqual([true, false]);
    expect(verdicts[1]?.found).toContain('"revision":"3"');
  });

  test('does not take other recordings for its own', () => {
    expect(etcdReplayer.accepts('etcd-01.jsonl', { k: 'meta' })).toBe(false);
  });
});
