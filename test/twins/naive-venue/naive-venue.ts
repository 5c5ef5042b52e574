/**
 * A slow simulated exchange, written from `docs/venue.md` and `docs/backtest-assumptions.md` alone: the judge of the fast one.
 *
 * Nothing is cached: positions and wallets are folded from the list of what happened each time they are asked for, lists are
 * sorted again at every step, all arithmetic is exact. May import nouns from domain and exact texts from core, nothing of the engine.
 *
 * Where the pages are silent or can be read in two ways, this is the reading here (A1, A2 ... in the code):
 *
 * Time and prices
 * A1  Instruments are ordered by index, which is the order of their ids; accounts by index.
 * A2  Mark rows that lie inside no traded bar are ignored, by the judgement as by "newest known mark"; only funding reads them.
 * A3  Where an instrument opens at the same moment as the one judged but later in order, its newest mark is still the close before.
 *     No mark yet: valued at cost (no position can be there).
 * A4  Funding's "last open" includes the bar (or the trade) of T itself, although its open comes after the funding (T4).
 * A5  While a range acts, newest price and newest mark are still those of the bar's open; after step 7 they are its closes. The same
 *     holds of the end of a mark row. A trade's price is the newest from the beginning of R1 on.
 * A6  L3 is judged on exact rationals with the mark in 1e-8; the level alone is rounded to ticks.
 * A7  The level is the first tick at which L3 holds seen from where the cushion is thickest (a single position: from the profitable
 *     side), wherever the open is.
 * A8  Where trades drive, the traded price stands in for the mark until the first row of marks acts.
 * A9  "The first price of an instrument": V1.12 and V1.13 know one as soon as there is a mark or a traded price (a band against a trigger
 *     needs none), V1.16 by the price it looks at, V1.17 to V1.19 once it has traded. Without a traded price a protected order is held up.
 *
 * Orders on bars
 * A10 With a cross position left the account is compliant, so a negative wallet is not covered.
 * A11 At a liquidation orders are cancelled by instrument, then in order of arrival, before the fill.
 * A12 Distances and sides are measured from the traded bar's open. At equal distance the stop comes first.
 * A13 The level counts in O3.3 only if the mark's low (long) or high (short) meets L3; of the levels only the one of the account whose
 *     stop is next, and of its isolated positions in that instrument each.
 * A14 A stop that is reached when the bar's volume is used up, or in a bar without volume, has fired: it is a market order from then on.
 * A15 A continued market order keeps its place of arrival, and so does an order that fires; an attached stop arrives when it stands.
 * A16 The cap is taken on the exact decimals of volume and participation (shortest decimal text of the doubles), and is shared by all accounts.
 * A17 Elapsed share is (arrival - start) / length; the ceiling is exact, without tolerance for floats.
 * A18 A stop that fires at its reference slips on its own.
 * A20 Order of a fill's consequences: nothing to fill (expires), self-trades, no volume (waits), replaced stops go, fill, attached and
 *     closing stops of a flat position, trimmed reduce-only limits, own attached stop (stands, expires if flat), what is left of an
 *     order that has nothing left to fill.
 * A21 An order is "done" (O4) by a fill after which it has nothing left to fill. One that ends without such a fill (cancelled, expired when its
 *     turn came) has replaced nothing either: what stood before it still stands, and its own stop never does.
 * A22 An order's turn to fill comes when its price is met (R2: and the queue leaves it something). Orders that are not attached or
 *     closing stops do not expire merely because the position is flat.
 * A23 An attached stop whose position has been reversed in one fill stays, and expires as 'reduce-only' when its turn comes.
 * A24 What the position lacks of a closing part is asked anew at every turn: it may be filled later, if the position is there then and the
 *     order still is. Of a fill all that can be closed is closed, the rest "opens", even if it happens to reduce a greater position.
 * A25 A limit arriving inside the bar and any rest of it stay out of step 5 of that bar.
 * A26 A limit that took part in its first open without filling (no volume, not marketable) rests and takes part in step 5 of the same bar.
 * A27 Step 6 weighs liquidation against stops as step 3 does.
 * A28 No price falls below one tick through slippage. Slippage may leave the bar's range.
 * A29 A liquidation's notional for the fee of L4 is at the price of its fill, slippage included.
 * A30 A client id is "still open" if any working order of the account has it, in whatever instrument; an attached stop counts from the
 *     moment it stands.
 * A31 A cap of a bar is shared by its open and its range.
 * A32 An amount of 0 (funding, liquidation fee) books no entry. A cost is signed like its quantity. The insurance cover is reported
 *     under the instrument that was judged.
 * A33 What is left of an order that one of these rules ends (canceled, expired) is reported as 0 remaining.
 * A34 Stops at their reference are not overtaken by a liquidation. A stop whose id is taken is not placed at any later fill either.
 * A40 Step 2 holds for take-profits, too ("waits for the next bar after step 1 or 2").
 * A41 In steps 1 and 2 an order that looks at the mark compares the mark's open (a trailing one arriving inside the bar takes it as its watermark).
 * A43 A conditional order's price for price protection is the one before slippage.
 * A44 Only limits that rest are met by V7 (not before their first turn, not before the end of a bar from whose end on they rest); the taker's
 *     fill price is the one after slippage. V7 comes before participation: a taker that gets nothing for lack of volume has met them.
 * A45 FOK and IOC at a first turn that is not marketable expire as `fok` and `ioc`.
 *
 * Requests
 * A46 Limit prices, triggers, activation and callback are judged only of the types that use them. V1.11 judges the limit price, not triggers.
 * A47 V1.12: nothing is exempt but what the page names, so that an order whose closing part is all of it, without being reduce-only, is
 *     too small. Bands are compared without rounding; of a fired stop the band is that of its type.
 * A48 V1.15 counts orders that have not fired. V1.9: in hedge mode `closePosition` stands on the closing side. F4 counts it like reduce-only.
 * A49 Covered (V1.17): the open reduce-only orders (conditional ones not counted) leave nothing of the position; asked of limits.
 * A50 V1.18: the position at the mark, signed by the side of the order, the open orders of that side at their assumed prices, this one at
 *     its own. V1.19: cost and available balance are each truncated once. An open sell limit counts in F4 at the mark if that is more.
 * A51 R5: the low is asked of longs, the high of shorts. A trailing order takes each into its watermark before it is asked.
 *     Price protection compares the mark that is asked with the last traded price.
 * A52 V3: what an amendment takes off is taken off the opening part first. Checks come before the end as `amended-away`. Post-only
 *     would take if the newest traded price reaches the new limit.
 * A53 V9: nothing to change (-4046, -4059), then orders, then positions; the default leverage is that of the first table; of a new leverage
 *     what it binds more must be available. V10: type, position, amount, balance.
 *
 * Accounts
 * A54 In the liquidation of an isolated position profit, fee and liquidation fee are booked on its wallet; nothing goes to the cross
 *     wallet before it is flat, then what is left.
 * A55 "Nothing is held any more": no cross position; the wallet that is set to zero is the cross wallet.
 * A56 In one liquidation the judged instrument is valued at the price that was critical: the mark when due at the newest mark, else the level.
 *     A part that was enough ends it. L3 is asked once at each of its moments, also after a part.
 * A57 Of a pair the losing side is the one with the smaller profit at that price, the long one when equal.
 * A58 V12: refused (-2022) above the position, too.
 * A59 V13: all fills of the account count, forced ones as well.
 * A60 Delisting settles what is held at the newest mark (nearest price unit) without fee.
 *
 * Trades
 * A61 A trade through the limit leaves the quantity ahead as it is. A limit that begins to rest takes part in step (e) of the same trade.
 * A62 R3 without participation: resting limits together take at most the trade, whatever takers took.
 */
