/** Text out of HTML as log writers and mailers produce it. Scans once, because a page without a closing `>` must not take long. */
const NAMED: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  copy: '©',
  reg: '®',
  hellip: '…',
  ndash: '–',
  mdash: '—',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  bull: '•',
  euro: '€',
}
const ENTITY = /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-zA-Z]{2,8}));/g

/** Character references as characters; unknown ones stay. */
export function unescapeHtml(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(ENTITY, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return Object.hasOwn(NAMED, name) ? NAMED[name]! : whole
    const code = decimal === undefined ? parseInt(hex!, 16) : Number(decimal)
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}

const TAG = /^\/?([a-zA-Z][a-zA-Z0-9]*)/
const BREAKS = /^(?:br|p|div|tr|li|h[1-6]|table|ul|ol|blockquote|pre|hr|section|article)$/
const HIDDEN = /^(?:style|script|head|title)$/

/** Without tags and what they hide; a line break for each block. Entities are left. */
export function stripTags(html: string): string {
  const parts: string[] = []
  for (let at = 0; at < html.length;) {
    const open = html.indexOf('<', at)
    if (open < 0) {
      parts.push(html.slice(at))
      break
    }
    parts.push(html.slice(at, open))
    const comment = html.startsWith('<!--', open)
    const close = comment ? html.indexOf('-->', open + 4) : html.indexOf('>', open + 1)
    if (close < 0) {
      if (!comment) parts.push(html.slice(open))
      break
    }
    at = close + (comment ? 3 : 1)
    const inside = html.slice(open + 1, Math.min(close, open + 20))
    const name = TAG.exec(inside)?.[1]?.toLowerCase()
    if (name === undefined) {
      if (inside[0] !== '!' && inside[0] !== '?') parts.push(html.slice(open, at))
    } else if (HIDDEN.test(name) && inside[0] !== '/') {
      const end = closing(html, name, at)
      if (end < 0) break
      at = end
    } else if (BREAKS.test(name)) parts.push('\n')
  }
  return parts.join('')
}

/** The place of `</name`, in whatever case. */
function closing(html: string, name: string, from: number): number {
  for (let at = html.indexOf('</', from); at >= 0; at = html.indexOf('</', at + 2)) {
    if (html.slice(at + 2, at + 2 + name.length).toLowerCase() === name) return at
  }
  return -1
}

const BLANKS = /[^\S\n]+/g

/** What a reader of the page sees, a line for each block, without blank lines in a row. */
export const htmlText = (html: string): string =>
  unescapeHtml(
    stripTags(html)
      .replace(BLANKS, ' ')
      .replace(/ ?\n[ \n]*/g, '\n'),
  )
    .replace(BLANKS, ' ')
    .trim()
