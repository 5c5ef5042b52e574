/**
 * Mutation testing of `src/risk`: the table of each file, then one plain line with the score. Fails below the least score of
 * `stryker.config.json`. Arguments narrow it down: `npm run test:mutation -- src/risk/limits/loss.ts`.
 */
import { Stryker } from '@stryker-mutator/core'

const files = process.argv.slice(2)
const stryker = new Stryker({ configFile: 'test/mutation/stryker.config.json', ...(files.length > 0 ? { mutate: files } : {}) })
const results = await stryker.runMutationTest()
const count = (...states: readonly string[]): number => results.filter(({ status }) => states.includes(status)).length
// One after which the tests never end is noticed, too.
const noticed = count('Killed', 'Timeout')
const all = noticed + count('Survived', 'NoCoverage')
console.log(
  `mutation score ${((noticed / all) * 100).toFixed(2)} %: tests noticed ${noticed} of ${all} changes, at least 90 % are needed`,
)
if (!(noticed >= 0.9 * all)) process.exitCode = 1
