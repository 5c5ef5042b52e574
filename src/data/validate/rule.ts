/**
 * What a flaw is called, how grave it is, and what one costs. Every check of `checks/list.ts` has at least one rule.
 *
 * Types and one constructor; pure.
 */

/**
 * `total`: there is nothing to judge. `fatal`: what could not be read at all, or is not the file it should be. `critical`: numbers that are wrong or cannot be read. `major`: numbers that are missing, doubled or doubtful. `minor`: what a
 * careful reader copes with. `notice`: worth knowing and no flaw, it costs nothing.
 */
export type Weight = 'total' | 'fatal' | 'critical' | 'major' | 'minor' | 'notice'

export interface Rule {
  /** As reports and documents call it. Never changes. */
  readonly name: string
  readonly weight: Weight
  /** One line for people: what is wrong where this is found. */
  readonly title: string
}

export const rule = (name: string, weight: Weight, title: string): Rule => Object.freeze({ name, weight, title })
