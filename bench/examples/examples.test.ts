/**
 * Each example runs as a stranger runs it, by the package's own name from the built files, and prints what is recorded beside it. To record
 * anew: npx vitest run --config .vitest.config.ts bench/examples -u
 */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const examples = readdirSync(join(ROOT, 'bench/examples'))
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  .map((name) => name.slice(0, -'.ts'.length));

beforeAll(() => {
  execFileSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.json'], { cwd: ROOT });
});

test('there are three: a policy study, a capacity study, and a model on the bare engine', () => {
  expect(examples).toEqual(['call-centre', 'capacity-study', 'policy-study']);
});

test.each(examples)('%s prints what the golden file says', async (name) => {
  const printed = execFileSync(process.execPath, [`dist/bench/examples/${name}.js`], { cwd: ROOT, encoding: 'utf8' });
  await expect(printed).toMatchFileSnapshot(`./${name}.golden.txt`);
});
