/**
 * The newest words of every kind and instrument in a block: what the next market fact is written relative to.
 *
 * Encoder and decoder keep one each and change it alike. It begins empty with every block, so that a block can be read alone.
 */
import { assert } from '../../core/errors.ts'
import { MARKET_KINDS, SLOT_WORDS } from '../../domain/market-slot.ts'

const KINDS = MARKET_KINDS.length
/** Indices are stored in two bytes. */
const INSTRUMENTS_MAX = 65_536

export class SlotHistory {
  words = new Float64Array(KINDS * SLOT_WORDS * 16)
  #block = 0

  begin(): void {
    this.#block += 1
  }

  /** Offset of the row of a kind and instrument. Word 0 and 1 of a row are not the fact's: 0 says in which block it was written. */
  row(kind: number, instrument: number): number {
    const at = (instrument * KINDS + kind) * SLOT_WORDS
    if (instrument >>> 0 !== instrument || at + SLOT_WORDS > this.words.length) this.#grow(instrument)
    if (this.words[at] !== this.#block) {
      this.words.fill(0, at, at + SLOT_WORDS)
      this.words[at] = this.#block
    }
    return at
  }

  #grow(instrument: number): void {
    assert(
      Number.isInteger(instrument) && instrument >= 0 && instrument < INSTRUMENTS_MAX,
      `a market fact of instrument ${instrument} cannot be journalled`,
    )
    const larger = new Float64Array((instrument + 1) * 2 * KINDS * SLOT_WORDS)
    larger.set(this.words)
    this.words = larger
  }
}
