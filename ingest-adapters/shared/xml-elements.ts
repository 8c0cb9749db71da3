/** Elements of XML by name, without a tree: enough for feeds and exports. Scans forward only. */
import { unescapeHtml } from './html-text.ts'

const NAME_ENDS = /[\s/>]/

/** The place of the next tag that begins so, -1 where there is none. */
function tagAt(xml: string, begin: string, from: number): number {
  let at = xml.indexOf(begin, from)
  while (at >= 0 && !NAME_ENDS.test(xml[at + begin.length] ?? ''))
    at = xml.indexOf(begin, at + begin.length)
  return at
}

/** The whole elements of a name, in order, with the place of each; one inside another of the same name is part of it. */
export function* elementsNamed(
  xml: string,
  name: string,
): Generator<{ text: string; inner: string; attributes: string; at: number }> {
  const open = `<${name}`
  const close = `</${name}`
  let from = 0
  for (let at = tagAt(xml, open, 0); at >= 0; at = tagAt(xml, open, from)) {
    const begun = xml.indexOf('>', at)
    if (begun < 0) return
    const attributes = xml.slice(at + open.length, begun)
    from = begun
    if (attributes.endsWith('/')) {
      yield { text: xml.slice(at, begun + 1), inner: '', attributes: attributes.slice(0, -1), at }
      continue
    }
    const ended = tagAt(xml, close, begun)
    if (ended < 0) return
    const end = xml.indexOf('>', ended)
    if (end < 0) return
    yield { text: xml.slice(at, end + 1), inner: xml.slice(begun + 1, ended), attributes, at }
    from = end
  }
}

const CDATA = '<![CDATA['
const CDATA_END = ']]>'

/** The text of the first element of a name: CDATA as it stands, references as characters. */
export function elementText(xml: string, name: string): string | undefined {
  for (const { inner } of elementsNamed(xml, name)) {
    const parts: string[] = []
    let from = 0
    for (let at = inner.indexOf(CDATA); at >= 0; at = inner.indexOf(CDATA, from)) {
      const end = inner.indexOf(CDATA_END, at)
      if (end < 0) break
      parts.push(unescapeHtml(inner.slice(from, at)), inner.slice(at + CDATA.length, end))
      from = end + CDATA_END.length
    }
    parts.push(unescapeHtml(inner.slice(from)))
    return parts.join('').trim() || undefined
  }
  return undefined
}

export const attribute = (attributes: string, name: string): string | undefined => {
  const m = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(attributes)
  const value = m?.[1] ?? m?.[2]
  return value === undefined ? undefined : unescapeHtml(value)
}
