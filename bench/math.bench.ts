/** The mathematics: what each heavy routine costs, how that grows with the size, and how it compares with what others wrote. */
import type { Bench } from './bench.ts'
import { INDICATOR_TASKS } from './math/indicators.ts'
import { PORTFOLIOS } from './math/portfolios.ts'
import { REGIMES } from './math/regimes.ts'
import { SEARCHES } from './math/search.ts'
import { measureTask } from './math/task.ts'
import { TESTS_AND_FORECASTS } from './math/tests-and-forecasts.ts'

export const bench: Bench = {
  name: 'math',
  title: 'Mathematics: heavy routines at three sizes, with the exponent of their growth',
  goal: 'in the note',
  floor: '-',
  run: ({ short }) =>
    [...REGIMES, ...PORTFOLIOS, ...SEARCHES, ...INDICATOR_TASKS, ...TESTS_AND_FORECASTS].flatMap((task) =>
      measureTask(task, short),
    ),
}
