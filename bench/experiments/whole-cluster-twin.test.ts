/**
 * A whole cluster of 1000 Nodes decided by the index and by the plain rules: the same run, event by event. Long enough for what short
 * ones do not come to, such as classes that fall behind others while they wait. Needs ../shared.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { studyOfManifests } from './load.ts';
import { simulateStudy } from './simulate-study.ts';

const TRACE = join(process.env.CLOCKWORK_SHARED ?? '../shared', 'traces/k8s-sims');

test.skipIf(!existsSync(TRACE))(
  'the index and the plain rules run 1000 Nodes with 7064 Pods alike (needs ../shared)',
  async () => {
    const digestOf = async (plain: boolean): Promise<string | undefined> => {
      const study = studyOfManifests([join(TRACE, 'nodes-1000.yaml')], [join(TRACE, 'pods-1000.yaml')], []);
      const { runs } = await simulateStudy(study, { plain });
      const result = runs[0]?.result;
      return result !== undefined && 'digest' in result ? result.digest : undefined;
    };
    const digest = await digestOf(false);
    expect(digest).toMatch(/^[0-9a-f]{16}$/);
    expect(digest).toBe(await digestOf(true));
  },
);
