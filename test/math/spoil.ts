/** Spoils good arguments in every way that happens: empty, short, constant, not finite, collinear, out of bounds. */

export interface Spoiled {
  readonly how: string
  readonly args: readonly unknown[]
  /** A NaN or infinity was put in, so that an answer would be a lie. */
  readonly notFinite: boolean
}

interface Change {
  readonly how: string
  readonly value: unknown
  readonly notFinite?: boolean
}

/** Every single change to every argument, and to every field of arguments that are objects. */
export function spoiled(args: readonly unknown[]): Spoiled[] {
  return args.flatMap((arg, i) =>
    changesOf(arg, `argument ${i}`).map(({ how, value, notFinite = false }) => ({
      how,
      args: args.map((other, j) => (i === j ? value : other)),
      notFinite,
    })),
  )
}

function changesOf(value: unknown, at: string): Change[] {
  if (typeof value === 'number') return ofNumber(at)
  if (ArrayBuffer.isView(value)) return ofVector(Array.from(value as Float64Array), at)
  if (Array.isArray(value)) {
    if (value.every((each) => typeof each === 'number')) return ofVector(value, at)
    if (value.every(isVector))
      return ofMatrix(
        value.map((row) => Array.from(row as ArrayLike<number>)),
        at,
      )
    return [
      { how: `${at} empty`, value: [] },
      ...(value as unknown[])
        .slice(0, 1)
        .flatMap((first, _, list) =>
          changesOf(first, `${at}[0]`).map((change) =>
            Object.assign({}, change, { value: [change.value, ...(value as unknown[]).slice(list.length)] }),
          ),
        ),
    ]
  }
  if (value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype)
    return Object.entries(value).flatMap(([key, field]) =>
      changesOf(field, `${at}.${key}`).map((change) =>
        Object.assign({}, change, { value: Object.assign({}, value, { [key]: change.value }) }),
      ),
    )
  return []
}

const isVector = (value: unknown): boolean =>
  ArrayBuffer.isView(value) || (Array.isArray(value) && value.every((each) => typeof each === 'number'))

const ofNumber = (at: string): Change[] => [
  ...[Number.NaN, Infinity, -Infinity].map((value) => ({ how: `${at} = ${value}`, value, notFinite: true })),
  ...[0, -1, 0.5, 1, -0.3].map((value) => ({ how: `${at} = ${value}`, value })),
]

function ofVector(values: readonly number[], at: string): Change[] {
  const middle = Math.floor(values.length / 2)
  const put = (value: number, index = middle): number[] => values.map((each, i) => (i === index ? value : each))
  return [
    { how: `${at} empty`, value: [] },
    { how: `${at} of one value`, value: values.slice(0, 1) },
    { how: `${at} of two values`, value: values.slice(0, 2) },
    { how: `${at} of three values`, value: values.slice(0, 3) },
    { how: `${at} without its last value`, value: values.slice(0, -1) },
    { how: `${at} constant`, value: values.map(() => values[0]) },
    { how: `${at} constant at an awkward number`, value: values.map(() => 0.1) },
    { how: `${at} zeros`, value: values.map(() => 0) },
    { how: `${at} negated`, value: values.map((each) => -each) },
    { how: `${at} tiny`, value: values.map((each) => each * 1e-200) },
    { how: `${at} huge`, value: values.map((each) => each * 1e200) },
    ...(values.length > 0
      ? [Number.NaN, Infinity, -Infinity].flatMap((value) => [
          { how: `${at} with ${value}`, value: put(value), notFinite: true },
          { how: `${at} with ${value} first`, value: put(value, 0), notFinite: true },
          { how: `${at} with ${value} last`, value: put(value, values.length - 1), notFinite: true },
        ])
      : []),
  ]
}

function ofMatrix(rows: readonly (readonly number[])[], at: string): Change[] {
  const middle = Math.floor(rows.length / 2)
  const mapColumn = (change: (value: number, row: readonly number[], i: number) => number): number[][] =>
    rows.map((row, i) => row.map((value, j) => (j === row.length - 1 ? change(value, row, i) : value)))
  return [
    { how: `${at} empty`, value: [] },
    { how: `${at} of empty rows`, value: rows.map(() => []) },
    { how: `${at} of one row`, value: rows.slice(0, 1) },
    { how: `${at} of two rows`, value: rows.slice(0, 2) },
    { how: `${at} with a constant column`, value: mapColumn(() => rows[0][0]) },
    { how: `${at} with two equal columns`, value: mapColumn((_, row) => row[0]) },
    { how: `${at} zeros`, value: rows.map((row) => row.map(() => 0)) },
    { how: `${at} tiny`, value: rows.map((row) => row.map((each) => each * 1e-200)) },
    { how: `${at} huge`, value: rows.map((row) => row.map((each) => each * 1e200)) },
    { how: `${at} ragged`, value: rows.map((row, i) => (i === middle ? row.slice(0, -1) : row)) },
    ...[Number.NaN, Infinity].map((bad) => ({
      how: `${at} with ${bad}`,
      value: mapColumn((value, _, i) => (i === middle ? bad : value)),
      notFinite: true,
    })),
  ]
}
