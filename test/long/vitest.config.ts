/** Tests that take too long for every change: audits of strategies that cheat, and of honest ones. They run apart: `npm run test:long`. */
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const root = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

export default defineConfig({
  resolve: {
    alias: {
      'autotrading/math': root('src/math/index.ts'),
      'autotrading/time': root('src/core/calendar/index.ts'),
      autotrading: root('src/index.ts'),
    },
  },
  test: {
    root: root(''),
    include: ['test/long/**/*.test.ts'],
    setupFiles: [root('test/setup/fast-check.ts')],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
