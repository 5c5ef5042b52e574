/** Kinds of damage to a file of bars, each with what has to be found and where. Lines are objects, so that they keep their identity while others come and go. */
import type { Prng } from '../../src/core/random.ts'

export interface Line {
  text: string
}

/** A file of bars, header first. */
export interface Sample {
  readonly name: string
  readonly lines: readonly Line[]
  readonly columns: readonly string[]
  /** Between two rows, in milliseconds. */
  readonly unitMs: number
}

export interface Expectation {
  readonly kind: string
  /** One of these has to be found on one of the lines. */
  readonly rules: readonly string[]
  readonly lines: readonly Line[]
}

export interface Injector {
  readonly kind: string
  /** Damages the rows from index `at` on, at most `REACH` of them. */
  inject(file: File, at: number, random: Prng): Expectation
  /** Columns whose values it needs. */
  readonly needs?: readonly string[]
}

/** Rows that an injector may touch, from its place on. */
export const REACH = 30

/** A file that is being damaged. */
export class File {
  readonly lines: Line[]
  readonly columns: readonly string[]
  readonly unitMs: number

  constructor(sample: Sample) {
    this.lines = sample.lines.map(({ text }) => ({ text }))
    this.columns = sample.columns
    this.unitMs = sample.unitMs
  }

  get text(): string {
    return `${this.lines.map(({ text }) => text).join('\n')}\n`
  }

  fields(at: number): string[] {
    return this.lines[at].text.split(',')
  }

  get(at: number, column: string): string {
    return this.fields(at)[this.columns.indexOf(column)]
  }

  number(at: number, column: string): number {
    return Number(this.get(at, column))
  }

  set(at: number, column: string, value: string | number): void {
    const fields = this.fields(at)
    fields[this.columns.indexOf(column)] = String(value)
    this.lines[at].text = fields.join(',')
  }

  has(column: string): boolean {
    return this.columns.includes(column) && this.get(1, column) !== ''
  }

  numberOf(line: Line): number {
    return this.lines.indexOf(line) + 1
  }
}

const PRICES = ['open', 'high', 'low', 'close'] as const

const times = (value: string, factor: number): string => {
  const decimals = value.includes('.') ? value.length - value.indexOf('.') - 1 : 0
  return (Number(value) * factor).toFixed(factor < 1 ? decimals + 1 : decimals)
}

/** A change to one row. */
const onRow = (
  kind: string,
  rules: readonly string[],
  change: (file: File, at: number, random: Prng) => void,
  needs?: readonly string[],
): Injector => ({
  kind,
  ...(needs === undefined ? {} : { needs }),
  inject(file, at, random) {
    const line = file.lines[at]
    change(file, at, random)
    return { kind, rules, lines: [line] }
  },
})

/** Removes rows; what is missing shows at the next one. */
const drop = (kind: string, count: (random: Prng) => number): Injector => ({
  kind,
  inject(file, at, random) {
    file.lines.splice(at, count(random))
    return { kind, rules: ['gap'], lines: [file.lines[at]] }
  },
})

const copyOf = (line: Line): Line => ({ text: line.text })

