/**
 * What holds of the slow exchange whatever happens; and that random scripts reach all of its rules.
 */
import { describe, expect, it } from 'vitest'
import { describeScript, randomScript } from '../random-script/random-script.ts'
import { runNaiveVenue } from './naive-venue.ts'
import type { OutcomeReport, VenueOutcome, VenueScript } from './script.ts'

const SEEDS = 240
const scriptOf = (seed: number): VenueScript => randomScript(seed, { instruments: 1 + (seed % 3), rows: 26, commands: 30 })
const runs = Array.from({ length: SEEDS }, (_, seed) => {
  const script = scriptOf(seed)
  return { seed, script, outcome: runNaiveVenue(script) }
})
const total = (amounts: readonly (bigint | undefined)[]): bigint => amounts.reduce<bigint>((sum, each) => sum + (each ?? 0n), 0n)
const fillsOf = (outcome: VenueOutcome): readonly OutcomeReport[] =>
  outcome.reports.filter((each) => each.kind === 'order-filled')
const signed = ({ side, qty = 0 as never }: OutcomeReport): number => (side === 'buy' ? qty : -qty)

describe('on random scripts', () => {
  it('a wallet is its capital and what was reported', () => {
    for (const { seed, script, outcome } of runs)
      outcome.accounts.forEach(({ wallet }, account) => {
        const mine = outcome.reports.filter((each) => each.account === account)
        const changes = mine.map((each) => (each.amount ?? 0n) + (each.realised ?? 0n) - (each.fee ?? 0n))
        expect(script.capital[account] + total(changes), `seed ${seed}`).toBe(wallet)
      })
  })

  it('money is conserved: what the accounts have not, the fee pool, the fund and the counterparties have', () => {
    for (const { seed, script, outcome } of runs) {
      const fills = fillsOf(outcome)
      const realised = total(fills.map((each) => each.realised))
      const outside = ['funding', 'deposit', 'withdrawal']
      const came = total(outcome.reports.filter((each) => outside.includes(each.entry ?? '')).map((each) => each.amount))
      const wallets = total(outcome.accounts.map((each) => each.wallet))
      expect(total(script.capital) + realised + came, `seed ${seed}`).toBe(wallets + outcome.feePool + outcome.insuranceFund)
      const cash = total(fills.map((each) => -BigInt(each.price ?? 0) * BigInt(signed(each))))
      // What was paid for all fills is what was realised less what the open positions cost.
      const costs = total(outcome.accounts.flatMap((each) => each.positions.map((position) => position.cost)))
      expect(cash, `seed ${seed}`).toBe(realised - costs)
    }
  })

  it('the fills of each side add up to its position, and a flat position has neither cost nor wallet', () => {
    for (const { seed, outcome } of runs)
      outcome.accounts.forEach(({ positions }, account) => {
        for (const { instrument, side, qty, cost, isolatedWallet } of positions) {
          const own = fillsOf(outcome).filter(
            (each) => each.account === account && each.instrument === instrument && each.positionSide === side,
          )
          expect(
            own.reduce((sum, each) => sum + signed(each), 0),
            `seed ${seed}`,
          ).toBe(qty)
          if (side !== 'both') expect(side === 'long' ? qty >= 0 : qty <= 0, `seed ${seed}`).toBe(true)
          if (qty === 0) expect([cost, isolatedWallet], `seed ${seed}, ${account}, ${instrument}`).toEqual([0n, 0n])
        }
      })
  })

  it('a liquidation that leaves nothing leaves no debt, where all is cross', () => {
    for (const { seed, script, outcome } of runs)
      script.capital.forEach((capital, account) => {
        // Of an isolated position that closes by itself the loss may leave a cross wallet in debt that no liquidation covers.
        if (script.commands.some((each) => each.what === 'margin-type' && each.account === account)) return
        let wallet: bigint = capital
        let isForced = false
        const held = new Map<string, number>()
        const isFlat = (): boolean => [...held.values()].every((qty) => qty === 0)
        for (const report of outcome.reports.filter((each) => each.account === account)) {
          // The entries of a liquidation follow its fill.
          if (isForced && report.kind !== 'account' && isFlat()) expect(wallet >= 0n, `seed ${seed}`).toBe(true)
          const settles = report.entry === 'liquidation-fee' || report.entry === 'insurance-cover'
          isForced = report.reason === 'liquidation' && report.kind === 'order-filled' ? wallet >= 0n : isForced && settles
          wallet += (report.amount ?? 0n) + (report.realised ?? 0n) - (report.fee ?? 0n)
          const slot = `${report.instrument} ${report.positionSide}`
          if (report.kind === 'order-filled') held.set(slot, (held.get(slot) ?? 0) + signed(report))
        }
      })
  })

  it('an order is accepted before anything else happens to it, and silent once it is done', () => {
    for (const { seed, outcome } of runs) {
      const open = new Set<string>()
      for (const { clientOrderId, account, kind, reason, remaining } of outcome.reports) {
        const id = `${account} ${clientOrderId}`
        if (kind === 'account' || kind === 'answer' || kind === 'order-rejected') continue
        if (kind === 'order-filled' && ['liquidation', 'deleveraged', 'delisting'].includes(reason ?? '')) continue
        expect(open.has(id), `seed ${seed}, ${id} ${kind}`).toBe(kind !== 'order-accepted')
        if (kind === 'order-accepted') open.add(id)
        else if (remaining === 0) open.delete(id)
      }
      expect(open.size, `seed ${seed}`).toBe(outcome.openOrders)
    }
  })

  it('time never runs backwards', () => {
    for (const { seed, outcome } of runs)
      expect(
        outcome.reports.every((each, i) => i === 0 || each.exchangeTime >= outcome.reports[i - 1].exchangeTime),
        `seed ${seed}`,
      ).toBe(true)
  })

  it('takes no more of a bar than its share', () => {
    for (const { seed, script, outcome } of runs) {
      const share = script.settings.participation
      if (share === undefined) continue
      for (const { index, qtyScale } of script.instruments)
        for (const { openTime, length, volume } of script.bars[index]) {
          const taken = fillsOf(outcome).filter(
            (each) =>
              each.instrument === index &&
              !['liquidation', 'deleveraged', 'delisting'].includes(each.reason ?? '') &&
              each.exchangeTime >= openTime &&
              each.exchangeTime < openTime + length,
          )
          expect(
            taken.reduce((sum, each) => sum + (each.qty ?? 0), 0),
            `seed ${seed}`,
          ).toBeLessThanOrEqual(volume * share * 10 ** qtyScale + 1e-3)
        }
    }
  })

  it('the same script gives the same outcome, the same seed the same script', () => {
    for (const seed of [0, 7, 42]) {
      expect(runNaiveVenue(scriptOf(seed))).toEqual(runs[seed].outcome)
      expect(describeScript(scriptOf(seed))).toBe(describeScript(runs[seed].script))
    }
  })

  const counts = new Map<string, number>()
  for (const { outcome } of runs)
    for (const [rule, count] of Object.entries(outcome.rules)) counts.set(rule, (counts.get(rule) ?? 0) + count)

  it.each([
    ...['O2 liquidation', 'O2 market', 'O2 limit first', 'O2 limit maker', 'O3.1 reached', 'O3.1 attached', 'O3.2 market'],
    ...['O3.2 limit', 'O3.2 conditional', 'O3.3 attached', 'O3.3 range', 'O3.3 liquidation first', 'O3.4 liquidation'],
    ...['O3.5 limit', 'O3.5 take-profit', 'O3.6 attached', 'O3.6 range', 'O12 inside', 'O12 step 7', 'V4 held up'],
    ...['O4 stands', "O4 stands on its parent's side", 'O4 stands after closing only', 'O5 position lacks', 'O6 cap binds'],
    ...['O6 goes on', 'L4 others follow', 'L6 part', 'L6 whole', 'L6 pair', 'L isolated', 'V10 isolated fill', 'V3 amended'],
    ...['V6 trimmed', 'V7 expire-taker', 'V7 expire-maker', 'V7 expire-both', 'V1 delisted'],
    ...[
      'R1 liquidation',
      'R1 fires',
      'R1 market',
      'R1 limit first',
      'R2 through',
      'R2 queued',
      'R2 at the limit',
      'R5 liquidation',
    ],
    ...['V4 stop fires', 'V4 stop-market fires', 'V4 take-profit fires', 'V4 take-profit-market fires'],
    ...['V4 trailing-stop-market fires', 'V4 trailing-stop-market fires by the mark', 'V4 stop-market fires by the mark'],
    ...['fill market taker', 'fill limit taker', 'fill limit maker', 'fill stop-market taker', 'fill attached-stop taker'],
    ...['fill stop taker', 'fill stop maker', 'fill take-profit taker', 'fill take-profit maker'],
    ...['requested', 'replaced', 'stop-fired', 'liquidation', 'deleveraged', 'countdown'].map((why) => `order-canceled ${why}`),
    ...['reduce-only', 'position-closed', 'delisting', 'ioc', 'fok', 'post-only', 'gtd', 'self-trade'].map(
      (why) => `order-expired ${why}`,
    ),
    ...['-2019', '-2022', '-2027'].map((code) => `order-expired ${code}`),
    ...[1102, 1106, 1121, 1128, 2011, 2013, 2019, 2021, 2022, 2025, 2027, 4001, 4003, 4005, 4006].map(
      (code) => `rejected -${code}`,
    ),
    ...[4016, 4023, 4024, 4061, 4116, 4137, 4164, 4183, 5025, 5040].map((code) => `rejected -${code}`),
    ...['leverage done', 'leverage -2028', 'leverage -4028', 'leverage -4161', 'margin-type done', 'margin-type -4046'],
    ...['margin-type -4047', 'margin-type -4048', 'position-mode done', 'position-mode -4059', 'position-mode -4067'],
    ...['position-mode -4068', 'move-margin done', 'move-margin -4049', 'move-margin -4051', 'move-margin -4054'],
    ...['deleverage done', 'deposit', 'withdrawal', 'funding', 'liquidation-fee', 'insurance-cover'],
  ])('reach the rule: %s', (rule) => {
    expect(counts.get(rule) ?? 0).toBeGreaterThan(0)
  })

  it('liquidate a good share of the accounts, but not most of them', () => {
    const accounts = runs.flatMap(({ outcome }) => outcome.accounts.map((_, account) => ({ outcome, account })))
    const died = accounts.filter(({ outcome, account }) =>
      fillsOf(outcome).some((each) => each.account === account && each.reason === 'liquidation'),
    ).length
    expect(died).toBeGreaterThan(accounts.length * 0.15)
    expect(died).toBeLessThan(accounts.length * 0.6)
  })
})
