/**
 * Triple-barrier labels: a position is closed by a profit, a loss, or time, whichever comes first.
 *
 * Pure: numbers in, numbers out. Source: M. López de Prado, Advances in Financial Machine Learning (2018), ch. 3.
 */
import {
  finiteOr,
  refuseUnless,
  requireInteger,
  requireNumber,
  requirePositive,
  requireSameLength,
  requireVector,
  type Vector,
} from '../guard.ts'

/**
 * Exponentially weighted standard deviation of log returns up to and including every bar, with weights (1 - a)^age, a = 2/(span + 1), and
 * the correction for bias (sum w)^2/((sum w)^2 - sum w^2). Undefined for the first two bars, which have fewer than two returns.
 * @throws MathError `too-short` below three prices, `out-of-domain` for prices that are not above zero or a span below 1
 */
export function exponentialVolatility(close: Vector, span: number): readonly (number | undefined)[] {
  requireVector('the prices', close, 3)
  requireNumber('the span', span, 1)
  refuseUnless(span > 1, 'out-of-domain', 'a span of 1 forgets everything but the last return')
  for (let i = 0; i < close.length; i++)
    refuseUnless(close[i] > 0, 'out-of-domain', () => `price ${i} is ${close[i]}; it is above zero`)
  const keep = 1 - 2 / (span + 1)
  const out: (number | undefined)[] = [undefined]
  // Sums of weights and of their squares, the mean, and the weighted squares around it.
  let [weight, squared, mean, spread] = [0, 0, 0, 0]
  for (let i = 1; i < close.length; i++) {
    const r = Math.log(close[i] / close[i - 1])
    const old = keep * weight
    weight = old + 1
    squared = keep * keep * squared + 1
    const change = r - mean
    mean += change / weight
    spread = keep * spread + (old / weight) * change * change
    const correction = weight * weight - squared
    out.push(
      i < 2 || !(correction > 0) ? undefined : finiteOr('overflow', Math.sqrt((spread * weight) / correction), 'a volatility'),
    )
  }
  return out
}

export interface TripleBarrierOptions {
  /** Barrier above, in multiples of the volatility; without it, there is none. */
  readonly profitMultiple?: number
  /** Barrier below, in multiples of the volatility; without it, there is none. */
  readonly lossMultiple?: number
  /** Bars until the vertical barrier. */
  readonly maxBars: number
}

export interface TripleBarrierLabel {
  /** The bar at whose close it began. */
  readonly event: number
  /** The first bar at whose close a barrier was reached; the last bar there is, when time ended first. */
  readonly exit: number
  /** 1 by profit, -1 by loss, 0 by time. */
  readonly side: -1 | 0 | 1
  /** close_exit/close_event - 1. */
  readonly return: number
}

/**
 * Triple-barrier labels: from every event, the first close whose return reaches profit multiple x volatility (side 1) or -loss multiple x
 * volatility (side -1), else the vertical barrier after `maxBars` (side 0).
 * @param events bars at which a position is taken, before the last
 * @param volatility of the events, as a return (see `exponentialVolatility`)
 * @throws MathError `out-of-domain` for prices or volatilities that are not above zero, or events that are no bars before the last; `shape`
 */
export function tripleBarrierLabels(
  close: Vector,
  events: Vector,
  volatility: Vector,
  { profitMultiple, lossMultiple, maxBars }: TripleBarrierOptions,
): readonly TripleBarrierLabel[] {
  requireVector('the prices', close, 2)
  for (let i = 0; i < close.length; i++)
    refuseUnless(close[i] > 0, 'out-of-domain', () => `price ${i} is ${close[i]}; it is above zero`)
  requireVector('the events', events)
  requireVector('the volatilities', volatility)
  requireSameLength('the events', events, 'the volatilities', volatility)
  if (profitMultiple !== undefined) requirePositive('the profit multiple', profitMultiple)
  if (lossMultiple !== undefined) requirePositive('the loss multiple', lossMultiple)
  requireInteger('the number of bars', maxBars, 1)
  return Array.from(events, (event, k) => {
    requireInteger(`event ${k}`, event, 0, close.length - 2)
    requirePositive(`volatility ${k}`, volatility[k])
    const profit = (profitMultiple ?? Infinity) * volatility[k]
    const loss = -(lossMultiple ?? Infinity) * volatility[k]
    const end = Math.min(event + maxBars, close.length - 1)
    const returnAt = (bar: number): number => close[bar] / close[event] - 1
    let exit = event + 1
    while (exit < end && returnAt(exit) < profit && returnAt(exit) > loss) exit += 1
    const earned = finiteOr('overflow', returnAt(exit), 'a return')
    return { event, exit, side: earned >= profit ? 1 : earned <= loss ? -1 : 0, return: earned }
  })
}
