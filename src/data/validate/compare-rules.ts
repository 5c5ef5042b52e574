/** What files contradict each other in. */
import { rule } from './rule.ts'

export const contradiction = rule('contradiction', 'major', 'bars that another interval contradicts')
export const volumeDiffers = rule('volume-differs', 'minor', 'volumes that another interval contradicts')
export const copies = rule('copies', 'major', 'bars that another copy contradicts')
