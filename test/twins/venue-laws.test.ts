/**
 * What holds of the simulated exchange whatever happens: money is conserved, and a snapshot is the whole of it.
 */
import { describe, expect, it } from 'vitest'
import { LEDGER_KINDS } from '../../src/domain/ledger.ts'
import type { LedgerKind } from '../../src/domain/ledger.ts'
import type { SimVenue } from '../../src/sim/sim-venue.ts'
import { fastVenue, runFastVenue, step } from './fast-venue.ts'
import type { FastVenue } from './fast-venue.ts'
import { POSITION_SIDES } from './naive-venue/state.ts'
import type { VenueScript } from './naive-venue/script.ts'
import { randomScript } from './random-script/random-script.ts'

const scriptOf = (seed: number): VenueScript =>
  randomScript(4_000_000 + seed, { instruments: 1 + (seed % 3), rows: 40, commands: 40 })
const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, each) => total + each, 0n)

describe('on random scripts', () => {
  const runs = Array.from({ length: 150 }, (_, seed) => {
    const script = scriptOf(seed)
    const done = runFastVenue(script)
    const accounts = script.capital.map((_, account) => done.venue.account(account))
    const total = (kind: LedgerKind): bigint => sum(accounts.map(({ ledger }) => ledger.total(kind, 'USDT')))
    return { seed, script, done, accounts, total }
  })

  it('a wallet is the sum of its ledger', () => {
    for (const { seed, accounts } of runs)
      for (const { ledger, wallet } of accounts)
        expect(sum(LEDGER_KINDS.map((kind) => ledger.total(kind, 'USDT'))), `seed ${seed}`).toBe(wallet)
  })

  it('a wallet is its capital and what was reported', () => {
    for (const { seed, script, done, accounts } of runs)
      accounts.forEach(({ wallet }, account) => {
        const changes = done.reports
          .filter((report) => report.account === account)
          .map((report) => (report.kind === 'account' ? report.amount : (report.fill?.realised ?? 0n) - (report.fill?.fee ?? 0n)))
        expect(script.capital[account] + sum(changes), `seed ${seed}`).toBe(wallet)
      })
  })

  it('wallets, fee pool and insurance fund are what came from outside, was realised and funded', () => {
    for (const { seed, done, accounts, total } of runs) {
      const { feePool, insuranceFund } = done.venue
      const came = total('deposit') + total('withdrawal') + total('realised') + total('funding')
      expect(sum(accounts.map((each) => each.wallet)) + feePool + insuranceFund, `seed ${seed}`).toBe(came)
      expect(feePool, `seed ${seed}`).toBe(-total('commission'))
      expect(insuranceFund, `seed ${seed}`).toBe(-total('liquidation-fee') - total('insurance-cover'))
    }
  })

  it('the fills of each side are its position; what is flat has neither cost nor a wallet of its own', () => {
    for (const { seed, script, done, accounts } of runs)
      accounts.forEach((account, index) => {
        for (const { index: instrument } of script.instruments)
          for (const side of POSITION_SIDES) {
            const fills = done.reports.flatMap((report) =>
              report.kind === 'account' || report.fill === undefined ? [] : [report.fill],
            )
            const signed = fills
              .filter((each) => each.account === index && each.instrument === instrument && each.positionSide === side)
              .map((each) => (each.side === 'buy' ? each.qty : -each.qty))
            const { qty, cost } = account.position(instrument, side)
            expect(
              signed.reduce((total, each) => total + each, 0),
              `seed ${seed}`,
            ).toBe(qty)
            if (qty === 0) expect([cost, account.isolatedWallet(instrument, side)], `seed ${seed}`).toEqual([0n, 0n])
          }
      })
  })

  it('every order that is no longer open was told so', () => {
    for (const { seed, done } of runs) {
      const open = new Set<string>()
      for (const report of done.reports) {
        if (report.kind === 'account' || report.kind === 'order-rejected') continue
        const id = `${report.account} ${report.clientOrderId}`
        if (report.kind === 'order-accepted') open.add(id)
        else if ((report.kind !== 'order-filled' && report.kind !== 'order-amended') || report.remaining === 0) open.delete(id)
      }
      expect(open.size, `seed ${seed}`).toBe(done.venue.openOrders)
    }
  })
})

/** Everything that a run leaves behind. */
const endOf = ({ venue }: FastVenue): unknown => venue.snapshot()

describe('a snapshot', () => {
  it('restored at any point gives the same remaining reports and the same end', () => {
    let cuts = 0
    for (let seed = 0; seed < 30; seed += 1) {
      const script = scriptOf(seed)
      const whole = fastVenue(script)
      const points: { readonly at: number; readonly next: number; readonly venue: ReturnType<SimVenue['snapshot']> }[] = []
      do points.push({ at: whole.reports.length, next: whole.next, venue: whole.venue.snapshot() })
      while (step(whole))
      // Taken before the run went on, used after it has ended: a snapshot shares nothing with the run. And it is plain data.
      for (let i = seed % 7; i < points.length; i += 7) {
        const { at, next, venue } = points[i]
        const rest = fastVenue(script)
        rest.venue.restore(structuredClone(venue))
        rest.next = next
        while (step(rest));
        expect(rest.reports, `seed ${seed}, cut ${i}`).toEqual(whole.reports.slice(at))
        expect(endOf(rest), `seed ${seed}, cut ${i}`).toEqual(endOf(whole))
        cuts += 1
      }
    }
    expect(cuts).toBeGreaterThan(250)
  })
})
