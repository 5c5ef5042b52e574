/**
 * Still charts of a report page as HTML and SVG: bars, dots, curves. They need no script, print sharply, and follow the
 * theme, because every colour is a class. The drawing is stretched to the room there is, the texts are not: dots and lines
 * keep their width by `vector-effect`, labels stand outside in plain HTML.
 *
 * Pure: numbers in, markup out.
 */
import { escaped, figure } from './markup.ts'

/** The drawing's own coordinates; it is stretched from there. */
const SIZE = 1_000

export interface Axis {
  readonly from: number
  readonly to: number
  readonly ticks: readonly { readonly at: number; readonly text: string }[]
}

/** Round steps that cut an axis into about `count` pieces: 1, 2 or 5 times a power of ten. */
export function axisOf(low: number, high: number, text: (value: number) => string, count = 4): Axis {
  const [from, to] =
    low < high ? [low, high] : [low - Math.max(1e-9, Math.abs(low)) / 2, high + Math.max(1e-9, Math.abs(high)) / 2]
  const rough = (to - from) / Math.max(1, count)
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough * 0.999) ?? rough
  const ticks: { at: number; text: string }[] = []
  for (let i = Math.ceil(from / step - 1e-9); i * step <= to + step * 1e-9; i++) {
    const at = Number((i * step).toPrecision(12))
    ticks.push({ at, text: text(at) })
  }
  return { from, to, ticks }
}

const share = ({ from, to }: Axis, value: number): number => Math.min(1, Math.max(0, (value - from) / (to - from)))
/** Coordinates with one decimal: a thousandth of a chart is finer than a screen. */
const x = (axis: Axis, value: number): string => (share(axis, value) * SIZE).toFixed(1)
const y = (axis: Axis, value: number): string => ((1 - share(axis, value)) * SIZE).toFixed(1)
const percentOf = (part: number): string => `${(part * 100).toFixed(2)}%`

export interface PlotFrame {
  /** What it shows, in a sentence, for those who do not see it. */
  readonly label: string
  readonly title?: string
  readonly x: Axis
  readonly y: Axis
  readonly xName?: string
  readonly yName?: string
  /** `time`: only the outer labels of the x axis on narrow screens. */
  readonly kind?: 'time'
  /** Legend: class of the colour and words. */
  readonly keys?: readonly (readonly [className: string, text: string])[]
}

/** A frame around a drawing made of the functions below. */
export function plot(frame: PlotFrame, drawing: string): string {
  const rows = frame.y.ticks.map(
    ({ at, text }) => `<span style="top:${percentOf(1 - share(frame.y, at))}">${figure(text)}</span>`,
  )
  const columns = frame.x.ticks.map(({ at, text }) => {
    const place = share(frame.x, at)
    const edge = place < 0.04 ? ' class="first"' : place > 0.96 ? ' class="last"' : ''
    return `<span${edge} style="left:${percentOf(place)}">${figure(text)}</span>`
  })
  const grid = frame.y.ticks.map(({ at }) => `<path class="grid" d="M0 ${y(frame.y, at)}H${SIZE}"/>`).join('')
  const zero = frame.y.from < 0 && frame.y.to > 0 ? `<path class="axis" d="M0 ${y(frame.y, 0)}H${SIZE}"/>` : ''
  const keys = (frame.keys ?? []).map(([className, text]) => `<span><i class="${className}"></i>${escaped(text)}</span>`)
  return `<figure class="plot${frame.kind === undefined ? '' : ` ${frame.kind}`}">${frame.title === undefined ? '' : `<figcaption>${escaped(frame.title)}</figcaption>`}${
    keys.length === 0 ? '' : `<div class="keys">${keys.join('')}</div>`
  }${frame.yName === undefined ? '' : `<div class="y-name">${escaped(frame.yName)}</div>`}<div class="body"><div class="rows" aria-hidden="true">${rows.join('')}</div><div class="area"><svg role="img" aria-label="${escaped(frame.label)}" viewBox="0 0 ${SIZE} ${SIZE}" preserveAspectRatio="none">${grid}${drawing}${zero}</svg></div></div><div class="columns" aria-hidden="true">${columns.join('')}</div>${
    frame.xName === undefined ? '' : `<div class="x-name">${escaped(frame.xName)}</div>`
  }</figure>`
}

export interface Bar {
  readonly from: number
  readonly to: number
  readonly value: number
  readonly className: string
  /** Shown when pointed at. */
  readonly title: string
}

