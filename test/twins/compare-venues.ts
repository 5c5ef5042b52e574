/**
 * The same script played to both exchanges, and the first line in which they differ.
 */
import { codeOf } from '../../src/domain/venue-error.ts'
import type { ReportEvent } from '../../src/domain/event.ts'
import { runFastVenue } from './fast-venue.ts'
import { runNaiveVenue } from './naive-venue/naive-venue.ts'
import { POSITION_SIDES } from './naive-venue/state.ts'
import type { OutcomeReport, VenueScript } from './naive-venue/script.ts'
import { describeScript } from './random-script/random-script.ts'
import { shrinkScript } from './shrink-script.ts'

/**
 * What both must agree on, per account. The order of fills, of entries and of answers counts, that of other reports within
 * a moment does not; of a refusal its code, of an end its reason; the names of forced fills are free.
 */
interface Story {
  readonly fills: readonly string[]
  readonly entries: readonly string[]
  readonly others: readonly string[]
  readonly answers: readonly string[]
  readonly end: readonly string[]
}
const PARTS = ['fills', 'entries', 'others', 'answers', 'end'] as const

const line = (...parts: readonly unknown[]): string => parts.join(' ')
const codeOrWords = (reason: string): string => {
  const code = codeOf(reason)
  return code === undefined ? reason : `-${code}`
}
const isForced = (reason: string | undefined): boolean =>
  reason === 'liquidation' || reason === 'deleveraged' || reason === 'delisting'
/** V12 names no code. */
const answerOf = (what: string, refusal: string): string =>
  refusal === '' ? 'done' : what === 'deleverage' ? 'refused' : codeOrWords(refusal)
const other = (
  each: Pick<OutcomeReport, 'exchangeTime' | 'kind' | 'instrument' | 'clientOrderId' | 'remaining' | 'reason'>,
): string =>
  line(
    each.exchangeTime,
    each.kind,
    each.instrument,
    each.clientOrderId,
    each.kind === 'order-accepted' || each.kind === 'order-amended' ? each.remaining : codeOrWords(each.reason ?? ''),
  )

function naiveStories(script: VenueScript): Story[] {
  const { reports, accounts, feePool, insuranceFund, openOrders } = runNaiveVenue(script)
  return accounts.map(({ wallet, positions }, account) => {
    const mine = reports.filter((each) => each.account === account)
    return {
      fills: mine
        .filter(({ kind }) => kind === 'order-filled')
        .map((each) =>
          line(
            each.exchangeTime,
            each.instrument,
            isForced(each.reason) ? each.reason : each.clientOrderId,
            each.positionSide,
            each.side,
            each.qty,
            'at',
            each.price,
            isForced(each.reason) ? '' : each.liquidity,
            'fee',
            each.fee,
            'realised',
            each.realised,
            'left',
            each.remaining,
          ),
        ),
      entries: mine
        .filter(({ kind }) => kind === 'account')
        .map((each) => line(each.exchangeTime, each.instrument, each.entry, each.amount)),
      others: mine
        .filter(({ kind }) => kind !== 'account' && kind !== 'order-filled' && kind !== 'answer')
        .map(other)
        .sort(),
      answers: mine
        .filter(({ kind }) => kind === 'answer')
        .map((each) => line(each.exchangeTime, each.clientOrderId, answerOf(each.clientOrderId, each.reason ?? ''))),
      end: [
        line('wallet', wallet),
        line('fees', feePool),
        line('fund', insuranceFund),
        line('open', openOrders),
        ...positions.map((each) => line('position', each.instrument, each.side, each.qty, each.cost, each.isolatedWallet)),
      ],
    }
  })
}

function fastStories(script: VenueScript): Story[] {
  const done = runFastVenue(script)
  const { venue, answers } = done
  const reports: readonly ReportEvent[] = done.reports
  return script.capital.map((_, account) => {
    const fills: string[] = []
    const entries: string[] = []
    const others: string[] = []
    for (const report of reports) {
      if (report.account !== account) continue
      if (report.kind === 'account') entries.push(line(report.exchangeTime, report.instrument, report.entry, report.amount))
      else if (report.fill === undefined) others.push(other(report))
      else {
        const { exchangeTime, instrument, clientOrderId, positionSide, side, qty, price, liquidity, fee, realised, reason } =
          report.fill
        fills.push(
          line(
            exchangeTime,
            instrument,
            isForced(reason) ? reason : clientOrderId,
            positionSide,
            side,
            qty,
            'at',
            price,
            isForced(reason) ? '' : liquidity,
            'fee',
            fee,
            'realised',
            realised,
            'left',
            report.remaining,
          ),
        )
      }
    }
    const of = venue.account(account)
    return {
      fills,
      entries,
      others: others.sort(),
      answers: answers
        .filter((each) => each.account === account)
        .map((each) => line(each.time, each.what, answerOf(each.what, each.refusal ?? ''))),
      end: [
        line('wallet', of.wallet),
        line('fees', venue.feePool),
        line('fund', venue.insuranceFund),
        line('open', venue.openOrders),
        ...script.instruments.flatMap(({ index }) =>
          POSITION_SIDES.map((side) => {
            const { qty, cost } = of.position(index, side)
            return line('position', index, side, qty, cost, of.isolatedWallet(index, side))
          }),
        ),
      ],
    }
  })
}

/** The first lines in which they differ; undefined when they agree. */
export function difference(script: VenueScript): string | undefined {
  const ones = naiveStories(script)
  const twos = fastStories(script)
  const found = ones.flatMap((one, account) =>
    PARTS.flatMap((part) => {
      const two = twos[account]
      const length = Math.max(one[part].length, two[part].length)
      const at = Array.from({ length }, (_, i) => i).find((i) => one[part][i] !== two[part][i])
      if (at === undefined) return []
      return [`account ${account}, ${part} number ${at}\n  naive: ${one[part][at]}\n  fast:  ${two[part][at]}`]
    }),
  )
  return found.length === 0 ? undefined : found.join('\n')
}

const differs = (script: VenueScript): boolean => difference(script) !== undefined

/** The seed and a small script, for whoever has to find out why. */
export function complaint(seed: number, script: VenueScript): string {
  const small = shrinkScript(script, differs)
  return `seed ${seed}: ${difference(small)}\n${describeScript(small)}`
}
