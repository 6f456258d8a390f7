/** Test runner settings: tests stand beside the file they test. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{engine,models,bench,results}/**/*.test.ts'],
    testTimeout: 60_000,
    pool: 'threads',
  },
});
