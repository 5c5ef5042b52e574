/**
 * Ends a test run with one plain line that people and programs can read: `N passed, N failed`, and `, N skipped` when some were.
 * A file that could not be loaded, and an error outside any test, count as failed.
 */
import type { Reporter, TestModule } from 'vitest/node'

export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

export const plainLine = ({ passed, failed, skipped }: Counts): string =>
  `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`

export default class PlainLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const states = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state))
    const count = (state: string): number => states.filter((found) => found === state).length
    // Errors outside the tests: in a suite's own hooks, at the top of a file, or nowhere in particular.
    const broken = modules.reduce(
      (sum, module) =>
        sum +
        module.errors().length +
        [...module.children.allSuites()].reduce((inner, suite) => inner + suite.errors().length, 0),
      0,
    )
    const line = plainLine({
      passed: count('passed'),
      failed: count('failed') + broken + unhandledErrors.length,
      skipped: count('skipped') + count('pending'),
    })
    // After the summary of the reporters before this one, which write when this hook has returned.
    process.once('exit', () => process.stdout.write(`${line}\n`))
  }
}
