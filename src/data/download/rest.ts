/**
 * GET requests to the exchange's REST interface: within its limits, waiting when it says so, again when it fails, and in its
 * time. Only what changes nothing is asked, so every request may be repeated.
 *
 * Asks the exchange.
 */
import type { IncomingHttpHeaders } from 'node:http'
import { OutsideError } from '../../core/errors.ts'
import { after, formatTime, fromMs, toMs } from '../../core/time.ts'
import type { Micros } from '../../core/time.ts'
import type { Clock } from '../../core/clock.ts'
import type { Http } from './http.ts'
import type { RequestBudget } from './request-budget.ts'
import { ASKED_WAIT_MAX_MS, retryAfterMs, TryAgain } from './retry.ts'
import type { Retry } from './retry.ts'

export interface RestSettings {
  /** `https://fapi.binance.com`, without a slash at its end. */
  readonly url: string
  readonly http: Http
  readonly retry: Retry
  readonly signal: AbortSignal
  readonly clock: ServerClock
  readonly budgets: { readonly weight: RequestBudget; readonly funding: RequestBudget }
}

export interface RestRequest {
  readonly path: string
  readonly query: Readonly<Record<string, string | number>>
  /** What it costs, and of which budget. */
  readonly cost: { readonly budget: 'weight' | 'funding'; readonly weight: number }
}

/** The exchange understood and refused: an unknown symbol, a parameter that makes no sense. */
export class RestRefusal extends OutsideError {
  readonly apiCode: number

  constructor(url: string, apiCode: number, text: string) {
    super('rest-refuses', `${url} was refused: ${text} (${apiCode})`, {
      where: { url },
      next: 'Check symbol, interval and period.',
      retryable: false,
    })
    this.apiCode = apiCode
  }

  get unknownSymbol(): boolean {
    return this.apiCode === -1121
  }
}

/** Our clock, corrected by what the server said once. */
export class ServerClock {
  readonly #clock: Clock
  #ahead = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  now(): Micros {
    return after(this.#clock.now(), this.#ahead)
  }

  nowMs(): number {
    return toMs(this.now())
  }

  /** The server said `server` somewhere between our `asked` and now: taken for the middle. */
  correct(server: Micros, asked: Micros): void {
    const ours = this.#clock.now()
    this.#ahead = Math.round(server - (asked + ours) / 2)
  }

  ours(): Micros {
    return this.#clock.now()
  }
}

/** The first ban is of two minutes, when neither header nor words say how long. */
const BAN_MS = 2 * 60_000
/** 429 without a time: the windows are minutes. */
const WINDOW_MS = 60_000

export class Rest {
  readonly #settings: RestSettings

  constructor(settings: RestSettings) {
    this.#settings = settings
  }

  /** Takes over the server's time. @throws OutsideError when it does not answer in so many tries. */
  async syncClock(tries?: number): Promise<void> {
    const { clock, signal, http, retry, budgets } = this.#settings
    const url = this.#urlOf({ path: '/fapi/v1/time', query: {} })
    await retry.run(
      async () => {
        await budgets.weight.spend(1)
        const asked = clock.ours()
        const { status, headers, text } = await http.text({ url, signal })
        if (status !== 200) throw this.#failure(url, status, headers, text, 'weight')
        const { serverTime } = jsonOf(url, text) as { readonly serverTime?: unknown }
        if (typeof serverTime !== 'number' || !Number.isSafeInteger(serverTime)) throw odd(url, text)
        clock.correct(fromMs(serverTime), asked)
        observe(budgets.weight, headers)
      },
      tries === undefined ? {} : { tries },
    )
  }

  /** What `read` makes of the answer's JSON; when it throws, the request counts as failed. @throws RestRefusal, OutsideError, AbortError */
  async get<T>(request: RestRequest, read: (answer: unknown) => T): Promise<T> {
    const { http, retry, signal, budgets } = this.#settings
    const { budget, weight } = request.cost
    const url = this.#urlOf(request)
    return retry.run(async () => {
      await budgets[budget].spend(weight)
      const { status, headers, text } = await http.text({ url, signal })
      if (budget === 'weight') observe(budgets.weight, headers)
      if (status !== 200) throw this.#failure(url, status, headers, text, budget)
      return read(jsonOf(url, text))
    })
  }

  #urlOf({ path, query }: Pick<RestRequest, 'path' | 'query'>): string {
    const parameters = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    return `${this.#settings.url}${path}${parameters.length === 0 ? '' : `?${parameters.join('&')}`}`
  }

  #failure(url: string, status: number, headers: IncomingHttpHeaders, text: string, budget: 'weight' | 'funding'): OutsideError {
    const { clock, budgets } = this.#settings
    const { code, msg } = apiErrorOf(text)
    const said = msg === undefined ? `status ${status}` : `status ${status}: ${msg} (${code})`
    if (status === 429 || status === 418) {
      const asked = retryAfterMs(headers['retry-after'], clock.nowMs())
      const until = Number(/banned until (\d{13})/i.exec(msg ?? '')?.[1] ?? Number.NaN)
      const ban = Number.isNaN(until) ? undefined : Math.max(0, until - clock.nowMs())
      const waitMs = longest(asked, ban) ?? (status === 418 ? BAN_MS : WINDOW_MS - (clock.nowMs() % WINDOW_MS))
      if (status === 429) budgets[budget].exhaust()
      return new TryAgain(limited(url, said, after(clock.now(), waitMs * 1_000), waitMs), waitMs)
    }
    if (status === 408 || status >= 500 || code === -1008 || code === -1001)
      return new OutsideError('rest-fails', `${url} was answered with ${said}`, {
        where: { url },
        next: 'Try again later; the same command goes on where it stopped.',
        retryable: true,
      })
    if (status === 400 && code !== undefined) return new RestRefusal(url, code, msg ?? '')
    return new OutsideError('rest-refuses', `${url} was answered with ${said}`, {
      where: { url },
      next:
        status === 451 || status === 403
          ? 'The exchange does not serve this network: use --source archive, which needs no REST.'
          : 'Check the address (--rest-url).',
      retryable: false,
    })
  }
}

const longest = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? (a ?? b) : Math.max(a, b)

const limited = (url: string, said: string, until: Micros, waitMs: number): OutsideError =>
  new OutsideError('rest-limit', `the request limit of ${new URL(url).host} is exceeded (${said})`, {
    where: { url },
    next:
      waitMs > ASKED_WAIT_MAX_MS
        ? `Run the same command again after ${formatTime(until)}; it goes on where it stopped.`
        : 'Let other programs that use this address rest, and run the same command again.',
    retryable: true,
  })

const odd = (url: string, text: string): OutsideError =>
  new OutsideError('rest-answer-odd', `${url} was answered with something else than expected: ${text.slice(0, 100)}`, {
    where: { url },
    next: 'Check the address (--rest-url), or try again later.',
    retryable: true,
  })

function jsonOf(url: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw odd(url, text)
  }
}

function observe(budget: RequestBudget, headers: IncomingHttpHeaders): void {
  const used = headers['x-mbx-used-weight-1m']
  if (typeof used === 'string') budget.observe(Number(used))
}

interface ApiError {
  readonly code?: number
  readonly msg?: string
}

function apiErrorOf(text: string): ApiError {
  try {
    const found: unknown = JSON.parse(text)
    if (typeof found !== 'object' || found === null) return {}
    const { code, msg } = found as Record<string, unknown>
    return { ...(typeof code === 'number' ? { code } : {}), ...(typeof msg === 'string' ? { msg } : {}) }
  } catch {
    return {}
  }
}
