/** Losses that stop us from opening anything: from the peak, and since the day and the week began. */
import { defineLimit } from './limit.ts'

/** Share of `mark` that is lost; where there was nothing, nothing can be lost. Written so that a loss of exactly a tenth is 0.1. */
const fallFrom = (mark: number, equity: number): number => (mark > 0 ? (mark - equity) / mark : 0)
const percent = (share: number): string => `${(share * 100).toFixed(2)} %`

export const drawdown = defineLimit({
  name: 'drawdown',
  description: 'fall of equity from its peak; beyond it nothing is opened',
  settings: {
    enabled: { default: true, description: 'check it' },
    max: { default: 0.25, min: 0.001, max: 1, unit: 'share of the peak', description: 'largest fall from the peak' },
  },
  check(order, view, { enabled, max }) {
    if (!enabled) return undefined
    const fall = fallFrom(view.peakEquity(order.account), view.equity(order.account))
    return fall < max ? undefined : `equity is ${percent(fall)} below its peak; at ${percent(max)} nothing is opened`
  },
})

export const loss = defineLimit({
  name: 'loss',
  description: 'loss since UTC midnight and since Monday; beyond it nothing is opened until the next day or week',
  settings: {
    enabled: { default: true, description: 'check it' },
    day: { default: 0.05, min: 0.0001, max: 1, unit: 'share of equity', description: 'largest loss of a UTC day' },
    week: { default: 0.1, min: 0.0001, max: 1, unit: 'share of equity', description: 'largest loss of a week' },
  },
  check(order, view, { enabled, day, week }) {
    if (!enabled) return undefined
    const equity = view.equity(order.account)
    const today = fallFrom(view.equityAtDayStart(order.account), equity)
    if (today >= day) return `the day's loss is ${percent(today)}; at ${percent(day)} nothing is opened before the next day`
    const thisWeek = fallFrom(view.equityAtWeekStart(order.account), equity)
    return thisWeek < week
      ? undefined
      : `the week's loss is ${percent(thisWeek)}; at ${percent(week)} nothing is opened before the next week`
  },
})
