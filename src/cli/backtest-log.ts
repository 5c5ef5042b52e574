/**
 * `backtest --log FILE`: what a run did, line by line, at the time at which it happened in the run. A subscriber of the audit
 * stream; bars are no lines. A decision is one: why, what it was made of, and what bound it.
 *
 * Writes the file, over an earlier log of ours only, or to the standard error stream.
 */
import { closeSync, existsSync, openSync, readSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { actionWords } from '../backtest/risk-actions.ts'
import { manualClock } from '../core/clock.ts'
import type { ManualClock } from '../core/clock.ts'
import { assert, AutoTradingError, InputError, OutsideError } from '../core/errors.ts'
import { formatRate, formatUnits } from '../core/exact.ts'
import type { Money, Qty } from '../core/exact.ts'
import { createLogger } from '../core/log.ts'
import type { LogDestination, LogFields, Logger, LogLevel } from '../core/log.ts'
import { formatMinute, fromMs, toMs } from '../core/time.ts'
import type { Instrument } from '../domain/instrument.ts'
import { AuditStream } from '../kernel/audit-stream.ts'
import type {
  AccountRecord,
  AuditRecord,
  AuditSubscriber,
  CrossRecord,
  FillRecord,
  OrderSentRecord,
  OrderState,
  OrderStateRecord,
  RefusalRecord,
  RegimeRecord,
  RiskActionRecord,
  TargetRecord,
} from '../kernel/audit-stream.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { Observer } from '../kernel/ports.ts'

/** Asked before the work: whether the log may be written there. @throws InputError */
export function checkLogFile(path: string): void {
  const refuse = (code: string, what: string, next: string): never => {
    throw new InputError(code, `--log ${path}: ${what}`, { where: { file: path }, next })
  }
  const folder = dirname(path)
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    refuse('log-file-folder', `there is no folder ${folder}`, 'Create the folder, or name another file.')
  if (!existsSync(path)) return
  const found = statSync(path)
  if (found.isDirectory()) refuse('log-file-folder', 'this is a folder', 'Name a file in it.')
  if (found.isFile() && found.size > 0 && !isLog(path))
    refuse(
      'log-file-not-ours',
      'this file exists and is not a log of AutoTrading, so it is not replaced',
      'Name another file, or remove this one yourself.',
    )
}

/** By its first line, as far as it goes. */
function isLog(path: string): boolean {
  const bytes = Buffer.alloc(200)
  const descriptor = openSync(path, 'r')
  try {
    return /^\{"level":"[a-z]+","time":-?\d+,/.test(bytes.toString('latin1', 0, readSync(descriptor, bytes)))
  } finally {
    closeSync(descriptor)
  }
}

/** What is read of a kernel; without its books strategies are known by their index. */
type LoggedKernel = Pick<Kernel, 'instruments'> & Partial<Pick<Kernel, 'books' | 'view'>>

/** The log of one run. */
export class RunLog {
  readonly #path: string
  readonly #destination: LogDestination & { close?(): void }
  #failure: unknown

  /** `-` is the standard error stream: readable on a terminal. @throws OutsideError when the file cannot be written. */
  constructor(path: string, { color }: { readonly color: boolean }) {
    this.#path = path
    this.#destination = path === '-' ? standardError(color) : this.#guard(() => new LogFile(path))
  }

  /** What makes the kernel's decisions lines of this log. */
  observers(kernel: LoggedKernel): readonly Observer[] {
    const stream = new AuditStream({
      instruments: kernel.instruments,
      strategyOf: (index) => kernel.books?.owners[index]?.name,
      regimeOf: (instrument) => kernel.view?.regime(instrument),
      onFailure: (_subscriber, cause) => {
        this.#failure = cause
      },
    })
    stream.subscribe(new LogWriter(kernel.instruments, this.#destination))
    return [stream]
  }

  /** Writes what is left; for `finally`, so it keeps a failure for `confirm`. */
  close(): void {
    try {
      this.#destination.close?.()
    } catch (cause) {
      this.#failure ??= cause
    }
  }

  /** @throws OutsideError when lines were lost: the run is whole all the same. */
  confirm(): void {
    if (this.#failure === undefined) return
    if (this.#failure instanceof AutoTradingError) throw this.#failure
    this.#guard(() => {
      throw this.#failure
    })
  }

  #guard<T>(work: () => T): T {
    try {
      return work()
    } catch (cause) {
      throw new OutsideError('log-not-written', `--log ${this.#path}: the log could not be written to its end`, {
        cause,
        where: { file: this.#path },
        next: 'Check the permissions and the space on that disk.',
        retryable: true,
      })
    }
  }
}

const standardError = (color: boolean): LogDestination => ({
  write: (line) => process.stderr.write(color ? line : stripVTControlCharacters(line)),
  isTTY: process.stderr.isTTY,
})

const BUFFER_CHARACTERS = 65_536

/** Lines are collected: a run writes a hundred thousand of them. */
class LogFile implements LogDestination {
  readonly #descriptor: number
  #waiting = ''

  constructor(path: string) {
    this.#descriptor = openSync(path, 'w')
  }

  write(line: string): void {
    this.#waiting += line
    if (this.#waiting.length >= BUFFER_CHARACTERS) this.#flush()
  }

  close(): void {
    try {
      this.#flush()
    } finally {
      closeSync(this.#descriptor)
    }
  }

  #flush(): void {
    const bytes = Buffer.from(this.#waiting, 'utf8')
    this.#waiting = ''
    for (let done = 0; done < bytes.length;) done += writeSync(this.#descriptor, bytes, done)
  }
}

/** The ends of an order, in a word each; what happens before is told by `order-sent` and by its fills. */
const CLOSED: Partial<Readonly<Record<OrderState, string>>> = {
  filled: 'order filled',
  canceled: 'order canceled',
  expired: 'order expired',
  rejected: 'order rejected by the venue',
}

/** Audit records as lines. Every line has `seq`, the event that it came of, and what joins it to others: order, symbol. */
class LogWriter implements AuditSubscriber {
  readonly name = 'log'
  readonly #instruments: readonly Instrument[]
  readonly #clock: ManualClock = manualClock(fromMs(0))
  readonly #log: Logger
  /** On a terminal the logger shows the time of day, and a run takes years. */
  readonly #dated: boolean

  constructor(instruments: readonly Instrument[], destination: LogDestination) {
    this.#instruments = instruments
    this.#log = createLogger({ level: 'trade', clock: this.#clock, destination, pretty: true })
    this.#dated = destination.isTTY === true
  }

  receive(record: AuditRecord): void {
    this.#clock.set(record.time)
    switch (record.kind) {
      case 'fill':
        return this.#fill(record)
      case 'order-state':
        return this.#state(record)
      case 'refusal':
        return this.#refusal(record)
      case 'order-sent':
        return this.#sent(record)
      case 'account':
        return this.#account(record)
      case 'risk-action':
        return this.#action(record)
      case 'note':
        return this.#write('warn', record.text, { seq: record.seq })
      case 'target':
        return this.#target(record)
      case 'regime':
        return this.#regime(record)
      case 'cross':
        return this.#cross(record)
    }
  }

  #fill({
    seq,
    clientOrderId,
    instrument,
    side,
    price,
    qty,
    fee,
    liquidity,
    realised,
    remaining,
    reason,
    tradeId,
  }: FillRecord): void {
    const of = this.#of(instrument)
    this.#write('trade', `${side === 'buy' ? 'bought' : 'sold'} ${of.formatQty(qty)} ${of.symbol} at ${of.formatPrice(price)}`, {
      seq,
      orderId: clientOrderId,
      symbol: of.symbol,
      side,
      qty: of.formatQty(qty),
      price: of.formatPrice(price),
      fee: of.formatMoney(fee),
      realised: of.formatMoney(realised),
      asset: of.settle.name,
      liquidity,
      remaining: of.formatQty(remaining),
      reason,
      tradeId,
    })
  }

  #state({ seq, state, clientOrderId, instrument, remaining, reason }: OrderStateRecord): void {
    const text = CLOSED[state]
    if (text === undefined) return
    const of = this.#of(instrument)
    this.#write('trade', text, {
      seq,
      orderId: clientOrderId,
      symbol: of.symbol,
      remaining: remaining === undefined ? undefined : of.formatQty(remaining),
      reason: reason === '' ? undefined : reason,
    })
  }

  #refusal({ seq, rule, text, clientOrderId, instrument, side, qty, reason }: RefusalRecord): void {
    const of = this.#of(instrument)
    this.#write('risk', `${rule} refused: ${text}`, {
      seq,
      orderId: clientOrderId,
      symbol: of.symbol,
      rule,
      side,
      qty: of.formatQty(qty),
      reason,
    })
  }

  #action({ seq, level, action, text, cancelled, closing }: RiskActionRecord): void {
    this.#write('risk', `${text}: ${actionWords({ action, cancelled, closing })}`, { seq, level, action, cancelled, closing })
  }

  #sent({
    seq,
    clientOrderId,
    instrument,
    side,
    type,
    qty,
    price,
    trigger,
    stop,
    replaces,
    reduceOnly,
    decisionPrice,
    shares,
    reason,
  }: OrderSentRecord): void {
    const of = this.#of(instrument)
    this.#write('audit', `order sent: ${side} ${of.formatQty(qty)} ${of.symbol} ${type}`, {
      seq,
      orderId: clientOrderId,
      symbol: of.symbol,
      side,
      type,
      qty: of.formatQty(qty),
      price: price === undefined ? undefined : of.formatPrice(price),
      trigger: trigger === undefined ? undefined : of.formatPrice(trigger),
      stopOrderId: stop?.clientOrderId,
      stop: stop === undefined ? undefined : of.formatPrice(stop.trigger),
      replaces: replaces.length === 0 ? undefined : replaces,
      reduceOnly: reduceOnly || undefined,
      decisionPrice: of.formatPrice(decisionPrice),
      strategies: shares.map(({ strategy }) => strategy),
      reason,
    })
  }

  /** Why a book shall hold what it shall hold, in one line. */
  #target(record: TargetRecord): void {
    const { seq, strategy, strategyName, instrument, direction, qty, stop, bound, fraction, parts, constraints } = record
    const of = this.#of(instrument)
    const wanted = qty === 0 ? 'nothing' : `${qty > 0 ? 'long' : 'short'} ${of.formatQty(Math.abs(qty) as Qty)}`
    const name = strategyName ?? `strategy ${strategy}`
    this.#write('audit', `${name} wants ${wanted} of ${of.symbol}, bound by ${bound}: ${record.reason}`, {
      seq,
      symbol: of.symbol,
      strategy,
      strategyName,
      direction,
      qty: of.formatQty(qty),
      stop: stop === undefined ? undefined : of.formatPrice(stop),
      bound,
      fraction,
      parts,
      // A constraint that does not bind allows any quantity.
      constraints:
        constraints.length === 0
          ? undefined
          : Object.fromEntries(
              constraints.map(({ name: rule, qty: most }) => [
                rule,
                Number.isFinite(most) ? of.formatQty(Math.floor(most) as Qty) : null,
              ]),
            ),
      regime: record.regime,
      probabilities: record.probabilities,
      reason: record.reason,
    })
  }

  #regime({ seq, instrument, label, probabilities, newRisk, reasons }: RegimeRecord): void {
    const { symbol } = this.#of(instrument)
    const words = `${symbol} is in regime ${label}${newRisk ? '' : ', no new risk'}`
    this.#write('audit', words, { seq, symbol, regime: label, probabilities, newRisk, reasons })
  }

  #cross({ seq, strategy, strategyName, instrument, qty, price }: CrossRecord): void {
    const of = this.#of(instrument)
    const name = strategyName ?? `strategy ${strategy}`
    const did = `${qty > 0 ? 'took' : 'gave'} ${of.formatQty(Math.abs(qty) as Qty)} ${of.symbol}`
    this.#write('trade', `${name} ${did} inside the account at ${of.formatPrice(price)}`, {
      seq,
      symbol: of.symbol,
      strategy,
      strategyName,
      qty: of.formatQty(qty),
      price: of.formatPrice(price),
    })
  }

  #account({ seq, time, entry, asset, amount, instrument, rate, cause, exchangeTime }: AccountRecord): void {
    const text = this.#money(asset, amount)
    this.#write('audit', `${entry} ${text} ${asset}`, {
      seq,
      symbol: instrument === undefined ? undefined : this.#of(instrument).symbol,
      entry,
      amount: text,
      asset,
      rate: entry === 'funding' ? formatRate(rate) : undefined,
      cause: cause === '' || cause === entry ? undefined : cause,
      exchangeTimeMs: exchangeTime === time ? undefined : toMs(exchangeTime),
    })
  }

  /** What is undefined is no field. */
  #write(level: LogLevel, message: string, fields: LogFields): void {
    const dated = this.#dated ? { at: formatMinute(this.#clock.now()), ...fields } : fields
    this.#log[level](message, Object.fromEntries(Object.entries(dated).filter(([, value]) => value !== undefined)))
  }

  #of(id: string): Instrument {
    const found = this.#instruments.find((instrument) => instrument.id === id)
    assert(found !== undefined, () => `the audit stream names ${id}, which the kernel does not know`)
    return found
  }

  /** Booked in the scale of the asset, which every contract that settles in it knows. */
  #money(asset: string, amount: Money): string {
    const settled = this.#instruments.find(({ settle }) => settle.name === asset)
    return formatUnits(amount, settled?.settle.scale ?? 8)
  }
}
