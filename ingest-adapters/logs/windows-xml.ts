/**
 * Windows events as XML, https://learn.microsoft.com/windows/win32/wes/eventschema-schema. Variants: `wevtutil qe /f:xml` and `/f:RenderedXml`, an event a line; Event Viewer's "Save as XML" and
 * `wevtutil qe /e:Events`, all in one `<Events>`; laid out over many lines; UTF-16, as a redirection in PowerShell writes it; `evtx_dump -o xml` with "Record 1" before each, and evtx_dump.py.
 * An event that begins no line belongs to the document that does; a document may have 64 MiB.
 */
import type { DocumentAdapter, Item } from '../adapter.ts'
import { newlinesBetween } from '../shared/lines.ts'
import { textOf } from '../shared/utf8-text.ts'
import { windowsRecord } from '../shared/windows-event.ts'
import { xmlEvent } from '../shared/windows-xml.ts'
import { xmlTree } from '../shared/xml-tree.ts'

const PROLOG = String.raw`(?:<\?xml[^>]{0,200}\?>\s*)?`
const HEAD = new RegExp(
  String.raw`^\s*(?:Record \d+\s+)?${PROLOG}(?:<Events[^>]{0,200}>\s*)?<Event[\s>]`,
)
const SYSTEM = /<System>\s*<Provider\s/
const BEGINS = /^\s*<Event[\s>]/
const EVENT = /<Event[\s>]/g
const END = '</Event>'

export const adapter: DocumentAdapter = {
  title: 'Windows events as XML',
  unit: 'document',
  twoClocks: true,
  recognizes: (head) => HEAD.test(head.text) && SYSTEM.test(head.text),
  begins: (line) => BEGINS.test(line),
  parse: () => (bytes, line) => events(decoded(bytes), line),
}

/** A byte order mark tells UTF-16. */
function decoded(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  return textOf(bytes)
}

function* events(text: string, first: number): Generator<Item> {
  let line = first
  let counted = 0
  let seen = false
  EVENT.lastIndex = 0
  for (const m of text.matchAll(EVENT)) {
    if (m.index < counted) continue
    line += newlinesBetween(text, counted, m.index)
    const close = text.indexOf(END, m.index)
    const end = close < 0 ? text.length : close + END.length
    yield eventOf(text.slice(m.index, end).trimEnd(), line)
    counted = end
    line += newlinesBetween(text, m.index, end)
    seen = true
  }
  if (!seen) yield { context: text.split('\n').length - (text.endsWith('\n') ? 1 : 0), line }
}

function eventOf(xml: string, line: number): Item {
  const tree = xmlTree(xml)
  const event = tree && xmlEvent(tree)
  if (!event) return { rejected: xml, reason: tree ? 'not-a-record' : 'incomplete', line }
  const record = windowsRecord(event, xml, line)
  return typeof record === 'string' ? { rejected: xml, reason: record, line } : record
}
