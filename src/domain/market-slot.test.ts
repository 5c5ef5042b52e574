import { expect, it } from 'vitest'
import { BAR, MARK, MARKET_KINDS, MarketSlot, QUOTE, SLOT, SLOT_WORDS, TRADE } from './market-slot.ts'

it('a cursor reads the words it stands on, and follows their kind', () => {
  const words = Float64Array.from({ length: 3 * SLOT_WORDS }, (_, i) => i)
  MARKET_KINDS.slice(0, 3).forEach((_, kind) => (words[kind * SLOT_WORDS] = kind))
  const cursor = new MarketSlot()
  expect(cursor.moveTo(words, 0)).toBe(cursor)
  expect(cursor).toMatchObject({
    kind: 'bar',
    openTime: BAR.openTime,
    length: BAR.length,
    close: BAR.close,
    volume: BAR.volume,
    takerBuyBase: BAR.takerBuyBase,
  })
  cursor.moveTo(words, SLOT_WORDS)
  expect(cursor).toMatchObject({
    kind: 'trade',
    seq: SLOT_WORDS + SLOT.seq,
    tradeId: SLOT_WORDS + TRADE.id,
    qty: SLOT_WORDS + TRADE.qty,
    buyerIsMaker: false,
  })
  words[SLOT_WORDS + TRADE.buyerIsMaker] = 1
  expect(cursor.buyerIsMaker).toBe(true)
  cursor.moveTo(words, 2 * SLOT_WORDS)
  expect(cursor).toMatchObject({
    kind: 'quote',
    bidPrice: 2 * SLOT_WORDS + QUOTE.bidPrice,
    askQty: 2 * SLOT_WORDS + QUOTE.askQty,
  })
  words[2 * SLOT_WORDS] = MARKET_KINDS.indexOf('mark')
  expect(cursor.moveTo(words, 2 * SLOT_WORDS)).toMatchObject({ kind: 'mark', mark: 2 * SLOT_WORDS + MARK.mark })
})

it('no word has two meanings within a kind', () => {
  for (const layout of [BAR, TRADE, QUOTE, MARK]) {
    const taken = [...Object.values(SLOT), ...Object.values(layout)]
    expect(new Set(taken).size).toBe(taken.length)
    expect(Math.max(...taken)).toBeLessThan(SLOT_WORDS)
  }
})
