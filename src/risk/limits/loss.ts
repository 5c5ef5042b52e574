/** Losses since the day and since the week began, of all accounts together: a hedge loses on one side what it wins on the other. */
import { fallFrom } from '../drawdown-levels.ts'
import { defineLimit } from './limit.ts'
import { percent } from './words.ts'

export const loss = defineLimit({
  name: 'loss',
  description: 'loss since UTC midnight and since Monday; beyond it nothing is opened until the next day or week',
  settings: {
    enabled: { default: true, description: 'check it' },
    day: { default: 0.05, min: 0.0001, max: 1, unit: 'share of equity', description: 'largest loss of a UTC day' },
    week: { default: 0.1, min: 0.0001, max: 1, unit: 'share of equity', description: 'largest loss of a week' },
  },
  check(_order, view, { enabled, day, week }, { totalEquity }) {
    if (!enabled) return undefined
    const today = fallFrom(view.totalAtDayStart(), totalEquity)
    if (today >= day) return `the day's loss is ${percent(today)}; at ${percent(day)} nothing is opened before the next day`
    const thisWeek = fallFrom(view.totalAtWeekStart(), totalEquity)
    return thisWeek < week
      ? undefined
      : `the week's loss is ${percent(thisWeek)}; at ${percent(week)} nothing is opened before the next week`
  },
})
