/** The byte reader must give the very double that `Number` gives, for every decimal text. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseDecimal } from '../../core/exact.ts'
import { DecimalField } from './decimal-field.ts'

const field = new DecimalField()
/** Read from the middle of a line, as in a file. */
function read(text: string): { value: number; decimals: number } {
  const bytes = Buffer.from(`1.5,${text},7`)
  const end = bytes.length - 2
  const value = field.read(bytes, 4, end)
  return { value, decimals: field.significantDecimals(bytes, end) }
}

const digits = (most: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: most })
const decimalTexts = fc.oneof(
  digits(25),
  fc.tuple(digits(20), digits(25)).map(([whole, fraction]) => `${whole}.${fraction}`),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: 1e-90, max: 1e90 }).map(String),
  fc
    .integer({ min: 1, max: 10_000_000 })
    .chain((units) => fc.integer({ min: 0, max: 8 }).map((scale) => (units / 10 ** scale).toFixed(scale))),
)

describe('DecimalField', () => {
  test('gives the double nearest to the text, and its decimals without trailing zeros', () => {
    fc.assert(
      fc.property(decimalTexts, (text) => {
        const { value, decimals } = read(text)
        expect(Object.is(value, Number(text))).toBe(true)
        expect(decimals).toBe(parseDecimal(text)?.scale)
      }),
      { numRuns: 2_000 },
    )
  })

  test.each(['9007199254740993', '9007199254740992.5', '0.1', '123456789.12345678', '1e-7', '.5', '5.', '+3', '00012.500'])(
    'reads %s',
    (text) => {
      expect(read(text).value).toBe(Number(text))
    },
  )

  test.each(['', '.', '-', '12abc', '0x10', 'inf', 'Infinity', 'NaN', ' 1', '1 ', '1,', '1.2.3', '1e', '1e999', '--1', '1_000'])(
    'refuses %j',
    (text) => {
      const bytes = Buffer.from(text)
      expect(field.read(bytes, 0, bytes.length)).toBeNaN()
    },
  )
})
