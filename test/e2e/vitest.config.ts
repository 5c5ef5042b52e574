/** Tests that need more than Node: a browser. They run apart: `vitest run --config test/e2e/vitest.config.ts`. */
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../..', import.meta.url)),
    include: ['test/e2e/**/*.e2e.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // One browser at a time: these tests wait for screens, not for processors.
    fileParallelism: false,
  },
})
