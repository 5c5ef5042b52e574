/**
 * The HTML report in a browser, opened from a file: it asks for nothing, logs nothing, draws, sorts, filters and zooms.
 * The browser is CHROMIUM, else /usr/bin/chromium; without one the tests are skipped.
 */
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compareRuns } from '../../src/research/compare/comparison.ts'
import { renderComparisonHtml } from '../../src/research/compare/html.ts'
import { comparedRun } from '../../src/research/compare/run-file.ts'
import { renderHtml } from '../../src/research/report/html.ts'
import { reportSample } from './report-sample.ts'
import type { SampleOptions } from './report-sample.ts'

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium'

interface Opened {
  readonly page: Page
  readonly requests: readonly string[]
  readonly complaints: readonly string[]
}

describe.skipIf(!existsSync(executablePath))('HTML report', () => {
  let browser: Browser
  let folder: string
  let files = 0

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'autotrading-report-'))
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  })
  afterAll(async () => {
    await browser.close()
    rmSync(folder, { recursive: true })
  })

  async function open(
    sample: SampleOptions = {},
    { width = 1_280, scheme = 'light' }: { readonly width?: number; readonly scheme?: 'light' | 'dark' } = {},
  ): Promise<Opened> {
    const file = join(folder, `report-${files++}.html`)
    const { doc, series } = reportSample(sample)
    writeFileSync(file, renderHtml(doc, series, { assumptions: ['Orders fill at the next open.'] }))
    return openPage(file, { width, scheme })
  }

  async function openPage(
    file: string,
    { width = 1_280, scheme = 'light' }: { readonly width?: number; readonly scheme?: 'light' | 'dark' } = {},
  ): Promise<Opened> {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: scheme, offline: true })
    const address = pathToFileURL(file).href
    const requests: string[] = []
    const complaints: string[] = []
    page.on('request', (request) => request.url() !== address && requests.push(request.url()))
    page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`))
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto(address)
    await page.waitForSelector('html[data-ready=true]')
    return { page, requests, complaints }
  }

  const rows = (page: Page) => page.locator('#trades tbody tr')
  const column = (page: Page, index: number): Promise<string[]> =>
    page.locator(`#trades tbody td:nth-child(${index})`).allTextContents()
  /** How many colours the largest canvas of a chart shows: one or two when nothing was drawn. */
  const drawn = (page: Page, chart: string): Promise<number> =>
    page.locator(`${chart} canvas`).evaluateAll((canvases) => {
      const [largest] = (
        canvases as unknown as {
          width: number
          height: number
          getContext(kind: '2d'): { getImageData(x: number, y: number, w: number, h: number): { data: Uint8ClampedArray } }
        }[]
      ).toSorted((a, b) => b.width * b.height - a.width * a.height)
      const { data } = largest.getContext('2d').getImageData(0, 0, largest.width, largest.height)
      const colours = new Set<number>()
      for (let i = 0; i < data.length; i += 4) colours.add((data[i] << 16) | (data[i + 1] << 8) | data[i + 2])
      return colours.size
    })

  it.each([
    ['light', 1_280],
    ['dark', 1_280],
    ['light', 390],
    ['dark', 390],
  ] as const)('draws in %s at %d pixels, silently and alone', async (scheme, width) => {
    const { page, requests, complaints } = await open({}, { width, scheme })
    await expect.poll(() => drawn(page, '#equity-chart')).toBeGreaterThan(3)
    await expect.poll(() => drawn(page, '#market-chart')).toBeGreaterThan(3)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
    expect(requests).toEqual([])
    expect(complaints).toEqual([])
    await page.close()
  })

  it('sorts, filters and turns the pages of the trades', async () => {
    const { page, complaints } = await open()
    expect(await rows(page).count()).toBe(25)
    await page.click('#trades thead button:text-is("Net")')
    const net = (await column(page, 11)).map((text) => Number(text.replace('\u2212', '-').replaceAll(',', '')))
    expect(net).toEqual(net.toSorted((a, b) => b - a))
    await page.selectOption('#trades-symbol', { label: 'ETHUSDT' })
    await page.selectOption('#trades-filter', 'stop')
    expect(new Set(await column(page, 2))).toEqual(new Set(['ETHUSDT']))
    expect(new Set(await column(page, 16))).toEqual(new Set(['stop']))
    await page.selectOption('#trades-filter', 'all')
    await page.click('#page-after')
    expect(await page.textContent('#trades-count')).toContain('26–50 of 80')
    expect(complaints).toEqual([])
    await page.close()
  })

  it('shows the trade that was chosen, by mouse and by keyboard', async () => {
    const { page, complaints } = await open()
    const symbol = (await column(page, 2))[3]
    await rows(page).nth(3).click()
    expect(await page.textContent('#picked')).toMatch(/^#4 /)
    expect(await page.getAttribute(`#market-symbols button:text-is("${symbol}")`, 'aria-pressed')).toBe('true')
    await rows(page).nth(0).focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    expect(await page.textContent('#picked')).toMatch(/^#2 /)
    expect(await rows(page).nth(1).getAttribute('aria-selected')).toBe('true')
    await page.click('#trade-after')
    expect(await page.textContent('#picked')).not.toMatch(/^#2 /)
    expect(complaints).toEqual([])
    await page.close()
  })

  it('compares with holding, on a linear and a logarithmic scale', async () => {
    const { page, complaints } = await open()
    const before = await page.locator('#equity-chart').screenshot()
    const held = await page.getAttribute('#hold', 'aria-pressed')
    await page.click('#hold')
    await page.click('#log')
    expect(await page.getAttribute('#hold', 'aria-pressed')).not.toBe(held)
    expect(await page.getAttribute('#log', 'aria-pressed')).toBe('true')
    expect((await page.locator('#equity-chart').screenshot()).equals(before)).toBe(false)
    await page.click('#hold')
    expect(await page.getAttribute('#hold', 'aria-pressed')).toBe(held)
    expect(complaints).toEqual([])
    await page.close()
  })

  it('switches between light and dark, and prints light with everything unfolded', async () => {
    const { page, complaints } = await open({ synthetic: true })
    const background = (): Promise<unknown> => page.evaluate('getComputedStyle(document.body).backgroundColor')
    const light = await background()
    await page.click('#theme')
    expect(await background()).not.toBe(light)
    await page.evaluate('dispatchEvent(new Event("beforeprint"))')
    expect(await page.locator('details:not([open])').count()).toBe(0)
    expect(await background()).toBe(light)
    expect(await page.locator('canvas.picture').count()).toBe(2)
    await page.evaluate('dispatchEvent(new Event("afterprint"))')
    expect(await page.locator('canvas.picture').count()).toBe(0)
    expect(await background()).not.toBe(light)
    expect(complaints).toEqual([])
    await page.close()
  })

  it('runs no code of a hostile name, and shows it as text', async () => {
    const name = '</script><script>document.title="owned"</script><img src=x onerror="document.title=1">'
    const { page, requests, complaints } = await open({ symbols: [name, 'BTCUSDT'], strategy: name })
    await rows(page).first().click()
    expect(await page.title()).toContain('</script>')
    expect(await page.textContent('h1')).toContain(name)
    expect(await page.textContent('#market-symbols button')).toBe(name)
    expect([...requests, ...complaints]).toEqual([])
    await page.close()
  })

  it('remembers the theme that was chosen', async () => {
    const { page, complaints } = await open()
    const background = (): Promise<unknown> => page.evaluate('getComputedStyle(document.body).backgroundColor')
    const light = await background()
    await page.click('#theme')
    const dark = await background()
    expect(dark).not.toBe(light)
    await page.reload()
    await page.waitForSelector('html[data-ready=true]')
    expect(await background()).toBe(dark)
    expect(complaints).toEqual([])
    await page.close()
  })

  it('marks stops and liquidations on the candles, and the initial stop of the trade that was chosen', async () => {
    const { page, complaints } = await open({ liquidations: 3, symbols: ['BTCUSDT'], bars: 1_000, trades: 30 })
    /** Whether any canvas of the market shows a colour of the style sheet. */
    const shows = (name: string): Promise<boolean> =>
      page.evaluate((variable) => {
        const { document, getComputedStyle } = globalThis as unknown as {
          document: { documentElement: unknown; querySelectorAll(selector: string): Iterable<Canvas> }
          getComputedStyle(element: unknown): { getPropertyValue(name: string): string }
        }
        interface Canvas {
          width: number
          height: number
          getContext(kind: '2d'): { getImageData(x: number, y: number, w: number, h: number): { data: Uint8ClampedArray } }
        }
        const hex = getComputedStyle(document.documentElement).getPropertyValue(variable).trim()
        const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16))
        for (const canvas of document.querySelectorAll('#market-chart canvas')) {
          if (canvas.width === 0 || canvas.height === 0) continue
          const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
          for (let i = 0; i < data.length; i += 4) if (data[i] === r && data[i + 1] === g && data[i + 2] === b) return true
        }
        return false
      }, name)
    for (const colour of ['--stop', '--forced', '--candle-up', '--candle-down']) await expect.poll(() => shows(colour)).toBe(true)
    const before = await page.locator('#market-chart').screenshot()
    await rows(page).nth(0).click()
    await expect.poll(async () => (await page.locator('#market-chart').screenshot()).equals(before)).toBe(false)
    expect(await page.textContent('#picked')).toMatch(/^#1 /)
    await page.selectOption('#trades-filter', 'forced')
    expect(new Set(await column(page, 16))).toEqual(new Set(['liquidation']))
    // The browser says that this test reads its canvases often.
    expect(complaints.filter((text) => !text.includes('willReadFrequently'))).toEqual([])
    await page.close()
  })

  it('leads from a symbol to its chart and its trades, and from the best and worst to theirs', async () => {
    const { page, complaints } = await open()
    await page.click('#symbols button:text-is("SOLUSDT")')
    expect(await page.getAttribute('#market-symbols button:text-is("SOLUSDT")', 'aria-pressed')).toBe('true')
    expect(new Set(await column(page, 2))).toEqual(new Set(['SOLUSDT']))
    const worst = page.locator('#extremes [data-trade]').last()
    const id = await worst.textContent()
    await worst.click()
    expect(await page.textContent('#picked')).toContain(`#${id} `)
    expect(complaints).toEqual([])
    await page.close()
  })

  it('switches excursions between percent and initial risks', async () => {
    const { page, complaints } = await open()
    expect(await page.locator('#excursions-pct').isVisible()).toBe(true)
    await page.click('#excursions button:text-is("In initial risks")')
    expect(await page.locator('#excursions-pct').isVisible()).toBe(false)
    expect(await page.locator('#excursions-r svg').first().isVisible()).toBe(true)
    expect(complaints).toEqual([])
    await page.close()
  })

  it.each(['light', 'dark'] as const)('is readable in %s: every text stands out by 4.5 to 1', async (scheme) => {
    const { page } = await open({}, { scheme })
    const ratios = await page.evaluate(() => {
      const { document, getComputedStyle } = globalThis as unknown as {
        document: { documentElement: unknown }
        getComputedStyle(element: unknown): { getPropertyValue(name: string): string }
      }
      const style = getComputedStyle(document.documentElement)
      const light = (name: string): number => {
        const hex = style.getPropertyValue(name).trim()
        const [r, g, b] = [1, 3, 5].map((at) => {
          const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255
          return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
        })
        return 0.2126 * r + 0.7152 * g + 0.0722 * b
      }
      const found: Record<string, number> = {}
      for (const ink of ['--ink', '--ink-2', '--ink-3', '--gain', '--loss', '--accent', '--warn', '--stop'])
        for (const ground of ['--surface', '--page', ...(ink === '--warn' || ink === '--ink' ? ['--warn-soft'] : [])]) {
          const [a, b] = [light(ink), light(ground)].sort((x, y) => y - x)
          found[`${ink} on ${ground}`] = (a + 0.05) / (b + 0.05)
        }
      return found
    })
    expect(Object.entries(ratios).filter(([, ratio]) => ratio < 4.5)).toEqual([])
    await page.close()
  })

  it('names every table, chart and control for those who do not see them', async () => {
    const { page } = await open()
    expect(await page.locator('table:not(:has(caption)):not(.chart table)').count()).toBe(0)
    expect(await page.locator('thead th:not([scope])').count()).toBe(0)
    expect(await page.locator('svg:not([role=img]):not(.brand svg):not(.chart svg)').count()).toBe(0)
    expect(await page.locator('svg[role=img]:not([aria-label])').count()).toBe(0)
    expect(await page.locator('section:not([aria-label])').count()).toBe(0)
    const unnamed = await page
      .locator('button, select')
      .evaluateAll((controls) =>
        (controls as unknown as { textContent: string; labels?: { length: number }; getAttribute(name: string): string | null }[])
          .filter((control) => control.textContent.trim() === '' && control.getAttribute('aria-label') === null)
          .map((control) => control.textContent),
      )
    expect(unnamed).toEqual([])
    await page.close()
  })

  it('fits on paper', async () => {
    const { page, complaints } = await open()
    const pdf = await page.pdf({ format: 'A4' })
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-')
    await page.emulateMedia({ media: 'print' })
    expect(await page.locator('.bar').isVisible()).toBe(false)
    // A4 less its margins, at 96 dots an inch.
    await page.setViewportSize({ width: 703, height: 1_000 })
    const cut = await page
      .locator('.scroll')
      .evaluateAll((holders) =>
        (holders as unknown as { scrollWidth: number; clientWidth: number; closest(selector: string): { id: string } }[])
          .filter((holder) => holder.scrollWidth > holder.clientWidth + 1)
          .map((holder) => holder.closest('section').id),
      )
    expect(cut).toEqual([])
    expect(complaints).toEqual([])
    await page.close()
  })

  it('opens with 100,000 trades, in less than 10 MB', async () => {
    const file = join(folder, 'large.html')
    const { doc, series } = reportSample({ trades: 100_000, bars: 120_000, symbols: ['BTCUSDT', 'ETHUSDT'] })
    writeFileSync(file, renderHtml(doc, series))
    expect(statSync(file).size).toBeLessThan(10_000_000)
    const { page, requests, complaints } = await openPage(file)
    expect(await page.textContent('#trades-count')).toContain('of 100,000')
    await page.click('#trades thead button:text-is("Net")')
    expect(await rows(page).count()).toBe(25)
    expect([...requests, ...complaints]).toEqual([])
    await page.close()
  })

  it.each([
    ['ruin', { ruin: true, trades: 60, bars: 900, liquidations: 4 }],
    ['twenty symbols', { trades: 200, bars: 600, symbols: Array.from({ length: 20 }, (_, i) => `S${i}USDT`) }],
    ['one trade', { trades: 1, bars: 60, symbols: ['BTCUSDT'] }],
  ] as const)('copes with %s', async (_, sample) => {
    const { page, requests, complaints } = await open(sample, { width: 390 })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
    expect([...requests, ...complaints]).toEqual([])
    await page.close()
  })

  it('copes with a run that did nothing', async () => {
    const { page, complaints } = await open({ trades: 0, bars: 1, symbols: ['BTCUSDT'] })
    expect(await page.textContent('#trade-list')).toContain('No trade was closed.')
    expect(complaints).toEqual([])
    await page.close()
  })

  it.each([
    ['light', 1_280],
    ['dark', 390],
  ] as const)('shows a comparison in %s at %d pixels, silently and alone', async (scheme, width) => {
    const texts = [
      reportSample({ bars: 3_000, trades: 60 }),
      reportSample({ seed: 8, bars: 2_000, trades: 40, strategy: '<img src=x>' }),
    ]
    const runs = texts.map(({ doc }, i) => comparedRun(JSON.stringify(doc), { path: `run ${i}`, letter: 'AB'[i] }))
    const file = join(folder, `compare-${scheme}.html`)
    writeFileSync(file, renderComparisonHtml(compareRuns(runs, { seed: 1, samples: 200 }), '0.1.0'))
    const { page, requests, complaints } = await openPage(file, { width, scheme })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
    expect(await page.textContent('#cautions')).toContain('different periods')
    expect(await page.locator('#curves path.curve').count()).toBe(4)
    const background = (): Promise<unknown> => page.evaluate('getComputedStyle(document.body).backgroundColor')
    const before = await background()
    await page.click('#theme')
    expect(await background()).not.toBe(before)
    expect([...requests, ...complaints]).toEqual([])
    await page.close()
  })
})
