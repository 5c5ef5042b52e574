/**
 * The tests that mutants of `src/risk` have to be noticed by: without the property test, which would run a thousand times for each of
 * them. One worker runs all files of a mutant and is kept: the tests of this folder share no state.
 */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/risk/**/*.test.ts'],
    exclude: ['src/risk/risk-property.test.ts'],
    setupFiles: ['./test/setup/fast-check.ts'],
    isolate: false,
    testTimeout: 60_000,
  },
})
