/** Losses that stop us from opening anything: from the peak, and since the day and the week began. */
import { defineLimit } from './limit.ts'

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
    const peak = view.peakEquity(order.account)
    const fall = peak > 0 ? 1 - view.equity(order.account) / peak : 0
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
    const today = 1 - equity / view.equityAtDayStart(order.account)
    if (today >= day) return `the day's loss is ${percent(today)}; at ${percent(day)} nothing is opened before the next day`
    const thisWeek = 1 - equity / view.equityAtWeekStart(order.account)
    return thisWeek < week ? undefined : `the week's loss is ${percent(thisWeek)}; at ${percent(week)} nothing is opened before the next week`
  },
})
