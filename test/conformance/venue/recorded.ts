/**
 * Recorded events of real accounts, in one form: an SDK renamed the fields of some and parsed their numbers; others are as they came.
 * Amounts are decimal texts.
 */
import { readFileSync } from 'node:fs'

/** An execution, creation or end of an order. */
export interface RecordedOrder {
  readonly kind: 'order'
  readonly source: string
  readonly name: string
  readonly id: string
  readonly side: 'buy' | 'sell'
  readonly type: 'market' | 'limit'
  readonly qty: string
  readonly price: string
  readonly execution: 'NEW' | 'TRADE' | 'CANCELED' | 'EXPIRED'
  readonly filled: string
  readonly filledPrice: string
  /** Undefined where the recording lacks it. */
  readonly fee: string | undefined
  readonly isMaker: boolean
  readonly realised: string
  readonly reduceOnly: boolean
  /** Notionals of open orders on both sides after the event. */
  readonly bids: string
  readonly asks: string
  readonly time: number
}

/** What an event says of the account. */
export interface RecordedAccount {
  readonly kind: 'account'
  readonly source: string
  readonly name: string
  readonly cause: string
  readonly wallet: string
  readonly crossWallet: string
  readonly change: string
  readonly position: RecordedPosition | undefined
}

export interface RecordedPosition {
  readonly amount: string
  readonly entry: string
  /** Realised in the symbol so far, fees not deducted. */
  readonly accumulated: string
  readonly unrealised: string
  readonly isIsolated: boolean
  readonly isolatedWallet: string
}

type Fields = Record<string, unknown>

const text = (value: unknown): string => (typeof value === 'number' || typeof value === 'string' ? String(value) : '0')

function orderRow(source: string, name: string, o: Fields, time: number): RecordedOrder {
  return {
    kind: 'order',
    source,
    name,
    id: text(o['orderId']),
    side: o['orderSide'] === 'BUY' ? 'buy' : 'sell',
    type: o['orderType'] === 'MARKET' ? 'market' : 'limit',
    qty: text(o['originalQuantity']),
    price: text(o['originalPrice']),
    execution: o['executionType'] as RecordedOrder['execution'],
    filled: text(o['lastFilledQuantity']),
    filledPrice: text(o['lastFilledPrice']),
    fee: typeof o['commissionAmount'] === 'number' ? text(o['commissionAmount']) : undefined,
    isMaker: o['isMakerTrade'] === true,
    realised: text(o['realisedProfit']),
    reduceOnly: o['isReduceOnly'] === true,
    bids: text(o['bidsNotional']),
    asks: text(o['asksNotional']),
    time,
  }
}

function accountRow(source: string, name: string, update: Fields): RecordedAccount {
  const [balance] = update['updatedBalances'] as readonly Fields[]
  const position = (update['updatedPositions'] as readonly Fields[]).at(0)
  return {
    kind: 'account',
    source,
    name,
    cause: text(update['updateEventType']),
    wallet: text(balance['walletBalance']),
    crossWallet: text(balance['crossWalletBalance']),
    change: text(balance['balanceChange']),
    position: position && {
      amount: text(position['positionAmount']),
      entry: text(position['entryPrice']),
      accumulated: text(position['accumulatedRealisedPreFee']),
      unrealised: text(position['unrealisedPnl']),
      isIsolated: position['marginType'] === 'isolated',
      isolatedWallet: text(position['isolatedWalletAmount']),
    },
  }
}

/** The sessions of 2022, in order: everything whose source is one of the numbered examples. */
export function recordedSessions(path: string): readonly (RecordedOrder | RecordedAccount)[] {
  return readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { source: string; name: string; payload: Fields })
    .filter(({ source }) => source.startsWith('exemple-'))
    .map(({ source, name, payload }) => {
      const order = payload['order'] as Fields | undefined
      if (order !== undefined) return orderRow(source, name, order, Number(payload['transactionTime']))
      return accountRow(source, name, payload['updateData'] as Fields)
    })
}
