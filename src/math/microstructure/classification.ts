/**
 * Who was the aggressor of a trade, when the exchange does not say: the tick rule, the quote rule, and both by Lee and Ready. Signs are
 * 1 for a buyer, -1 for a seller, 0 for not known.
 *
 * Pure. Sources: C. M. C. Lee, M. J. Ready, Journal of Finance 46 (1991); for the measures of agreement D. Easley, M. Lopez de Prado,
 * M. O'Hara, Journal of Financial Economics 120 (2016).
 */
import { finiteOr, refuseUnless, requireNumber, requireSameLength, requireVector, type Vector } from '../guard.ts'
import { sum } from '../sum.ts'

/**
 * The sign of the last price change that was not zero; 0 until the first change.
 * @param prices of trades, in order
 * @throws MathError `empty`, `not-finite`
 */
export function tickRule(prices: Vector): Int8Array {
  requireVector('prices', prices)
  const signs = new Int8Array(prices.length)
  for (let i = 1; i < prices.length; i++) signs[i] = prices[i] > prices[i - 1] ? 1 : prices[i] < prices[i - 1] ? -1 : signs[i - 1]
  return signs
}

/**
 * The sign of price - (bid + ask)/2, by the quote in force at each trade; 0 at the mid.
 * @throws MathError `empty`, `not-finite`, `shape`, `out-of-domain` when an ask is below its bid
 */
export function quoteRule(prices: Vector, bids: Vector, asks: Vector): Int8Array {
  requireQuotes(prices, bids, asks)
  return Int8Array.from({ length: prices.length }, (_, i) => Math.sign(prices[i] - (bids[i] + 0.5 * (asks[i] - bids[i]))))
}

/**
 * Lee and Ready: the quote rule, and at the mid the tick rule.
 * @throws MathError as `quoteRule`
 */
export function leeReady(prices: Vector, bids: Vector, asks: Vector): Int8Array {
  const byTick = tickRule(prices)
  return quoteRule(prices, bids, asks).map((sign, i) => (sign === 0 ? byTick[i] : sign))
}

function requireQuotes(prices: Vector, bids: Vector, asks: Vector): void {
  requireVector('prices', prices)
  requireVector('bids', bids)
  requireVector('asks', asks)
  requireSameLength('prices', prices, 'bids', bids)
  requireSameLength('prices', prices, 'asks', asks)
  for (let i = 0; i < bids.length; i++)
    refuseUnless(asks[i] >= bids[i], 'out-of-domain', () => `the ask ${asks[i]} is below the bid ${bids[i]}`)
}

/**
 * The share of trades with the right sign, of those that were given one.
 * @param signs as found; 0 is left out
 * @throws MathError `shape`, `no-denominator` when no trade has a sign
 */
export function signAgreement(signs: Vector, truth: Vector): number {
  requireVector('signs', signs)
  requireVector('truth', truth)
  requireSameLength('signs', signs, 'truth', truth)
  let [signed, right] = [0, 0]
  for (let i = 0; i < signs.length; i++) {
    if (signs[i] === 0) continue
    signed += 1
    if (Math.sign(signs[i]) === Math.sign(truth[i])) right += 1
  }
  refuseUnless(signed > 0, 'no-denominator', 'no trade was given a sign')
  return right / signed
}

/**
 * sum (min(buy, true buy) + min(sell, true sell)) / sum volume: the share of the volume that a bulk classification put on the right side.
 * @param buys volume a bar ascribed to buyers
 * @param trueBuys volume a bar of buyers
 * @param volumes both sides
 * @throws MathError `shape`, `out-of-domain` when a buy volume is not between 0 and the volume, `no-denominator` without volume
 */
export function volumeAgreement(buys: Vector, trueBuys: Vector, volumes: Vector): number {
  requireVector('volumes', volumes)
  for (const [name, column] of [
    ['buys', buys],
    ['trueBuys', trueBuys],
  ] as const) {
    requireVector(name, column)
    requireSameLength('volumes', volumes, name, column)
  }
  const matched = Float64Array.from(volumes, (volume, i) => {
    requireNumber(`volumes[${i}]`, volume, 0)
    const slack = volume * (1 + 1e-12)
    requireNumber(`buys[${i}]`, buys[i], 0, slack)
    requireNumber(`trueBuys[${i}]`, trueBuys[i], 0, slack)
    return Math.min(buys[i], trueBuys[i]) + Math.min(volume - buys[i], volume - trueBuys[i])
  })
  const total = finiteOr('overflow', sum(volumes), 'the volume')
  refuseUnless(total > 0, 'no-denominator', 'there is no volume')
  return sum(matched) / total
}
