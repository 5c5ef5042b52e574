/** The unit tests: those beside their files, and those in `test/` that need no browser. */
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** Tests of what is pure, by the floors of the project. */
const PURE = [
  'src/{core,domain,math,market,strategy,portfolio,execution,risk,kernel,sim}/**/*.test.ts',
  'test/{conformance,math,twins}/**/*.test.ts',
]
const common = { setupFiles: ['./test/setup/fast-check.ts'], testTimeout: 60_000, hookTimeout: 60_000 }

export default defineConfig({
  resolve: {
    alias: {
      'autotrading/math': fileURLToPath(new URL('src/math/index.ts', import.meta.url)),
      'autotrading/time': fileURLToPath(new URL('src/core/calendar/index.ts', import.meta.url)),
      autotrading: fileURLToPath(new URL('src/index.ts', import.meta.url)),
    },
  },
  test: {
    reporters: ['default', './test/setup/plain-line-reporter.ts'],
    // One process a core: the default leaves one core idle, which is half of a small machine.
    maxWorkers: '100%',
    projects: [
      // What is pure keeps nothing between files: they may share their modules, and need not load them again for each file.
      { extends: true, test: { ...common, name: 'pure', include: PURE, isolate: false } },
      {
        extends: true,
        test: { ...common, name: 'rest', include: ['src/**/*.test.ts', 'test/**/*.test.ts'], exclude: ['test/e2e/**', ...PURE] },
      },
    ],
    coverage: { include: ['src/**/*.ts'], exclude: ['src/**/*.test.ts'] },
  },
})
