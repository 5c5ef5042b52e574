/** The unit tests: those beside their files, and those in `test/` that need no browser. */
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: {
    alias: {
      'autotrading/math': fileURLToPath(new URL('src/math/index.ts', import.meta.url)),
      'autotrading/time': fileURLToPath(new URL('src/core/calendar/index.ts', import.meta.url)),
      autotrading: fileURLToPath(new URL('src/index.ts', import.meta.url)),
    },
  },
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['test/e2e/**', 'test/long/**'],
    setupFiles: ['./test/setup/fast-check.ts'],
    reporters: ['default', './test/setup/plain-line-reporter.ts'],
    // One process a core: the default leaves one core idle, which is half of a small machine.
    maxWorkers: '100%',
    // Nothing here keeps state in modules, so files of tests share them: loading them anew for each file took a quarter of the time.
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: { include: ['src/**/*.ts'], exclude: ['src/**/*.test.ts'] },
  },
})