import { assert } from '../../../src/core/errors.ts'
import type { Money, Qty } from '../../../src/core/exact.ts'
import { MINUTE } from '../../../src/core/time.ts'
import { sum } from './arithmetic.ts'
import { atOpen, atRange, fundingMark, rangeTime } from './bars.ts'
import { atArrival, atDelisting, atWake, nextWake } from './commands.ts'
import { accountsOf, bookEntry, booksOf, isIsolated, MARK_SCALE, newState, RATE_ONE } from './state.ts'
import type { State } from './state.ts'
import { atMarkEnd, atMarkOpen, atTrade } from './trades.ts'
import type { ScriptFunding, VenueOutcome, VenueScript } from './script.ts'

/** T4: what comes first at the same moment. Wakes come between delistings and commands. */
export const KIND = { funding: 0, brackets: 1, delisting: 2, command: 3, markOpen: 4, open: 5, markEnd: 6, range: 7 } as const

interface Moment {
  readonly time: number
  readonly kind: number
  readonly instrument: number
  readonly happen: () => void
}

export function runNaiveVenue(script: VenueScript): VenueOutcome {
  const { instruments } = script
  assert(
    instruments.every((each) => each.settle.name === instruments[0].settle.name),
    'the naive venue keeps one settlement asset',
  )
  assert(
    instruments.every((each, i) => each.index === i && each.priceScale <= MARK_SCALE),
    'instruments stand at their index, with prices of at most 8 decimals',
  )
  const state = newState(script)
  for (const { time, kind, happen } of momentsOf(state)) {
    for (let wake = nextWake(state); wake < time || (wake === time && kind > KIND.delisting); wake = nextWake(state))
      atWake(state, wake)
    happen()
  }
  return outcomeOf(state)
}

