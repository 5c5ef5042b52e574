/**
 * A stand-in for Binance's public archive and the market-data part of its REST interface, on loopback: the same paths, names,
 * checksums, limits and errors, over made-up rows that are a function of symbol, kind and time. Faults are switched on from
 * outside. For tests, and by hand:
 *
 *     node test/standins/binance-archive.ts --port 8901 [--now ISO] [--slow MS]
 */
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { addMonths, barEnd, barStart, DAY, fromMs, HOUR, intervalOf, parseTime, toMs, weekday } from '../../src/core/time.ts'
import type { Interval, Micros } from '../../src/core/time.ts'
import { zipOf } from './one-entry-zip.ts'

/** What becomes of one answer. */
export type Fault =
  /** Another status; with `retryAfter` in seconds. */
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: number }
  /** The body breaks off after so many bytes: by a reset, by an orderly end, or by nothing more coming. */
  | { readonly kind: 'reset' | 'cut' | 'stall'; readonly bytes: number }
  /** One bit of the body is another one. */
  | { readonly kind: 'flip'; readonly at: number }
  /** As if ranges were unknown. */
  | { readonly kind: 'noRange' }
  /** Something that is no JSON and no checksum, with status 200. */
  | { readonly kind: 'garbage' }

export interface StandInOptions {
  readonly nowMs: () => number
  /** First and last moment of each contract. */
  readonly listed: Readonly<Record<string, readonly [Micros, Micros]>>
  readonly weightLimit?: number
  /** Asked for each request; its path and query, and how many requests there were before. */
  readonly fault?: (path: string, count: number) => Fault | undefined
  /** Between two pieces of a body. */
  readonly slowMs?: number
}

export interface Request {
  readonly path: string
  readonly range: string | undefined
  readonly status: number
}

const KLINES = ['klines', 'markPriceKlines', 'indexPriceKlines', 'premiumIndexKlines']
const KLINE_HEADER =
  'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore'
const FUNDING_HEADER = 'calc_time,funding_interval_hours,last_funding_rate'

export class BinanceStandIn {
  readonly requests: Request[] = []
  /** Paths of the archive that are not there. */
  readonly holes = new Set<string>()
  /** Paths whose `.CHECKSUM` is of other bytes. */
  readonly wrongChecksums = new Set<string>()
  /** Paths that were published once more, with other rows. */
  readonly replaced = new Map<string, number>()
  fault: StandInOptions['fault']
  /** Weight that other programs of the same address use in every minute. */
  usedByOthers = 0
  readonly #options: StandInOptions
  readonly #server: Server
  readonly #zips = new Map<string, Buffer>()
  #window = -1
  #used = 0
  #refusals = 0
  #bannedUntil = 0

  constructor(options: StandInOptions) {
    this.#options = options
    this.fault = options.fault
    this.#server = createServer((request, response) => this.#answer(request, response))
  }

