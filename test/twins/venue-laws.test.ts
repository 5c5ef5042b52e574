/**
 * What holds of the simulated exchange whatever happens: money is conserved, and a snapshot is the whole of it.
 */
import { describe, expect, it } from 'vitest'
import { LEDGER_KINDS } from '../../src/domain/ledger.ts'
import { fastVenue, runFastVenue, step, walletOf } from './fast-venue.ts'
import type { FastVenue } from './fast-venue.ts'
import type { VenueScript } from './naive-venue.ts'
import { randomScript } from './random-script.ts'

const scriptOf = (seed: number): VenueScript =>
  randomScript(2_000_000 + seed, { instruments: 1 + (seed % 3), bars: 40, commands: 40 })
const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, each) => total + each, 0n)

describe('on random scripts', () => {
  const runs = Array.from({ length: 500 }, (_, seed) => {
    const script = scriptOf(seed)
    return { seed, script, done: runFastVenue(script) }
  })

  it('the wallet is the sum of the ledger', () => {
    for (const { seed, done } of runs) {
      const { ledger } = done.venue.account(0)
      expect(sum(LEDGER_KINDS.map((kind) => ledger.total(kind, 'USDT'))), `seed ${seed}`).toBe(walletOf(done))
    }
  })

  it('the wallet is the capital and what was reported', () => {
    for (const { seed, script, done } of runs) {
      const changes = done.reports.map((report) =>
        report.kind === 'account'
          ? report.amount
          : report.kind === 'order-filled' && report.fill !== undefined
            ? report.fill.realised - report.fill.fee
            : 0n,
      )
      expect(script.capital + sum(changes), `seed ${seed}`).toBe(walletOf(done))
    }
  })

  it('wallet, fee pool and insurance fund are what was deposited, realised and funded', () => {
    for (const { seed, done } of runs) {
      const { venue } = done
      const { ledger } = venue.account(0)
      const total = (kind: (typeof LEDGER_KINDS)[number]): bigint => ledger.total(kind, 'USDT')
      expect(walletOf(done) + venue.feePool + venue.insuranceFund, `seed ${seed}`).toBe(
        total('deposit') + total('realised') + total('funding'),
      )
      expect(venue.feePool, `seed ${seed}`).toBe(-total('commission'))
      expect(venue.insuranceFund, `seed ${seed}`).toBe(-total('liquidation-fee') - total('insurance-cover'))
    }
  })

  it('every order that is no longer open was told so', () => {
    for (const { seed, done } of runs) {
      const open = new Set<string>()
      for (const report of done.reports) {
        if (report.kind === 'account' || report.kind === 'order-rejected') continue
        if (report.kind === 'order-accepted') open.add(report.clientOrderId)
        else if (report.kind !== 'order-filled' || report.remaining === 0) open.delete(report.clientOrderId)
      }
      expect(open.size, `seed ${seed}`).toBe(done.venue.openOrders)
    }
  })
})

/** Everything that a run leaves behind. */
const endOf = ({ venue, timeline }: FastVenue): unknown => ({
  account: venue.account(0).snapshot(),
  open: venue.openOrders,
  fees: venue.feePool,
  fund: venue.insuranceFund,
  timeline: timeline.snapshot(),
})

describe('a snapshot', () => {
  it('restored at any point gives the same remaining reports and the same end', () => {
    let cuts = 0
    for (let seed = 0; seed < 60; seed += 1) {
      const script = scriptOf(seed)
      const whole = fastVenue(script)
      const points: { readonly at: number; readonly venue: unknown; readonly timeline: unknown }[] = []
      do points.push({ at: whole.reports.length, venue: whole.venue.snapshot(), timeline: whole.timeline.snapshot() })
      while (step(whole))
      // Taken before the run went on, used after it has ended: a snapshot shares nothing with the run.
      for (let i = seed % 5; i < points.length; i += 5) {
        const point = points[i]
        const rest = fastVenue(script)
        rest.venue.restore(point.venue as ReturnType<FastVenue['venue']['snapshot']>)
        rest.timeline.restore(point.timeline as ReturnType<FastVenue['timeline']['snapshot']>)
        while (step(rest));
        expect(rest.reports, `seed ${seed}, cut ${i}`).toEqual(whole.reports.slice(point.at))
        expect(endOf(rest), `seed ${seed}, cut ${i}`).toEqual(endOf(whole))
        cuts += 1
      }
    }
    expect(cuts).toBeGreaterThan(500)
  })
})
