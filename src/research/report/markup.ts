/**
 * Small pieces of HTML. Every text goes through `escaped`: names of symbols and strategies come from users and files.
 *
 * Pure; imports nothing.
 */

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Safe as text and inside quoted attributes. */
export const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character])

/** A number as written for people, with a true minus sign. */
export const figure = (text: string): string => escaped(text.replace(/^-(?=\d)/, '\u2212'))

/** Markup that is inserted as it is. Only this file makes it. */
export interface Cell {
  readonly html: string
  readonly className?: string
  readonly title?: string
}

export const left = (text: string): Cell => ({ html: escaped(text), className: 'l' })
export const right = (text: string, className = ''): Cell => ({ html: figure(text), className })

export interface TableSpec {
  /** Already escaped. */
  readonly caption: string
  readonly className?: string
  readonly heads: readonly (readonly [title: string, align: 'l' | ''])[]
  /** The first cell of a row names it. */
  readonly rows: readonly (readonly Cell[])[]
  readonly rowClass?: (index: number) => string
}

export function table({ caption, className = '', heads, rows, rowClass }: TableSpec): string {
  const head = heads.map(([title, align]) => `<th scope="col"${attribute('class', align)}>${escaped(title)}</th>`).join('')
  const body = rows
    .map((cells, i) => `<tr${attribute('class', rowClass?.(i) ?? '')}>${cells.map(cellHtml).join('')}</tr>`)
    .join('\n')
  return `<div class="scroll"><table${attribute('class', className)}><caption>${caption}</caption>
<thead><tr>${head}</tr></thead>
<tbody>${body}</tbody></table></div>`
}

function cellHtml({ html, className = '', title = '' }: Cell, index: number): string {
  const attributes = attribute('class', className) + attribute('title', title)
  return index === 0 ? `<th scope="row"${attributes}>${html}</th>` : `<td${attributes}>${html}</td>`
}

const attribute = (name: string, value: string): string => (value === '' ? '' : ` ${name}="${escaped(value)}"`)

/** A section's heading line: its name, the mark of a synthetic market, tools at the right. */
export const head = (title: string, tag: string, tools = ''): string =>
  `<div class="head"><h2>${escaped(title)}</h2>${tag}${tools === '' ? '' : `<div class="tools">${tools}</div>`}</div>`

export const caption = (text: string, tag: string): string => `<span>${escaped(text)}${tag}</span>`

/** One of two or more views, of which the reader sees one; without script all of them. */
export const switcher = (label: string, views: readonly (readonly [id: string, name: string])[]): string =>
  `<div class="segments" data-switch role="group" aria-label="${escaped(label)}">${views
    .map(
      ([id, name], i) =>
        `<button type="button" class="button" data-shows="${id}" aria-pressed="${i === 0}">${escaped(name)}</button>`,
    )
    .join('')}</div>`

/** A figure with its name; what is not defined says why when pointed at. */
export function stat(
  label: string,
  text: string,
  { className = '', why = '' }: { readonly className?: string; readonly why?: string } = {},
): string {
  const undefinedWhy = text === '\u2013' && why !== '' ? ` title="${escaped(`Not defined: ${why}`)}"` : ''
  return `<div><dt>${escaped(label)}</dt><dd class="${className}"${undefinedWhy}>${figure(text)}</dd></div>`
}
