/** What was traded in one instrument: notional and slippage of its fills, exact. Pure. */
import { notional } from '../core/exact.ts'
import type { Recorder } from './recorder.ts'
import { slippageOf } from './trade-recorder.ts'

/** `slippage`: paid = positive. */
export function tradedOf(
  { recorder }: { readonly recorder: Recorder },
  instrument: number,
): { readonly notional: bigint; readonly slippage: bigint } {
  let [total, slippage] = [0n, 0n]
  for (const [i, fill] of recorder.fills.entries()) {
    if (fill.instrument !== instrument) continue
    total += notional(fill.price, fill.qty)
    slippage += slippageOf(fill, fill.qty, recorder.decided[i])
  }
  return { notional: total, slippage }
}