/** T4: all moments in one list. The sort is stable, so what is equal in all three stays in the order in which it was sent. */
function momentsOf(state: State): Moment[] {
  const { script } = state
  const moments: Moment[] = []
  const add = (time: number, kind: number, instrument: number, happen: () => void): void =>
    void moments.push({ time, kind, instrument, happen })
  for (const funding of script.funding)
    add(Math.floor(funding.time / MINUTE) * MINUTE, KIND.funding, funding.instrument, () => atFunding(state, funding))
  for (const { instrument, time } of script.delistings)
    add(time, KIND.delisting, instrument, () => atDelisting(state, instrument, time))
  for (const command of [...script.commands].sort((a, b) => a.sentAt - b.sentAt)) {
    const time = command.sentAt + script.settings.orderLatency
    add(time, KIND.command, 0, () => atArrival(state, command, time))
  }
  for (const { index, bracketChanges } of script.instruments) {
    // Tables are looked up by their dates: nothing happens, but it is a moment.
    for (const { from } of bracketChanges) add(from, KIND.brackets, index, () => undefined)
    for (const bar of script.bars[index]) {
      add(bar.openTime, KIND.open, index, () => atOpen(state, index, bar))
      add(rangeTime(bar), KIND.range, index, () => atRange(state, index, bar))
    }
    script.trades[index].forEach((trade, i) => add(trade.time, KIND.open, index, () => atTrade(state, index, i)))
    if (script.trades[index].length === 0) continue
    for (const row of script.marks[index]) {
      add(row.openTime, KIND.markOpen, index, () => atMarkOpen(state, index, row))
      add(rangeTime(row), KIND.markEnd, index, () => atMarkEnd(state, index, row, rangeTime(row)))
    }
  }
  return moments.sort((a, b) => a.time - b.time || a.kind - b.kind || a.instrument - b.instrument)
}

/** M4 */
function atFunding(state: State, { instrument, time, rate, mark }: ScriptFunding): void {
  const at = Math.floor(time / MINUTE) * MINUTE
  const used = fundingMark(state, instrument, mark, at)
  if (used === undefined) return
  const over = RATE_ONE * 10n ** BigInt(MARK_SCALE - state.script.instruments[instrument].priceScale)
  for (const account of accountsOf(state))
    for (const slot of booksOf(state, account).slots) {
      if (slot.instrument !== instrument) continue
      const paid = (slot.qty * used * BigInt(rate)) / over
      const wallet = isIsolated(state, account, instrument) ? slot : undefined
      bookEntry(state, { account, instrument, slot: wallet }, 'funding', -paid, at)
    }
}

function outcomeOf(state: State): VenueOutcome {
  const fees = state.facts.map((each) => (each.fact === 'fill' ? each.fee : 0n))
  const fund = state.facts.map((each) =>
    each.fact === 'entry' && (each.entry === 'liquidation-fee' || each.entry === 'insurance-cover') ? -each.amount : 0n,
  )
  return {
    reports: state.reports,
    accounts: accountsOf(state).map((account) => {
      const { wallet, slots } = booksOf(state, account)
      return {
        wallet: wallet as Money,
        positions: slots.map(({ instrument, side, qty, cost, isolated }) => ({
          instrument,
          side,
          qty: Number(qty) as Qty,
          cost: cost as Money,
          isolatedWallet: isolated as Money,
        })),
      }
    }),
    insuranceFund: sum(fund) as Money,
    feePool: sum(fees) as Money,
    openOrders: state.working.length,
    rules: state.rules,
  }
}