/** Bars from zero up or down; `gap` is the part of a bar's width that stays free. */
export function bars(frame: Pick<PlotFrame, 'x' | 'y'>, list: readonly Bar[], gap = 0.12): string {
  return list
    .map(({ from, to, value, className, title }) => {
      const room = ((to - from) * gap) / 2
      const [left, right] = [Number(x(frame.x, from + room)), Number(x(frame.x, to - room))]
      const [top, bottom] = [Number(y(frame.y, Math.max(0, value))), Number(y(frame.y, Math.min(0, value)))]
      return `<rect class="${className}" x="${left}" y="${top}" width="${(right - left).toFixed(1)}" height="${Math.max(0, bottom - top).toFixed(1)}"><title>${escaped(title)}</title></rect>`
    })
    .join('')
}

/** Dots of one size, all in one path; a length of zero would not be drawn on paper. */
export function dots(
  frame: Pick<PlotFrame, 'x' | 'y'>,
  points: readonly (readonly [number, number])[],
  className: string,
): string {
  if (points.length === 0) return ''
  return `<path class="dots ${className}" d="${points.map(([at, value]) => `M${x(frame.x, at)} ${y(frame.y, value)}h.01`).join('')}"/>`
}

export function curve(
  frame: Pick<PlotFrame, 'x' | 'y'>,
  points: readonly (readonly [number, number])[],
  className: string,
): string {
  if (points.length === 0) return ''
  return `<path class="curve ${className}" d="M${points.map(([at, value]) => `${x(frame.x, at)} ${y(frame.y, value)}`).join('L')}"/>`
}

/** The same filled down to zero. */
export function area(
  frame: Pick<PlotFrame, 'x' | 'y'>,
  points: readonly (readonly [number, number])[],
  className: string,
): string {
  if (points.length < 2) return ''
  const floor = y(frame.y, 0)
  const line = points.map(([at, value]) => `${x(frame.x, at)} ${y(frame.y, value)}`).join('L')
  return `<path class="fill ${className}" d="M${x(frame.x, points[0][0])} ${floor}L${line}L${x(frame.x, points[points.length - 1][0])} ${floor}Z"/>`
}

/** A curve of fewer points: of each of `count` equal pieces of x the lowest and the highest, in their order. */
export function fewer(points: readonly (readonly [number, number])[], count: number): readonly (readonly [number, number])[] {
  if (points.length <= 2 * count) return points
  const [first, last] = [points[0][0], points[points.length - 1][0]]
  const width = (last - first) / count || 1
  const kept: (readonly [number, number])[] = []
  for (let from = 0; from < points.length;) {
    const piece = Math.floor((points[from][0] - first) / width)
    let [low, high, end] = [from, from, from]
    for (; end < points.length && Math.floor((points[end][0] - first) / width) === piece; end++) {
      if (points[end][1] < points[low][1]) low = end
      if (points[end][1] > points[high][1]) high = end
    }
    for (const at of low === high ? [low] : low < high ? [low, high] : [high, low]) kept.push(points[at])
    from = end
  }
  if (kept[kept.length - 1] !== points[points.length - 1]) kept.push(points[points.length - 1])
  return kept
}

export interface Bin {
  readonly from: number
  readonly to: number
  readonly count: number
}

/**
 * Equal bins over all values, one edge of them at zero. The width is that of Freedman and Diaconis (1981),
 * 2 IQR / n^(1/3), kept between 10 and `most` bins; what lies beyond 5 standard deviations shares the outer bins.
 */
export function binsOf(values: readonly number[], most = 41): readonly Bin[] {
  if (values.length === 0) return []
  const sorted = values.toSorted((a, b) => a - b)
  const n = sorted.length
  const quantile = (p: number): number => sorted[Math.min(n - 1, Math.floor(p * n))]
  const centre = sorted.reduce((total, value) => total + value, 0) / n
  const deviation = Math.sqrt(sorted.reduce((total, value) => total + (value - centre) ** 2, 0) / n)
  const low = Math.max(sorted[0], centre - 5 * deviation)
  const high = Math.min(sorted[n - 1], centre + 5 * deviation)
  const span = high - low
  if (!(span > 0)) {
    const half = Math.max(Math.abs(low) * 0.05, 1e-6)
    return [{ from: low - half, to: low + half, count: n }]
  }
  const ideal = (2 * (quantile(0.75) - quantile(0.25))) / Math.cbrt(n)
  const width = Math.min(span / 10, Math.max(span / most, ideal))
  const first = Math.floor(low / width + 1e-9)
  const last = Math.max(first, Math.ceil(high / width - 1e-9) - 1)
  const counts = new Array<number>(last - first + 1).fill(0)
  for (const value of sorted) counts[Math.min(last, Math.max(first, Math.floor(value / width))) - first] += 1
  return counts.map((count, i) => ({ from: (first + i) * width, to: (first + i + 1) * width, count }))
}
