/** How refusals write shares and money. */
import { formatUnits } from '../../core/exact.ts'

/** 0.1 is `10.00 %`. */
export const percent = (share: number): string => `${(share * 100).toFixed(2)} %`

/** Money units of 1e-8 as decimal text of at most two digits after the point. */
export const money = (amount: number): string => (Number.isFinite(amount) ? formatUnits(Math.round(amount / 1e6), 2) : 'unknown')
