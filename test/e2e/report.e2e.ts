/**
 * The HTML report in a browser, opened from a file: it asks for nothing, logs nothing, draws, sorts, filters and zooms.
 * The browser is CHROMIUM, else /usr/bin/chromium; without one the tests are skipped.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: scheme })
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
    const net = (await column(page, 12)).map((text) => Number(text.replace('\u2212', '-').replaceAll(',', '')))
    expect(net).toEqual(net.toSorted((a, b) => b - a))
    await page.selectOption('#trades-symbol', { label: 'ETHUSDT' })
    await page.selectOption('#trades-filter', 'stop')
    expect(new Set(await column(page, 2))).toEqual(new Set(['ETHUSDT']))
    expect(new Set(await column(page, 13))).toEqual(new Set(['stop']))
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
    await page.click('#hold')
    await page.click('#log')
    expect(await page.locator('#equity button[aria-pressed=true]').count()).toBe(2)
    expect((await page.locator('#equity-chart').screenshot()).equals(before)).toBe(false)
    await page.click('#hold')
    expect(await page.getAttribute('#hold', 'aria-pressed')).toBe('false')
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

  it('copes with a run that did nothing', async () => {
    const { page, complaints } = await open({ trades: 0, bars: 1, symbols: ['BTCUSDT'] })
    expect(await page.textContent('#trade-list')).toContain('No trade was closed.')
    expect(complaints).toEqual([])
    await page.close()
  })
})
