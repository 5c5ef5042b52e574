/** What can be wrong with an order book and the messages that keep it. */
import { rule } from '../rule.ts'

export const sequence = rule('sequence', 'major', 'book updates that do not join')
export const crossed = rule('crossed-book', 'critical', 'bids at or above asks')
export const levels = rule('book-levels', 'critical', 'price levels out of order or without a size')
export const bridging = rule('snapshot', 'major', 'snapshots that the updates do not continue')
export const receiveTime = rule('receive-time', 'minor', 'times of receipt that go back')
