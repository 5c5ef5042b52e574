/**
 * What all pages of ours begin with: a policy that lets nothing in from anywhere, the remembered theme, the style.
 *
 * Pure.
 */
import { createHash } from 'node:crypto'
import { escaped } from './markup.ts'
import { PAGE_STYLE } from './page-style.ts'

export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20" viewBox="0 0 20 20"><rect width="20" height="20" rx="5" fill="#2f5bea"/><path d="M4 13.5l4-4.5 3 2.5 5-6" fill="none" stroke="#fff" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/></svg>`
/** Before anything is drawn, so that no page flashes in the other colours. */
const EARLY_SCRIPT = `try { const theme = localStorage.getItem('autotrading-theme'); if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme } catch {}`

/** Only these scripts, nothing from anywhere: whatever a hostile name brought into the page would not run. */
function policyOf(scripts: readonly string[]): string {
  const hashes = scripts.map((text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`)
  return `default-src 'none'; script-src ${hashes.join(' ')}; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'`
}

export interface Page {
  readonly title: string
  readonly version: string
  /** Everything between header and the scripts. */
  readonly body: string
  /** In their order, at the end of the page. */
  readonly scripts: readonly string[]
  /** Data for them, safe inside a script element. */
  readonly json?: string
}

/** A document that needs nothing else. Its generator mark is how `checkPageFile` knows pages of ours. */
export function pageOf({ title, version, body, scripts, json }: Page): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf([EARLY_SCRIPT, ...scripts])}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="AutoTrading ${escaped(version)}">
<title>${escaped(title)}</title>
<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(ICON)}">
<script>${EARLY_SCRIPT}</script>
<style>${PAGE_STYLE}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
${body}
${json === undefined ? '' : `<script type="application/json" id="report-data">${json}</script>\n`}${scripts.map((text) => `<script>${text}</script>`).join('\n')}
</body>
</html>
`
}

/** The line at the top: name, sections, theme. */
export const topBar = (
  sections: readonly (readonly [id: string, name: string])[],
): string => `<header class="bar"><div class="wrap">
<div class="brand">${ICON}<span>AutoTrading</span></div>
<nav aria-label="Sections">${sections.map(([id, name]) => `<a href="#${id}">${name}</a>`).join('')}</nav>
<button type="button" class="button" id="theme" aria-label="Switch between light and dark" hidden>Dark</button>
</div></header>`
