/**
 * Lets a strategy file in any folder `import { … } from 'autotrading'` and get the very program that runs it, from a checkout
 * as from the installed package: two copies would not know each other's errors and definitions.
 *
 * Hooks module resolution of the thread that loads it; the launcher preloads it, and workers inherit that.
 */
import { registerHooks } from 'node:module'

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
const entries = new Map([
  ['autotrading', new URL(`../index.${extension}`, import.meta.url).href],
  ['autotrading/math', new URL(`../math/index.${extension}`, import.meta.url).href],
  ['autotrading/time', new URL(`../core/calendar/index.${extension}`, import.meta.url).href],
])

registerHooks({
  resolve: (specifier, context, next) => {
    const url = entries.get(specifier)
    return url === undefined ? next(specifier, context) : { url, shortCircuit: true }
  },
})
