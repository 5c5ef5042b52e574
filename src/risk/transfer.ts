/** What a transfer between our accounts may take: only what the account that gives does not need for what it holds. */
import { defaultsOf } from '../core/setting.ts'
import type { Settings, ValuesOf } from '../core/setting.ts'
import type { TransferRequest } from '../domain/decision.ts'
import type { View } from '../domain/view.ts'
import type { Exposures } from './exposures.ts'
import { leverage } from './limits/leverage.ts'
import { money } from './limits/words.ts'

/**
 * Why not, or nothing. The equity that stays must keep the leverage limit with everything in flight filled; with that limit
 * switched off, the maintenance margin. What a spot account has bought, or is about to, stays paid for either way.
 */
export function refusalOfTransfer(
  { from, to, amount }: TransferRequest,
  view: View,
  values: Readonly<Record<string, ValuesOf<Settings>>>,
  { equity, gross, long, short }: Exposures,
): string | undefined {
  if (from === to) return 'a transfer goes to another account'
  if (amount <= 0n) return 'a transfer moves a positive amount'
  const { enabled, max } = { ...defaultsOf(leverage.settings), ...values[leverage.name] } as { enabled: boolean; max: number }
  const isSpot = view.accountKind(from) === 'spot'
  const onMargin = enabled ? gross / max : maintenance(from, view)
  const needed = isSpot ? Math.max(long - short, enabled ? short / max : short) : onMargin
  const left = equity - Number(amount)
  if (left >= needed && left >= 0) return undefined
  return `equity ${money(left)} would be left in account ${from}, whose positions need ${money(needed)}`
}

function maintenance(account: number, view: View): number {
  let sum = 0
  for (let i = 0; i < view.instruments.length; i++)
    sum += view.maintenanceMargin(i, view.worstQty(account, i, 0), view.lastPrice(i))
  return sum
}
