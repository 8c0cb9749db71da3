/** XML as a tree, as far as machines write it: elements, attributes, text, CDATA, references. Scans once; deeper than 64 is no tree. */
import { unescapeHtml } from './html-text.ts'

export interface XmlElement {
  name: string
  attributes: ReadonlyMap<string, string>
  children: readonly (XmlElement | string)[]
}

const DEPTH = 64
const TAG =
  /<(?:!--|!\[CDATA\[|\?|!|(\/?)([\w:.-]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>)/y
const ATTRIBUTE = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g
/** What is no element ends so. */
const ENDS: Readonly<Record<string, string>> = {
  '<!--': '-->',
  '<![CDATA[': ']]>',
  '<?': '?>',
  '<!': '>',
}

interface Open {
  name: string
  attributes: Map<string, string>
  children: (XmlElement | string)[]
}

/** A tag, or what is none: then its name is empty. */
interface Markup {
  name: string
  isEnd: boolean
  /** It is begin and end at once. */
  isEmpty: boolean
  attributes: string
  cdata: string
  /** The place behind it. */
  end: number
}

/** What begins with the `<` at a place; undefined where it has no end or is not well formed. */
export function markupAt(xml: string, at: number): Markup | undefined {
  TAG.lastIndex = at
  const m = TAG.exec(xml)
  if (!m) return undefined
  const [whole, slash, name, attributes = '', empty] = m
  const end = TAG.lastIndex
  if (name !== undefined)
    return { name, isEnd: slash === '/', isEmpty: empty === '/', attributes, cdata: '', end }
  const close = xml.indexOf(ENDS[whole]!, end)
  if (close < 0) return undefined
  const cdata = whole === '<![CDATA[' ? xml.slice(end, close) : ''
  const none = { name: '', isEnd: false, isEmpty: false, attributes }
  return { ...none, cdata, end: close + ENDS[whole]!.length }
}

/** The first element of a text; undefined where it is not well formed. */
export function xmlTree(xml: string): XmlElement | undefined {
  const open: Open[] = []
  let at = xml.indexOf('<')
  while (at >= 0) {
    const markup = markupAt(xml, at)
    if (!markup) return undefined
    const { name, end } = markup
    const here = open.at(-1)
    if (name === '') {
      if (markup.cdata !== '') here?.children.push(markup.cdata)
    } else if (markup.isEnd) {
      if (here?.name !== name) return undefined
      open.pop()
      if (open.length === 0) return here
    } else {
      if (open.length >= DEPTH) return undefined
      const element: Open = { name, attributes: attributesOf(markup.attributes), children: [] }
      here?.children.push(element)
      if (!markup.isEmpty) open.push(element)
      else if (open.length === 0) return element
    }
    at = xml.indexOf('<', end)
    const text = at < 0 ? '' : xml.slice(end, at)
    if (text !== '') open.at(-1)?.children.push(unescapeHtml(text))
  }
  return undefined
}

export function attributesOf(written: string): Map<string, string> {
  const attributes = new Map<string, string>()
  for (const [, name, double, single] of written.matchAll(ATTRIBUTE))
    attributes.set(name!, unescapeHtml(double ?? single ?? ''))
  return attributes
}

/** A name without the prefix of its namespace. */
export const localName = (name: string): string => name.slice(name.indexOf(':') + 1)

export const elementsOf = ({ children }: XmlElement): XmlElement[] =>
  children.filter((child): child is XmlElement => typeof child !== 'string')

/** The first element of a name below another. */
export const child = (element: XmlElement | undefined, name: string): XmlElement | undefined =>
  element && elementsOf(element).find((each) => localName(each.name) === name)

/** All the text in an element. */
export const contentOf = (element: XmlElement): string =>
  element.children.map((each) => (typeof each === 'string' ? each : contentOf(each))).join('')

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
}
const escaped = (text: string): string => text.replace(/[&<>"]/g, (c) => ESCAPES[c]!)

/** A tree as XML. */
export function xmlText({ name, attributes, children }: XmlElement): string {
  const inside = children.map((each) => (typeof each === 'string' ? escaped(each) : xmlText(each)))
  const said = [...attributes].map(([key, value]) => ` ${key}="${escaped(value)}"`)
  const head = `<${name}${said.join('')}`
  return inside.length === 0 ? `${head}/>` : `${head}>${inside.join('')}</${name}>`
}
