/**
 * Lets a strategy file in any folder `import { … } from 'autotrading'` and get the very program that runs it, from a checkout
 * as from the installed package: two copies would not know each other's errors and definitions.
 *
 * Hooks module resolution of the thread that loads it; the launcher preloads it, and workers inherit that.
 */
import { registerHooks } from 'node:module'

const entry = new URL(import.meta.url.endsWith('.ts') ? '../index.ts' : '../index.js', import.meta.url).href

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'autotrading' ? { url: entry, shortCircuit: true } : next(specifier, context),
})
