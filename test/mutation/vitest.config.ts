/** The tests that mutants of `src/risk` have to be noticed by. */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/risk/**/*.test.ts'],
    setupFiles: ['./test/setup/fast-check.ts'],
    testTimeout: 60_000,
  },
})
