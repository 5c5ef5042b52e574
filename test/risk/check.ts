/** Asks one limit or protection about one order, with exposures measured as the controller measures them. */
import { expect } from 'vitest'
import { defaultsOf } from '../../src/core/setting.ts'
import type { OrderRequest } from '../../src/domain/order.ts'
import type { View } from '../../src/domain/view.ts'
import { fallFrom } from '../../src/risk/drawdown-levels.ts'
import { Exposures } from '../../src/risk/exposures.ts'
import { LIMITS } from '../../src/risk/limits/list.ts'
import { PROTECTIONS } from '../../src/risk/protections/list.ts'
import { view } from '../kernel/fixtures.ts'

export function check(
  name: string,
  values: Readonly<Record<string, number | boolean>>,
  of: OrderRequest,
  given: Partial<View> = {},
): string | undefined {
  const rule = [...LIMITS, ...PROTECTIONS].find((each) => each.name === name)
  if (rule === undefined) throw new Error(`no rule ${name}`)
  const seen = view(given)
  const after = new Exposures()
  after.measure(of, seen)
  after.drawdown = fallFrom(seen.totalPeakEquity(), seen.totalEquity())
  return rule.check(of, seen, { ...defaultsOf(rule.settings), ...values }, after)
}
export const passes = (...args: Parameters<typeof check>): void => expect(check(...args)).toBeUndefined()
export const refuses = (message: RegExp | string, ...args: Parameters<typeof check>): void => {
  const text = check(...args)
  if (typeof message === 'string') expect(text).toBe(message)
  else expect(text).toMatch(message)
}
