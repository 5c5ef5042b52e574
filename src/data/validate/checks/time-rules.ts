/** What can be wrong with the times of a series; `timeline.ts` finds it. */
import { rule } from '../rule.ts'

export const order = rule('order', 'major', 'rows out of order')
export const duplicate = rule('duplicate', 'major', 'rows that are there twice, alike')
export const conflict = rule('conflict', 'critical', 'two rows of one time with different values')
export const gap = rule('gap', 'major', 'missing rows')
export const offGrid = rule('off-grid', 'major', 'times beside the grid of the interval')
export const clockJump = rule('clock-jump', 'major', 'times shifted against the rows around them')
export const intervalRule = rule('interval', 'critical', 'rows of another interval than the file has')
