/**
 * One GET over HTTP: status, headers and the body as a stream. Follows redirects, goes through the proxy of the environment,
 * and gives up on a connection over which nothing comes.
 *
 * Opens sockets.
 */
import { Agent as HttpAgent, get as httpGet } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, get as httpsGet } from 'node:https'
import { OutsideError } from '../../core/errors.ts'

export interface HttpRequest {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

export interface HttpReply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** Must be read to its end or dropped with `drop`. Throws when the connection ends before the body does. */
  readonly body: IncomingMessage
}

/** Nothing for this long, and the connection counts as broken. */
const IDLE_MS = 30_000
const REDIRECTS_MAX = 3
/** A document that is read into memory: 1500 klines take some 300 kB. */
const TEXT_BYTES_MAX = 16 * 2 ** 20

export class Http {
  readonly #agents: { readonly http: HttpAgent; readonly https: HttpsAgent }
  readonly #idleMs: number

  /** `env`: HTTP_PROXY, HTTPS_PROXY and NO_PROXY are honoured. */
  constructor(env: Readonly<Record<string, string | undefined>>, idleMs = IDLE_MS) {
    const options = { keepAlive: true, proxyEnv: env }
    this.#agents = { http: new HttpAgent(options), https: new HttpsAgent(options) }
    this.#idleMs = idleMs
  }

  /** @throws OutsideError (retryable) when no answer comes, AbortError when `signal` was aborted. */
  async get(request: HttpRequest): Promise<HttpReply> {
    let { url } = request
    for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects += 1) {
      const body = await this.#once({ ...request, url })
      const status = body.statusCode ?? 0
      const { location } = body.headers
      if (![301, 302, 303, 307, 308].includes(status) || location === undefined) return { status, headers: body.headers, body }
      drop(body)
      url = new URL(location, url).href
    }
    throw new OutsideError('too-many-redirects', `${request.url} is redirected more than ${REDIRECTS_MAX} times`, {
      next: 'Check the address.',
      retryable: false,
    })
  }

  /** A small document as text. @throws as `get`, and when the body breaks off. */
  async text(
    request: HttpRequest,
  ): Promise<{ readonly status: number; readonly headers: IncomingHttpHeaders; readonly text: string }> {
    const { status, headers, body } = await this.get(request)
    const chunks: Uint8Array[] = []
    let size = 0
    try {
      for await (const chunk of body as AsyncIterable<Uint8Array>) {
        size += chunk.length
        if (size > TEXT_BYTES_MAX) throw new Error(`the answer is longer than ${TEXT_BYTES_MAX} bytes`)
        chunks.push(chunk)
      }
    } catch (error) {
      throw broken(request, error)
    }
    return { status, headers, text: Buffer.concat(chunks).toString('utf8') }
  }

  close(): void {
    this.#agents.http.destroy()
    this.#agents.https.destroy()
  }

  #once({ url, headers = {}, signal }: HttpRequest): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      // An identity encoding: ranges and checksums are of the bytes themselves.
      const options = { headers: { 'accept-encoding': 'identity', 'user-agent': 'autotrading', ...headers }, signal }
      const request = url.startsWith('https:')
        ? httpsGet(url, { ...options, agent: this.#agents.https })
        : httpGet(url, { ...options, agent: this.#agents.http })
      let response: IncomingMessage | undefined
      request.setTimeout(this.#idleMs, () =>
        (response ?? request).destroy(new Error(`nothing came for ${this.#idleMs / 1_000} s`)),
      )
      request.on('response', (message) => {
        response = message
        resolve(message)
      })
      request.on('error', (error) => reject(broken({ url, signal }, error)))
    })
  }
}

/** Lets go of an answer whose body nobody wants. */
export function drop(body: IncomingMessage): void {
  body.on('error', () => undefined)
  body.destroy()
}

/** What a failure of the connection is to the caller: an interrupt stays one, everything else may be tried again. */
export function broken({ url, signal }: Pick<HttpRequest, 'url' | 'signal'>, error: unknown): unknown {
  if (signal.aborted) return signal.reason
  if (error instanceof OutsideError) return error
  return new OutsideError('connection-failed', `the connection to ${new URL(url).host} failed: ${reasonOf(error)}`, {
    where: { url },
    next: 'Check the network; the same command goes on where it stopped.',
    cause: error,
    retryable: true,
  })
}

/** Several addresses of one host that all refuse arrive as an error without words of its own. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0])
  if (!(error instanceof Error)) return String(error)
  return error.message === '' && 'code' in error ? String(error.code) : error.message
}
