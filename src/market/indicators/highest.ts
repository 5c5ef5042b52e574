/** Rolling maximum. */
import type { IndicatorDefinition } from './indicator.ts'
import { RollingExtreme } from './parts/rolling-extreme.ts'

/** Highest of the last n values, and how many updates ago it was (the latest of equals). */
export type Highest = RollingExtreme

export const highest = (length: number): Highest => new RollingExtreme(length, 'highest')

export const highestDefinition: IndicatorDefinition = {
  name: 'highest',
  summary: 'highest of the last n values, and its age in updates',
  call: 'highest(length)',
  takes: 'x',
  source: 'rolling maximum by a monotonic queue',
  example: () => {
    const indicator = highest(20)
    return {
      indicator,
      feed: ({ high }) => void indicator.update(high),
      outputs: () => ({ value: indicator.value, age: indicator.age }),
    }
  },
}