  async listen(port = 0): Promise<string> {
    await new Promise<void>((done) => this.#server.listen(port, '127.0.0.1', done))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((done) => this.#server.close(done))
  }

  // ---- The truth ----------------------------------------------------------------------------------------------------------

  /** The zip at a path of the archive; undefined when it was never published. */
  zip(path: string): Buffer | undefined {
    const known = this.#zips.get(`${path} ${this.replaced.get(path) ?? 0}`)
    if (known !== undefined && !this.holes.has(path)) return known
    const made = this.#makeZip(path)
    if (made !== undefined) this.#zips.set(`${path} ${this.replaced.get(path) ?? 0}`, made)
    return made
  }

  #makeZip(path: string): Buffer | undefined {
    const match = /^data\/futures\/um\/(daily|monthly)\/(\w+)\/([^/]+)\/(?:(\w+)\/)?([^/]+?)-(\d{4}-\d{2}(?:-\d{2})?)\.zip$/.exec(
      decodeURIComponent(path),
    )
    if (match === null || this.holes.has(path)) return undefined
    const [, cut, kind, symbol, interval, stem, date] = match
    const from = parseTime(date)
    const to = cut === 'monthly' ? addMonths(from, 1) : ((from + DAY) as Micros)
    if (stem !== `${symbol}-${interval ?? kind}` || (date.length === 7) !== (cut === 'monthly')) return undefined
    if (this.#options.nowMs() < toMs(publishedAt(cut, to))) return undefined
    if (kind === 'fundingRate' && cut === 'daily') return undefined
    const lines = this.lines(kind, symbol, interval === undefined ? undefined : intervalOf(interval), from, to)
    if (lines.length === 0) return undefined
    const version = this.replaced.get(path) ?? 0
    const header = KLINES.includes(kind)
      ? KLINE_HEADER
      : kind === 'fundingRate'
        ? FUNDING_HEADER
        : 'id,price,qty,quote_qty,time,is_buyer_maker'
    const text = [header, ...lines, ...(version === 0 ? [] : [lines[lines.length - 1]]), ''].join('\n')
    return zipOf(`${stem}-${date}.csv`, text)
  }

  /** Rows of the archive in [from, to). */
  lines(kind: string, symbol: string, interval: Interval | undefined, from: Micros, to: Micros): readonly string[] {
    if (KLINES.includes(kind) && interval !== undefined)
      return this.#bars(kind, symbol, interval, from, to).map((bar) => bar.join(','))
    if (kind === 'fundingRate')
      return this.#settlements(symbol, from, to).map(({ fundingTime, fundingRate }) => `${fundingTime},8,${fundingRate}`)
    return this.#bars('klines', symbol, intervalOf('15m'), from, to).map(
      ([time, price], i) => `${i},${price},1,${price},${time},true`,
    )
  }

