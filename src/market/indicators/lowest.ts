/** Rolling minimum. */
import type { IndicatorDefinition } from './indicator.ts'
import { RollingExtreme } from './parts/rolling-extreme.ts'

/** Lowest of the last n values, and how many updates ago it was (the latest of equals). */
export type Lowest = RollingExtreme

export const lowest = (length: number): Lowest => new RollingExtreme(length, 'lowest')

export const lowestDefinition: IndicatorDefinition = {
  name: 'lowest',
  summary: 'lowest of the last n values, and its age in updates',
  call: 'lowest(length)',
  takes: 'x',
  source: 'rolling minimum by a monotonic queue',
  example: () => {
    const indicator = lowest(20)
    return {
      indicator,
      feed: ({ low }) => void indicator.update(low),
      outputs: () => ({ value: indicator.value, age: indicator.age }),
    }
  },
}
