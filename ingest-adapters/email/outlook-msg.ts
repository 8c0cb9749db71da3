/**
 * Outlook's .msg, one mail in a compound file: [MS-OXMSG], https://learn.microsoft.com/en-us/openspecs/exchange_server_protocols/ms-oxmsg, with properties of [MS-OXPROPS].
 * A mail that came through the internet has its header block (PidTagTransportMessageHeaders), which is read like that of any mail; one that was only sent or never left Exchange
 * has its parts as properties: the time of submission, else of delivery, both UTC. The text is the plain body, else the HTML one; a body that is only RTF is not read.
 */
import iconv from 'iconv-lite'
import type { DocumentAdapter, Item } from '../adapter.ts'
import {
  compoundEntries,
  directoryAt,
  isCompoundFile,
  type CompoundEntry,
} from '../shared/compound-file.ts'
import { htmlText } from '../shared/html-text.ts'
import { mailHeaders } from '../shared/mail-headers.ts'
import { mailItem } from '../shared/mail-record.ts'

const PROPERTIES = '__properties_version1.0'
const MARK = Buffer.from(PROPERTIES, 'utf16le')
const SUBMITTED = 0x0039
const DELIVERED = 0x0e06
const CODE_PAGES = [0x3ffd, 0x3fde]

interface Properties {
  /** A text under its id in hexadecimal, whichever way it is stored. */
  text(id: string): string | undefined
  bytes(id: string): Buffer | undefined
  number(id: number): number | undefined
  /** 100 nanoseconds since 1601. */
  time(id: number): bigint | undefined
}

/** `header`: the bytes before the first of the fixed properties, 32 in the message itself, 8 in what is inside it. */
function propertiesOf(entries: readonly CompoundEntry[], header: number): Properties {
  const streams = new Map(entries.map((entry) => [entry.name.toLowerCase(), entry]))
  const stream = (name: string): Buffer | undefined => streams.get(name.toLowerCase())?.read?.()
  const fixed = new Map<number, Buffer>()
  const list = stream(PROPERTIES) ?? Buffer.alloc(0)
  for (let at = header; at + 16 <= list.length; at += 16)
    fixed.set(list.readUInt16LE(at + 2), list.subarray(at + 8, at + 16))
  const number = (id: number): number | undefined => fixed.get(id)?.readInt32LE(0)
  const page = CODE_PAGES.map(number).find((n) => n !== undefined && n > 0)
  const encoding = page === undefined ? 'windows-1252' : page === 65001 ? 'utf8' : `cp${page}`
  return {
    number,
    bytes: (id) => stream(`__substg1.0_${id}0102`),
    text(id) {
      const wide = stream(`__substg1.0_${id}001F`)
      const narrow = wide ? undefined : stream(`__substg1.0_${id}001E`)
      const text = wide
        ? wide.toString('utf16le')
        : narrow && iconv.decode(narrow, iconv.encodingExists(encoding) ? encoding : 'windows-1252')
      return text?.replace(/\0+$/, '') || undefined
    },
    time: (id) => fixed.get(id)?.readBigUInt64LE(0),
  }
}

/** A count of 100 nanoseconds since 1601 as a Date field has it. */
function dateField(filetime: bigint | undefined): string | undefined {
  if (filetime === undefined || filetime === 0n) return undefined
  const ms = Number(filetime / 10_000n) - 11_644_473_600_000
  const date = new Date(ms)
  return Number.isNaN(date.getTime()) ? undefined : date.toUTCString().replace('GMT', '+0000')
}

/** What a header says of the body that the properties replace. */
const OF_THE_BODY = /^(?:content-|mime-version)/i
const oneLine = (text: string): string => text.replace(/[\s\0]+/g, ' ').trim()
const encoded = (text: string): string =>
  /^[ -~]*$/.test(text) ? text : `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`

/** The mail as it would come in a file of its own: its own header, completed from the properties. */
function asMail(message: Properties): string {
  const written = message.text('007D') ?? ''
  const kept = written
    .replace(/\r\n?/g, '\n')
    .replace(/\n(?=[ \t])/g, '\0')
    .split('\n')
    .filter((field) => field.includes(':') && !OF_THE_BODY.test(field))
    .map((field) => field.replaceAll('\0', '\n'))
  const has = mailHeaders(Buffer.from(`${kept.join('\n')}\n\n`))
  const address = message.text('5D01') ?? message.text('0C1F')
  const sender = encoded(oneLine(message.text('0C1A') ?? ''))
  const add = (name: string, value: string | undefined): void => {
    if (value && has.all(name.toLowerCase()).length === 0) kept.push(`${name}: ${oneLine(value)}`)
  }
  add('From', address?.includes('@') ? `${sender} <${address}>` : sender)
  add('To', encoded(oneLine(message.text('0E04') ?? '')))
  add('Cc', encoded(oneLine(message.text('0E03') ?? '')))
  add('Subject', encoded(oneLine(message.text('0037') ?? '')))
  add('Date', dateField(message.time(SUBMITTED)) ?? dateField(message.time(DELIVERED)))
  add('Message-ID', message.text('1035'))
  add('In-Reply-To', message.text('1042'))
  add('References', message.text('1039'))
  const html = message.bytes('1013')
  const body = message.text('1000') ?? message.text('1013') ?? html?.toString('utf8') ?? ''
  const plain = message.text('1000') === undefined ? htmlText(body) : body
  kept.push('Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: 8bit')
  return `${kept.join('\n')}\n\n${plain.replace(/\r\n?/g, '\n')}`
}

const ATTACHMENT = /^__attach_version1\.0_/i

async function read(bytes: Uint8Array, line: number): Promise<Item[]> {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const entries = compoundEntries(file)
  if (!entries?.some(({ name }) => name === PROPERTIES))
    return [{ rejected: 'a compound file without a message', reason: 'not-a-record', line }]
  const mail = asMail(propertiesOf(entries, 32))
  const item = await mailItem(Buffer.from(mail), mail, line)
  const names = entries
    .filter(({ name }) => ATTACHMENT.test(name))
    .map(({ children }) => propertiesOf(children, 8))
    .flatMap((attached) => oneLine(attached.text('3707') ?? attached.text('3704') ?? '') || [])
    .slice(0, 20)
  if ('fields' in item && names[0]) {
    item.fields['file.name'] = names[0]
    item.fields['labels.attachments'] = names.join(', ')
  }
  return [item]
}

export const adapter: DocumentAdapter = {
  title: 'Outlook message',
  unit: 'document',
  recognizes: ({ bytes }) => {
    if (!isCompoundFile(bytes)) return false
    const head = Buffer.from(bytes)
    // the directory of a large file may stand at its end; what is no message is refused when it is read
    return head.includes(MARK) || directoryAt(head) >= head.length
  },
  parse: () => read,
}