  #bars(
    kind: string,
    symbol: string,
    interval: Interval,
    from: Micros,
    to: Micros,
    limit = Infinity,
  ): readonly (readonly (string | number)[])[] {
    const [listed, delisted] = this.#options.listed[symbol] ?? [to, from]
    const rows: (readonly (string | number)[])[] = []
    let open = barStart(Math.max(from, listed) as Micros, interval)
    if (open < from) open = barEnd(open, interval)
    for (; open < Math.min(to, delisted) && rows.length < limit; open = barEnd(open, interval))
      rows.push(bar(kind, symbol, open, barEnd(open, interval)))
    return rows
  }

  #settlements(symbol: string, from: Micros, to: Micros) {
    const [listed, delisted] = this.#options.listed[symbol] ?? [to, from]
    const rows: { symbol: string; fundingTime: number; fundingRate: string; markPrice: string; rateType: string }[] = []
    for (let time = Math.floor(Math.max(from, listed) / (8 * HOUR)) * 8 * HOUR; time < Math.min(to, delisted); time += 8 * HOUR) {
      const ms = time / 1_000 + ((time / (8 * HOUR)) % 6) // jitter of a few ms
      const rate = ((((time / (8 * HOUR)) * 7) % 40) - 10) / 100_000
      const markPrice = priceAt('mark', symbol, time as Micros)
      if (fromMs(ms) >= from && fromMs(ms) < to)
        rows.push({ symbol, fundingTime: ms, fundingRate: rate.toFixed(8), markPrice, rateType: 'Regular' })
    }
    return rows
  }

  // ---- Answers ------------------------------------------------------------------------------------------------------------

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '', 'http://stand.in')
    const path = url.pathname.slice(1)
    const fault = this.fault?.(url.pathname + url.search, this.requests.length)
    const send = (status: number, body: Buffer, headers: Readonly<Record<string, string>> = {}): void => {
      this.requests.push({ path: url.pathname + url.search, range: request.headers.range, status })
      this.#send(response, { status, body, headers }, fault)
    }
    if (fault?.kind === 'status') {
      const retry: Record<string, string> = fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) }
      return send(fault.status, Buffer.from('<html>no</html>'), retry)
    }
    if (fault?.kind === 'garbage') return send(200, Buffer.from('<html>maintenance</html>'))
    if (path.startsWith('fapi/')) return this.#rest(url, send)
    return this.#file(path, fault?.kind === 'noRange' ? {} : request.headers, send)
  }

  #file(
    path: string,
    headers: IncomingMessage['headers'],
    send: (status: number, body: Buffer, headers?: Record<string, string>) => void,
  ): void {
    const checksum = path.endsWith('.CHECKSUM')
    const zipPath = checksum ? path.slice(0, -'.CHECKSUM'.length) : path
    const zip = this.zip(zipPath)
    if (zip === undefined) return send(404, Buffer.from('<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>'))
    if (checksum) {
      const hash = createHash('sha256').update(this.wrongChecksums.has(zipPath) ? 'other bytes' : zip)
      const name = decodeURIComponent(zipPath.split('/').at(-1) ?? '')
      return send(200, Buffer.from(`${hash.digest('hex')}  ${name}\n`))
    }
    const etag = `"${createHash('md5').update(zip).digest('hex')}"`
    const common = { etag, 'accept-ranges': 'bytes' }
    const from = Number(/^bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? Number.NaN)
    const sameVersion = headers['if-range'] === undefined || headers['if-range'] === etag
    if (Number.isNaN(from) || !sameVersion) return send(200, zip, common)
    if (from >= zip.length) return send(416, Buffer.alloc(0), { ...common, 'content-range': `bytes */${zip.length}` })
    return send(206, zip.subarray(from), { ...common, 'content-range': `bytes ${from}-${zip.length - 1}/${zip.length}` })
  }

  #rest(url: URL, send: (status: number, body: Buffer, headers?: Record<string, string>) => void): void {
    const json = (status: number, value: unknown): void =>
      send(status, Buffer.from(JSON.stringify(value)), { 'content-type': 'application/json', ...this.#usage() })
    const query = (name: string): string | undefined => url.searchParams.get(name) ?? undefined
    const kind = url.pathname.split('/').at(-1) ?? ''
    const limit = Number(query('limit') ?? (kind === 'fundingRate' ? 100 : 500))
    const now = this.#options.nowMs()
    if (now < this.#bannedUntil) return json(418, ban(this.#bannedUntil))
    if (!this.#spend(KLINES.includes(kind) ? weightOf(limit) : 1)) {
      this.#refusals += 1
      if (this.#refusals <= 3)
        return json(429, { code: -1003, msg: 'Too many requests; current limit is 2400 requests per minute.' })
      this.#bannedUntil = now + 120_000
      return json(418, ban(this.#bannedUntil))
    }
    this.#refusals = 0
    if (kind === 'time') return json(200, { serverTime: now })
    const symbol = query(kind === 'indexPriceKlines' ? 'pair' : 'symbol')
    if (symbol === undefined || !(symbol in this.#options.listed)) return json(400, { code: -1121, msg: 'Invalid symbol.' })
    if (!(limit >= 1 && limit <= (kind === 'fundingRate' ? 1_000 : 1_500)))
      return json(400, { code: -1130, msg: "Data sent for parameter 'limit' is not valid." })
    const from = fromMs(Number(query('startTime') ?? 0))
    // Up to and including endTime; what is still to come does not exist.
    const to = fromMs(Math.min(Number(query('endTime') ?? now), now) + 1)
    if (kind === 'fundingRate') return json(200, this.#settlements(symbol, from, to).slice(0, limit))
    if (!KLINES.includes(kind)) return json(404, { code: -5000, msg: `Path ${url.pathname}, Method GET is invalid` })
    return json(200, this.#bars(kind, symbol, intervalOf(query('interval') ?? ''), from, to, limit))
  }

  #spend(weight: number): boolean {
    const window = Math.floor(this.#options.nowMs() / 60_000)
    if (window !== this.#window) this.#used = this.usedByOthers
    this.#window = window
    this.#used += weight
    return this.#used <= (this.#options.weightLimit ?? 2_400)
  }

  #usage(): Readonly<Record<string, string>> {
    return { 'x-mbx-used-weight-1m': String(this.#used) }
  }

  #send(
    response: ServerResponse,
    {
      status,
      body,
      headers,
    }: { readonly status: number; readonly body: Buffer; readonly headers: Readonly<Record<string, string>> },
    fault: Fault | undefined,
  ): void {
    const bytes = fault?.kind === 'flip' && body.length > 0 ? flipped(body, fault.at) : body
    const part = fault !== undefined && 'bytes' in fault ? bytes.subarray(0, fault.bytes) : bytes
    // An orderly end too early is only possible where no length was told.
    const length: Record<string, string> =
      fault?.kind === 'cut' ? { connection: 'close' } : { 'content-length': String(bytes.length) }
    response.writeHead(status, { ...headers, ...length })
    if (fault?.kind === 'cut') {
      response.shouldKeepAlive = false
      response.end(part)
    } else if (fault?.kind === 'reset') response.write(part, () => setTimeout(() => response.destroy(), 30))
    else if (fault?.kind === 'stall') response.write(part)
    else if (this.#options.slowMs === undefined) response.end(bytes)
    else void this.#slowly(response, bytes, this.#options.slowMs)
  }

  async #slowly(response: ServerResponse, bytes: Buffer, ms: number): Promise<void> {
    for (let at = 0; at < bytes.length && !response.destroyed; at += 1_024) {
      response.write(bytes.subarray(at, at + 1_024))
      await new Promise((done) => setTimeout(done, ms))
    }
    response.end()
  }
}

const ban = (until: number) => ({
  code: -1003,
  msg: `Way too many requests; IP banned until ${until}. Please use the websocket for live updates.`,
})

function flipped(body: Buffer, at: number): Buffer {
  const copy = Buffer.from(body)
  copy[at % copy.length] ^= 1
  return copy
}

const weightOf = (limit: number): number => (limit < 100 ? 1 : limit < 500 ? 2 : limit <= 1_000 ? 5 : 10)

/** Days appear some hours after they are over, months on the first Monday after. */
function publishedAt(cut: string, end: Micros): Micros {
  return (cut === 'daily' ? end + 6 * HOUR : end + ((7 - weekday(end)) % 7) * DAY + 6 * HOUR) as Micros
}

/** Waves of days and weeks, of another height for each symbol and kind. */
function priceAt(kind: string, symbol: string, time: Micros): string {
  const base = 100 + [...symbol].reduce((sum, letter) => sum + letter.charCodeAt(0), 0)
  const days = time / DAY
  const wave = 1 + 0.2 * Math.sin(days / 9) + 0.05 * Math.sin(days * 1.7) + 0.01 * Math.sin(days * 40)
  if (kind === 'premiumIndexKlines') return (0.0005 * Math.sin(days)).toFixed(8)
  return (base * wave * (kind === 'markPriceKlines' || kind === 'mark' ? 1.0001 : 1)).toFixed(2)
}

/** As the interface answers, times in ms and amounts as texts. */
function bar(kind: string, symbol: string, open: Micros, end: Micros): readonly (string | number)[] {
  const [first, last] = [priceAt(kind, symbol, open), priceAt(kind, symbol, end)]
  const [low, high] = Number(first) <= Number(last) ? [first, last] : [last, first]
  const traded = kind === 'klines'
  const volume = traded ? (10 + ((open / 60_000_000) % 90)).toFixed(3) : '0'
  return [
    toMs(open),
    first,
    high,
    low,
    last,
    volume,
    toMs(end) - 1,
    traded ? (Number(volume) * 100).toFixed(5) : '0',
    traded ? 42 : 60,
    traded ? (Number(volume) / 2).toFixed(3) : '0',
    traded ? '1.00000' : '0',
    '0',
  ]
}

if (import.meta.main) {
  const option = (name: string): string | undefined => process.argv.find((_, i) => process.argv[i - 1] === `--${name}`)
  const start = option('now')
  // From that moment on, at the pace of this machine's clock.
  const ahead = start === undefined ? 0 : toMs(parseTime(start)) - Date.now()
  const nowMs = (): number => Date.now() + ahead
  const forever: readonly [Micros, Micros] = [parseTime('2019-09-08T17:00Z'), parseTime('2100-01-01')]
  const slowMs = option('slow')
  const standIn = new BinanceStandIn({
    nowMs,
    listed: {
      BTCUSDT: forever,
      ETHUSDT: [parseTime('2024-02-15T08:00Z'), forever[1]],
      GONEUSDT: [forever[0], parseTime('2024-03-10T09:00Z')],
    },
    ...(slowMs === undefined ? {} : { slowMs: Number(slowMs) }),
  })
  console.log(await standIn.listen(Number(option('port') ?? 0)))
}
