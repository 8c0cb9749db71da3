/** One mail as a record: the time and the identity from its raw header, the text by mailparser, https://nodemailer.com/extras/mailparser/ */
import type { AddressObject, ParsedMail } from 'mailparser'
import type { Fields, Stamp } from '../../schemas/source-record.ts'
import type { Item } from '../adapter.ts'
import { htmlText } from './html-text.ts'
import { essence, PART_LIMIT } from './mail-essence.ts'
import { mailDate } from './mail-date.ts'
import { mailHeaders, mailText, type MailHeaders } from './mail-headers.ts'
import { ownText } from './mail-text.ts'
import type { StampRead } from './stamp.ts'

const MESSAGE_LIMIT = 2000
const SUBJECT_LIMIT = 500
const SHOWN = 64 * 1024
/** The newest of what a mail answers. */
const REFERENCES = 20
const HOPS = 20
/**
 * `mail` is what mailparser gets: the bytes without a mailbox's separator; `envelope` the separator's own date.
 * `original` is the slice of the file.
 */
export async function mailItem(
  mail: Buffer,
  original: string,
  line: number,
  envelope?: string,
): Promise<Item> {
  const head = mailHeaders(mail)
  if (head.count === 0) return { rejected: original.slice(0, SHOWN), reason: 'incomplete', line }
  const { time, from } = mailTime(head, envelope)
  if (typeof time !== 'object') {
    return { rejected: original.slice(0, SHOWN), reason: time ?? 'no-time', line }
  }
  const parsed = await parse(essence(mail, head))
  const fields = headerFields(head, parsed)
  if (from !== undefined) fields['labels.time_from'] = from
  const [dated, ...more] = head.all('date')
  if (more.length > 0) fields['labels.other_dates'] = more.join('; ').slice(0, 200)
  if (from !== undefined && dated) fields['labels.date_header'] = dated.slice(0, 200)
  const names = (parsed?.attachments ?? [])
    .flatMap((a) => (a.filename ? [clean(a.filename, 200)] : []))
    .slice(0, 20)
  if (names[0]) {
    fields['file.name'] = names[0]
    fields['labels.attachments'] = names.join(', ')
  }
  const body = ownText(bodyText(mail, head, parsed), MESSAGE_LIMIT)
  const subject = fields['email.subject']
  const message = [subject, body].filter(Boolean).join('\n')
  const record = {
    time,
    message: message || `mail from ${fields['user.name'] ?? 'nobody'}`,
    original,
    line,
    fields,
  }
  const id = fields['email.message_id']
  return typeof id === 'string' ? { ...record, nativeId: id } : record
}

/** The plain text, else what a reader of the HTML sees, else, where the MIME structure is broken, the body as it stands. */
function bodyText(mail: Buffer, head: MailHeaders, parsed: ParsedMail | undefined): string {
  if (parsed?.text?.trim()) return parsed.text
  if (parsed?.html) return htmlText(parsed.html.slice(0, PART_LIMIT))
  return parsed && parsed.attachments.length > 0
    ? ''
    : mailText(mail.subarray(head.end, head.end + PART_LIMIT))
}

/**
 * A mail's own time is its Date: when the author sent it. Without one that can be read, the topmost Received counts: the last hop is the
 * reader's own server, the ones below may be forged. A mailbox also has the time of delivery in its separator.
 */
function mailTime(head: MailHeaders, envelope?: string): { time: StampRead; from?: string } {
  const written = head.all('date')
  let refused: StampRead
  for (const value of written) {
    const time = mailDate(value)
    if (typeof time === 'object') return { time }
    refused ??= time
  }
  const time = receivedTime(head) ?? envelopeTime(envelope)
  return time ? { time: time.stamp, from: time.from } : { time: refused }
}

interface Found {
  stamp: Stamp
  from: string
}

function receivedTime(head: MailHeaders): Found | undefined {
  for (const name of ['received', 'x-received', 'delivery-date', 'resent-date']) {
    for (const value of head.all(name).slice(0, 20)) {
      const stamp = mailDate(value.slice(value.lastIndexOf(';') + 1))
      if (typeof stamp === 'object') return { stamp, from: name }
    }
  }
  return undefined
}

function envelopeTime(envelope?: string): Found | undefined {
  const stamp = envelope === undefined ? undefined : mailDate(envelope)
  return typeof stamp === 'object' ? { stamp, from: 'mailbox separator' } : undefined
}

/** Undefined where the library gives up. */
async function parse(mail: Buffer): Promise<ParsedMail | undefined> {
  try {
    // loading it takes 130 ms, which commands without mail should not pay
    const { simpleParser } = await import('mailparser')
    return await simpleParser(mail, {
      skipHtmlToText: true,
      skipTextToHtml: true,
      skipTextLinks: true,
      keepCidLinks: true,
    })
  } catch {
    return undefined
  }
}

const clean = (text: string, limit: number): string =>
  text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, limit)

function headerFields(head: MailHeaders, parsed: ParsedMail | undefined): Fields {
  const fields: Fields = {}
  const set = (name: string, value: string | undefined): void => {
    if (value) fields[name] = value
  }
  set('email.subject', clean(parsed?.subject ?? head.all('subject')[0] ?? '', SUBJECT_LIMIT))
  const author = people(parsed?.from)[0]
  set('user.name', clean(author?.name || author?.address || head.all('from')[0] || '', 200))
  set('user.email', clean(author?.address ?? '', 320))
  set('email.from.address', fields['user.email'] as string | undefined)
  set('email.to.address', addresses(parsed?.to))
  set('email.cc.address', addresses(parsed?.cc))
  set('email.message_id', messageIds(head.all('message-id')[0])[0])
  const reply = messageIds(head.all('in-reply-to')[0])[0]
  set('labels.in_reply_to', reply)
  const references = messageIds(head.all('references')[0])
  set('labels.thread', references[0] ?? reply)
  set('labels.references', references.slice(-REFERENCES).join(', '))
  set('labels.hops', hops(head))
  set('labels.list', clean(head.all('list-id')[0] ?? '', 200))
  return fields
}

/** Who took the mail when, the first server first: `mx1.example.com Wed, 1 May 2024 10:00:05 +0200`. */
const hops = (head: MailHeaders): string =>
  head
    .all('received')
    .slice(0, HOPS)
    .flatMap((value) => {
      const date = mailDate(value.slice(value.lastIndexOf(';') + 1))
      const by = /\bby\s+(\S{1,255})/i.exec(value.slice(0, 2000))?.[1]
      return typeof date === 'object' ? [clean(`${by ?? 'a server'} ${date.original}`, 300)] : []
    })
    .toReversed()
    .join('; ')

const people = (
  found?: AddressObject | AddressObject[],
): { name: string; address?: string | undefined }[] =>
  (Array.isArray(found) ? found : found ? [found] : [])
    .flatMap((one) => one.value ?? [])
    .flatMap((one) => one.group ?? [one])

const addresses = (found?: AddressObject | AddressObject[]): string =>
  people(found)
    .flatMap(({ address }) => (address ? [clean(address, 320)] : []))
    .slice(0, 50)
    .join(', ')

/** The ids of a Message-ID, In-Reply-To or References, without their brackets; In-Reply-To may hold words as well. */
function messageIds(value: string | undefined): string[] {
  if (!value) return []
  const short = value.slice(0, 16_384)
  const ids = [...short.matchAll(/<([^<>\s]{1,998})>/g)].map((m) => m[1]!)
  const bare = /^[^\s<>]{3,998}$/.exec(short.trim())
  return ids.length > 0 || !bare ? ids : [bare[0]]
}
