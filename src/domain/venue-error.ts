/**
 * The exchange's error codes and words, as it answers them. The simulated venue refuses with them, the adapter reads them.
 *
 * Source: the exchange's error-code page, and bodies as it really sent them where those differ from the page (a full stop, a longer
 * sentence); `%s` stands for a number or name of the case.
 */

const WORDS = {
  1102: "Mandatory parameter '%s' was not sent, was empty/null, or malformed.",
  1106: "Parameter '%s' sent when not required.",
  1114: 'TimeInForce parameter sent when not required.',
  1115: 'Invalid timeInForce.',
  1121: 'Invalid symbol.',
  1128: 'Combination of optional parameters invalid.',
  2007: 'Invalid callBack rate.',
  2010: 'Account has insufficient balance for requested action.',
  2011: 'Unknown order sent.',
  2013: 'Order does not exist.',
  2019: 'Margin is insufficient.',
  2021: 'Order would immediately trigger.',
  2022: 'ReduceOnly Order is rejected.',
  2025: 'Reach max open order limit.',
  2027: 'Exceeded the maximum allowable position at current leverage.',
  2028: 'Leverage is smaller than permitted: insufficient margin balance.',
  3006: 'Your borrow amount has exceed maximum borrow amount.',
  4001: 'Price less than 0.',
  4002: 'Price greater than max price.',
  4003: 'Quantity less than zero.',
  4004: 'Quantity less than min quantity.',
  4005: 'Quantity greater than max quantity.',
  4006: 'Stop price less than zero.',
  4013: 'Price less than min price.',
  4014: 'Price not increased by tick size.',
  4016: "Limit price can't be higher than %s.",
  4023: 'Qty not increased by step size.',
  4024: "Limit price can't be lower than %s.",
  4028: 'Leverage %s is not valid',
  4045: 'Reach max stop order limit.',
  4046: 'No need to change margin type.',
  4047: 'Margin type cannot be changed if there exists open orders.',
  4048: 'Margin type cannot be changed if there exists position.',
  4049: 'Add margin only support for isolated position.',
  4050: 'Cross balance insufficient.',
  4051: 'Isolated balance insufficient.',
  4054: 'Cannot add position margin: position is 0.',
  4055: 'Amount must be positive.',
  4059: 'No need to change position side.',
  4061: "Order's position side does not match user's setting.",
  4067: 'Position side cannot be changed if there exists open orders.',
  4068: 'Position side cannot be changed if there exists position.',
  4116: 'ClientOrderId is duplicated.',
  4130: 'An open stop or take profit order with GTE and closePosition in the direction is existing.',
  4136: 'Target strategy invalid for orderType %s,closePosition true',
  4137: 'Quantity must be zero with closePosition equals true',
  4141: 'Symbol is closed.',
  4161: 'Leverage reduction is not supported in Isolated Margin Mode with open positions',
  4164: "Order's notional must be no smaller than %s (unless you choose reduce only).",
  4183: "Limit price can't be higher than %s.",
  4184: "Limit price can't be lower than %s.",
  5021: 'Due to the order could not be filled immediately, the FOK order has been rejected. The order will not be recorded in the order history',
  5022: 'Due to the order could not be executed as maker, the Post Only order will be rejected. The order will not be recorded in the order history',
  5024: 'Symbol is not in trading status. Order amendment is not permitted.',
  5025: 'Only limit order is supported.',
  5026: 'Exceed maximum modify order limit.',
  5027: 'No need to modify the order.',
  5029: "Order's notional must be no smaller than %s (unless you choose reduce only).",
  5040: 'The goodTillDate timestamp must be greater than the current time plus 600 seconds and smaller than 253402300799000.',
} as const

/** A code without its sign: `2019` is -2019. */
export type VenueCode = keyof typeof WORDS

/** `-2019 Margin is insufficient.`: what a report carries as its reason; `detail` stands where the words leave a gap. */
export const refusalText = (code: VenueCode, detail = ''): string => `-${code} ${WORDS[code].replace('%s', detail)}`

const CODE = /^-(\d{4}) /

/** The code that a reason begins with; undefined when it is none of the exchange's. */
export function codeOf(reason: string): VenueCode | undefined {
  const code = Number(CODE.exec(reason)?.[1])
  return code in WORDS ? (code as VenueCode) : undefined
}
