/** Elements of XML as programs write it, cut out in one pass. No DTD, no namespaces. */
import { unescapeHtml } from './html-text.ts'

export interface XmlElement {
  /** From `<name` to the end of `</name>`. */
  text: string
  at: number
}

const NAME_END = /[\s/>]/

/** The elements of a name, in order; one within another of its name is part of it. Where one is not closed, reading ends. */
export function* xmlElements(xml: string, name: string): Generator<XmlElement> {
  const open = `<${name}`
  const close = `</${name}>`
  let at = next(xml, open, 0)
  while (at >= 0) {
    const tagEnd = xml.indexOf('>', at)
    if (tagEnd < 0) return
    let end = tagEnd + 1
    if (xml[tagEnd - 1] !== '/') {
      const closing = xml.indexOf(close, end)
      if (closing < 0) return
      end = closing + close.length
    }
    yield { text: xml.slice(at, end), at }
    at = next(xml, open, end)
  }
}

function next(xml: string, open: string, from: number): number {
  let at = xml.indexOf(open, from)
  while (at >= 0 && !NAME_END.test(xml[at + open.length] ?? '')) at = xml.indexOf(open, at + 1)
  return at
}

/** The text within the first element of a name, without tags; undefined where there is none. */
export function xmlText(xml: string, name: string): string | undefined {
  for (const { text } of xmlElements(xml, name)) return innerText(text)
  return undefined
}

/** The text of an element, without its tags. */
export function innerText(element: string): string {
  const begin = element.indexOf('>') + 1
  const end = element.lastIndexOf('</')
  if (end < begin) return ''
  const [first = '', ...rest] = element.slice(begin, end).split('<![CDATA[')
  const parts = rest.map((part) => {
    const close = part.indexOf(']]>')
    return close < 0 ? part : part.slice(0, close) + written(part.slice(close + 3))
  })
  return written(first) + parts.join('')
}

const written = (xml: string): string => unescapeHtml(xml.replace(/<[^<>]*>/g, ''))

/** The value of an attribute of an element's own tag. */
export function xmlAttribute(element: string, name: string): string | undefined {
  const tag = element.slice(0, element.indexOf('>') + 1)
  const m = new RegExp(String.raw`\s${name}\s*=\s*(?:"([^"]*)"|'([^']*)')`).exec(tag)
  return m ? unescapeHtml(m[1] ?? m[2]!) : undefined
}

/** How many lines begin between two places. */
export function linesBetween(text: string, from: number, to: number): number {
  let count = 0
  for (let i = text.indexOf('\n', from); i >= 0 && i < to; i = text.indexOf('\n', i + 1)) count++
  return count
}