export const injectors: readonly Injector[] = [
  drop('drop a row', () => 1),
  drop('drop rows', (random) => random.int(2, 20)),
  {
    kind: 'repeat a row',
    inject(file, at) {
      const copy = copyOf(file.lines[at])
      file.lines.splice(at + 1, 0, copy)
      return { kind: this.kind, rules: ['duplicate'], lines: [copy] }
    },
  },
  {
    kind: 'repeat a row with another close',
    inject(file, at) {
      const copy = copyOf(file.lines[at])
      file.lines.splice(at + 1, 0, copy)
      file.set(at + 1, 'close', file.get(at, file.get(at, 'close') === file.get(at, 'high') ? 'low' : 'high'))
      if (copy.text === file.lines[at].text) file.set(at + 1, 'volume', times(file.get(at, 'volume'), 2))
      return { kind: this.kind, rules: ['conflict', 'duplicate'], lines: [copy] }
    },
  },
  {
    kind: 'repeat a block',
    inject(file, at, random) {
      const block = file.lines.slice(at, at + random.int(3, 12)).map(copyOf)
      file.lines.splice(at + block.length, 0, ...block)
      return { kind: this.kind, rules: ['duplicate'], lines: block }
    },
  },
  {
    kind: 'swap two rows',
    inject(file, at) {
      const [a, b] = [file.lines[at], file.lines[at + 1]]
      file.lines.splice(at, 2, b, a)
      return { kind: this.kind, rules: ['order'], lines: [b, a] }
    },
  },
  {
    kind: 'move a row down',
    inject(file, at, random) {
      const [line] = file.lines.splice(at, 1)
      const rows = random.int(3, 20)
      file.lines.splice(at + rows, 0, line)
      return { kind: this.kind, rules: ['order'], lines: [line] }
    },
  },
  {
    kind: 'move a row up',
    inject(file, at, random) {
      const rows = random.int(3, 20)
      const [line] = file.lines.splice(at + rows, 1)
      file.lines.splice(at, 0, line)
      return { kind: this.kind, rules: ['order'], lines: [line] }
    },
  },
  ...[10, 0.1].map((factor) =>
    onRow(`all prices of a row x${factor}`, ['spike'], (file, at) => {
      for (const column of PRICES) file.set(at, column, times(file.get(at, column), factor))
    }),
  ),
  ...[10, 0.1, 1.5].flatMap((factor) =>
    (['open', 'close'] as const).map((column) =>
      onRow(`${column} x${factor}, high and low around it`, ['spike'], (file, at) => {
        const value = times(file.get(at, column), factor)
        file.set(at, column, value)
        file.set(at, factor > 1 ? 'high' : 'low', value)
      }),
    ),
  ),
  onRow('low x0.1', ['spike'], (file, at) => file.set(at, 'low', times(file.get(at, 'low'), 0.1))),
  onRow('high x10', ['spike'], (file, at) => file.set(at, 'high', times(file.get(at, 'high'), 10))),
  ...PRICES.map((column) =>
    onRow(`${column} x10 alone`, ['ohlc', 'spike'], (file, at) => file.set(at, column, times(file.get(at, column), 10))),
  ),
  onRow('negative price', ['price-not-positive'], (file, at) => file.set(at, 'low', `-${file.get(at, 'low')}`)),
  onRow('price of zero', ['price-not-positive'], (file, at) => file.set(at, 'low', '0')),
  onRow('NaN', ['not-a-number'], (file, at, random) => file.set(at, PRICES[random.int(0, 3)], 'NaN')),
  onRow('text in a number', ['not-a-number'], (file, at, random) => file.set(at, PRICES[random.int(0, 3)], 'n/a')),
  onRow('letter in a number', ['not-a-number'], (file, at) => file.set(at, 'close', file.get(at, 'close').replace(/\d$/, 'O'))),
  onRow('empty price', ['empty-field'], (file, at, random) => file.set(at, PRICES[random.int(0, 3)], '')),
  onRow('empty time', ['empty-field'], (file, at) => file.set(at, 'open_time_ms', '')),
  onRow('empty volume', ['empty-field'], (file, at) => file.set(at, 'volume', ''), ['volume']),
  onRow('time some ms late', ['off-grid'], (file, at, random) =>
    file.set(at, 'open_time_ms', file.number(at, 'open_time_ms') + random.int(1, 999)),
  ),
  onRow('time some ms early', ['off-grid'], (file, at, random) =>
    file.set(at, 'open_time_ms', file.number(at, 'open_time_ms') - random.int(1, 999)),
  ),
  onRow('time a year late', ['clock-jump'], (file, at) =>
    file.set(at, 'open_time_ms', file.number(at, 'open_time_ms') + 365 * 86_400_000),
  ),
  onRow('time in seconds', ['time-unit'], (file, at) => file.set(at, 'open_time_ms', file.number(at, 'open_time_ms') / 1_000)),
  onRow('time in microseconds', ['time-unit'], (file, at) => file.set(at, 'open_time_ms', `${file.get(at, 'open_time_ms')}000`)),
  ...[3, -3].map((bars): Injector => ({
    kind: `times of a block shifted by ${bars} bars`,
    inject(file, at, random) {
      const rows = random.int(8, 25)
      for (let i = at; i < at + rows; i += 1) file.set(i, 'open_time_ms', file.number(i, 'open_time_ms') + bars * file.unitMs)
      return { kind: this.kind, rules: ['clock-jump'], lines: file.lines.slice(at, at + rows) }
    },
  })),
  {
    kind: 'stale run',
    inject(file, at, random) {
      const rows = random.int(12, 25)
      const value = file.get(at - 1, 'close')
      for (let i = at; i < at + rows; i += 1) for (const column of PRICES) file.set(i, column, value)
      // The first bar after it opens where the market really was, which is a break of its own.
      return { kind: this.kind, rules: ['stale'], lines: file.lines.slice(at - 1, at + rows + 1) }
    },
  },
  {
    kind: 'rows copied over the next ones',
    inject(file, at, random) {
      const rows = random.int(5, 12)
      for (let i = at + 1; i < at + rows; i += 1)
        for (const column of file.columns.slice(1)) file.set(i, column, file.get(at, column))
      return { kind: this.kind, rules: ['stale'], lines: file.lines.slice(at, at + rows + 1) }
    },
  },
  {
    kind: 'volume of zero',
    needs: ['volume'],
    inject(file, at, random) {
      const rows = random.int(1, 12)
      for (let i = at; i < at + rows; i += 1)
        for (const column of ['volume', 'quote_volume', 'trades', 'taker_buy_base'])
          if (file.has(column)) file.set(i, column, '0')
      return { kind: this.kind, rules: ['zero-volume'], lines: file.lines.slice(at, at + rows) }
    },
  },
  onRow('high and low swapped', ['ohlc'], (file, at) => {
    const [high, low] = [file.get(at, 'high'), file.get(at, 'low')]
    file.set(at, 'high', high === low ? times(low, 0.9) : low)
    file.set(at, 'low', high)
  }),
  onRow(
    'volume and close swapped',
    ['ohlc', 'spike'],
    (file, at) => {
      const [volume, close] = [file.get(at, 'volume'), file.get(at, 'close')]
      file.set(at, 'volume', close)
      file.set(at, 'close', volume)
    },
    ['volume'],
  ),
  onRow(
    'quote volume x1.5',
    ['quote-volume'],
    (file, at) => file.set(at, 'quote_volume', times(file.get(at, 'quote_volume'), 1.5)),
    ['quote_volume'],
  ),
  onRow(
    'takers bought all and more',
    ['taker-buy'],
    (file, at) => file.set(at, 'taker_buy_base', times(file.get(at, 'volume'), 1.2)),
    ['taker_buy_base'],
  ),
  onRow('no trades', ['trade-count'], (file, at) => file.set(at, 'trades', '0'), ['trades']),
  onRow('half a trade', ['trade-count'], (file, at) => file.set(at, 'trades', '7.5'), ['trades']),
  onRow('negative volume', ['negative'], (file, at) => file.set(at, 'volume', `-${file.get(at, 'volume')}`), ['volume']),
  {
    kind: 'volume x1000',
    needs: ['volume'],
    inject(file, at) {
      // The busiest bar around, so that the flaw is one: a thousand times next to nothing is an ordinary volume.
      let most = at
      for (let i = at; i < at + 20; i += 1) if (file.number(i, 'volume') > file.number(most, 'volume')) most = i
      file.set(most, 'volume', times(file.get(most, 'volume'), 1_000))
      return { kind: this.kind, rules: ['volume-spike', 'quote-volume'], lines: [file.lines[most]] }
    },
  },
  onRow('cut line', ['damaged-line'], (file, at) => {
    file.lines[at].text = file.fields(at).slice(0, 3).join(',')
  }),
  onRow('garbled line', ['damaged-line', 'not-a-number', 'time-unit'], (file, at) => {
    file.lines[at].text = '#&%\u0000\u0001ab}{'
  }),
  onRow('unclosed quote', ['damaged-line'], (file, at) => {
    file.lines[at].text = `"${file.lines[at].text}`
  }),
  onRow('field too many', ['damaged-line'], (file, at) => {
    file.lines[at].text += ',1'
  }),
  onRow('exponent', ['notation'], (file, at) => file.set(at, 'close', `${file.number(at, 'close') / 10}e1`)),
  onRow('decimal comma', ['not-a-number'], (file, at) =>
    file.set(at, 'close', `"${file.get(at, 'close').replace('.', ',')},0"`.replace(/,(\d+),0"/, ',$1"')),
  ),
  onRow('spaces', ['notation'], (file, at) => file.set(at, 'close', ` ${file.get(at, 'close')}`)),
  onRow('decimals of a double', ['precision'], (file, at) =>
    file.set(at, 'close', `${file.get(at, 'close').replace(/\.$/, '')}${file.get(at, 'close').includes('.') ? '' : '.'}00000001`),
  ),
  onRow('line end of Windows', ['encoding'], (file, at) => {
    file.lines[at].text += '\r'
  }),
  {
    kind: 'empty line',
    inject(file, at) {
      const line = { text: '' }
      file.lines.splice(at, 0, line)
      return { kind: this.kind, rules: ['encoding'], lines: [line] }
    },
  },
  {
    kind: 'header again',
    inject(file, at) {
      const line = copyOf(file.lines[0])
      file.lines.splice(at, 0, line)
      return { kind: this.kind, rules: ['header'], lines: [line] }
    },
  },
  {
    kind: 'rows of another symbol between',
    inject(file, at, random) {
      const others: Line[] = []
      for (let i = 0; i < random.int(1, 8); i += 1) {
        const copy = copyOf(file.lines[at + 2 * i])
        file.lines.splice(at + 2 * i + 1, 0, copy)
        for (const column of PRICES) file.set(at + 2 * i + 1, column, times(file.get(at + 2 * i, column), 0.03) || '0.01')
        others.push(copy)
      }
      return { kind: this.kind, rules: ['conflict'], lines: others }
    },
  },
  {
    kind: 'rows of another symbol instead',
    inject(file, at, random) {
      const rows = random.int(3, 10)
      for (let i = at; i < at + rows; i += 1) for (const column of PRICES) file.set(i, column, times(file.get(i, column), 4))
      return { kind: this.kind, rules: ['discontinuity', 'spike'], lines: file.lines.slice(at, at + rows + 1) }
    },
  },
  {
    kind: 'rows of a longer interval',
    inject(file, at) {
      const kept = Array.from({ length: 10 }, (_, i) => file.lines[at + i * 3])
      file.lines.splice(at, 30, ...kept)
      return { kind: this.kind, rules: ['interval', 'gap'], lines: [...kept, file.lines[at + kept.length]] }
    },
  },
]
