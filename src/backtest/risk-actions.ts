/** What risk did of itself, in words for people. */
import type { RiskAction } from '../domain/decision.ts'

type Done = Pick<RiskAction, 'action' | 'cancelled' | 'closing'>

const WORDS: Readonly<Record<RiskAction['action'], string>> = {
  'scale-down': 'sizes are scaled down',
  'stop-opening': 'nothing is opened',
  flatten: 'everything is closed and trading halts until a person resumes',
  recovered: 'full sizes again',
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

/** As `nothing is opened, 2 orders cancelled`. */
export function actionWords({ action, cancelled, closing }: Done): string {
  return [
    WORDS[action],
    ...(cancelled > 0 ? [`${counted(cancelled, 'order')} cancelled`] : []),
    ...(closing > 0 ? [`${counted(closing, 'position')} being closed`] : []),
  ].join(', ')
}
