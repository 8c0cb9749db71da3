/**
 * Binary XML as it stands in an .evtx file, https://learn.microsoft.com/openspecs/windows_protocols/ms-even6/e6fc7c72-b8c0-475b-aef7-25eaf1a814f1 and
 * https://github.com/libyal/libevtx/blob/main/documentation/Windows%20XML%20Event%20Log%20(EVTX).asciidoc: tokens, of which most are in templates, into which the values of a record are put.
 * Damaged bytes throw a RangeError.
 */
import type { XmlElement } from './xml-tree.ts'
import { valueText, type Value } from './binary-xml-value.ts'

/** Of one record; more is damage. */
const MOST_TOKENS = 100_000
/** Of one record in characters, though templates and arrays may repeat what stands in it once. */
const MOST_TEXT = 4_000_000
const DEPTH = 32
const NESTED = 64
const BINARY_XML = 0x21

/** Tokens have more after them with this bit. */
const MORE = 0x40

interface Element {
  name: string
  attributes: Map<string, string>
  children: (XmlElement | string)[]
  /** The values of an array that stands in it: Windows shows an element for each. */
  list?: string[]
}

type Substitution = Value & { at: number; size: number }

/** Reads the elements that begin at a place of a chunk, whose bytes `bytes` are. */
export function binaryXml(bytes: Buffer, from: number, to: number): XmlElement[] {
  const names = new Map<number, string>()
  let tokens = 0
  let written = 0

  const spend = (characters: number): void => {
    written += characters
    if (written > MOST_TEXT) throw new RangeError('too much text')
  }
  const text16 = (at: number, characters: number): string => {
    if (at + 2 * characters > bytes.length) throw new RangeError('text beyond the end')
    return bytes.toString('utf16le', at, at + 2 * characters)
  }
  /** The name that stands at an offset, and how many bytes it takes: the next offset, a hash, its length, its characters and a zero. */
  const nameAt = (offset: number): { name: string; size: number } => {
    const length = bytes.readUInt16LE(offset + 6)
    let name = names.get(offset)
    if (name === undefined) names.set(offset, (name = text16(offset + 8, length)))
    return { name, size: 10 + 2 * length }
  }

  /** Elements between two places; `values` are those of the template that is read, undefined outside of one. */
  function fragment(
    start: number,
    end: number,
    values: readonly Substitution[] | undefined,
    depth: number,
  ): XmlElement[] {
    if (depth > DEPTH) throw new RangeError('too deep')
    const roots: (XmlElement | string)[] = []
    const open: Element[] = []
    let attribute: string | undefined
    let at = start
    const byte = (): number => bytes.readUInt8(at++)
    const word = (): number => bytes.readUInt16LE((at += 2) - 2)
    const double = (): number => bytes.readUInt32LE((at += 4) - 4)
    const children = (): (XmlElement | string)[] => open.at(-1)?.children ?? roots
    const readName = (): string => {
      const offset = double()
      const { name, size } = nameAt(offset)
      if (offset === at) at += size
      return name
    }
    const say = (text: string): void => {
      spend(text.length)
      const here = open.at(-1)
      if (attribute === undefined || !here) children().push(text)
      else here.attributes.set(attribute, (here.attributes.get(attribute) ?? '') + text)
    }
    const substitute = (isOptional: boolean): void => {
      const value = values?.[word()]
      at++
      const here = open.at(-1)
      if (!value || (value.type === 0 && isOptional)) return
      if (value.type === BINARY_XML)
        children().push(...fragment(value.at, value.at + value.size, undefined, depth + 1))
      else {
        const text = valueText(bytes.subarray(value.at, value.at + value.size), value.type)
        if (typeof text === 'string') say(text)
        else if (attribute === undefined && here?.children.length === 0) here.list = text
        else say(text.join(', '))
      }
    }
    const close = (): void => {
      const element = open.pop()
      if (!element) throw new RangeError('an end without a beginning')
      const { list, ...rest } = element
      if (!list) return void children().push(rest)
      const around = [...rest.attributes].reduce(
        (sum, [name, value]) => sum + name.length + value.length,
        rest.name.length,
      )
      for (const text of list) {
        spend(around + text.length)
        children().push({ ...rest, children: [text, ...rest.children] })
      }
    }
    const template = (): void => {
      at += 5
      const offset = double()
      // The first use of a template has its definition: the next one's offset, a GUID and the size of its data.
      const size = bytes.readUInt32LE(offset + 20)
      if (offset === at) at += 24 + size
      const count = double()
      const substitutions: Substitution[] = []
      let place = at + 4 * count
      for (let i = 0; i < count; i++) {
        const length = word()
        substitutions.push({ type: byte(), at: place, size: length })
        place += length
        at++
      }
      if (place > end) throw new RangeError('values beyond the end')
      at = place
      children().push(...fragment(offset + 24, offset + 24 + size, substitutions, depth + 1))
    }
    while (at < end) {
      if (++tokens > MOST_TOKENS) throw new RangeError('too many tokens')
      const token = byte()
      const kind = token & ~MORE
      if (kind === 0x00) break
      if (kind === 0x0f) at += 3
      else if (kind === 0x0c) template()
      else if (kind === 0x01) {
        // Elements of a template say on which of its values they depend.
        at += values ? 6 : 4
        if (open.length >= NESTED) throw new RangeError('too deep')
        open.push({ name: readName(), attributes: new Map(), children: [] })
        if (token & MORE) at += 4
        attribute = undefined
      } else if (kind === 0x06) attribute = readName()
      else if (kind === 0x02) attribute = undefined
      else if (kind === 0x03 || kind === 0x04) {
        attribute = undefined
        close()
      } else if (kind === 0x05) {
        at++
        const length = word()
        say(text16(at, length))
        at += 2 * length
      } else if (kind === 0x0d || kind === 0x0e) substitute(kind === 0x0e)
      else if (kind === 0x08) say(String.fromCharCode(word()))
      else if (kind === 0x09) say(ENTITIES[readName()] ?? '')
      else if (kind === 0x0a) readName()
      else if (kind === 0x07 || kind === 0x0b) {
        const length = word()
        if (kind === 0x07) say(text16(at, length))
        at += 2 * length
      } else throw new RangeError(`no token ${token}`)
    }
    if (open.length > 0) throw new RangeError('an element without an end')
    return roots.filter((each) => typeof each !== 'string')
  }
  return fragment(from, to, undefined, 0)
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
}
