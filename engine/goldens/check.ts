/**
 * A script: draws the goldens and fails when they are not the published ones. It runs from the build under any Node, without
 * a test runner: `node dist/engine/goldens/check.js`, and on another version `npx -y -p node@24 node
 * dist/engine/goldens/check.js`.
 */
import { drawGoldens, GOLDEN_DIGEST } from './draws.ts';

const { digest, shown } = drawGoldens();
if (digest !== GOLDEN_DIGEST) {
  throw new Error(`the goldens are ${digest}; published is ${GOLDEN_DIGEST}\n${JSON.stringify(shown, null, 2)}`);
}
console.log(`goldens agree: ${digest}`);
