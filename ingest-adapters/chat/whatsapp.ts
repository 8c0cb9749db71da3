/**
 * WhatsApp's "Export chat", https://faq.whatsapp.com/1180414079177245: `_chat.txt` or `WhatsApp Chat with ….txt`. The phone's language decides the order of the date, the
 * clock and its marks. Android: `01/05/2024, 10:00 - Alice: text`, also `5/1/24, 10:00 PM - …`, `2024-05-01, 10:00 - …`, `01.05.24 10:00 - …`; iOS: `[01.05.24, 10:00:05] Alice: text`,
 * with marks of writing direction. The half of the day stands behind the clock or before it (`上午10:00`), digits may be Arabic, and a word may stand between: `klo`, `à`. Korean also writes `2024년 5월 1일`, Bulgarian `01.05.24 г., 10:00 ч.`. No zone is written. A line without a stamp goes on with the message before; a line without a name is WhatsApp's own.
 */
import type { Fields } from '../../schemas/source-record.ts'
import type { Item, LineAdapter } from '../adapter.ts'
import { mostLines, readGroups, refuse, type Group } from '../shared/lines.ts'
import { isoStamp } from '../shared/iso-stamp.ts'
import { digitDateStamp } from '../shared/numeric-stamp.ts'
import type { StampRead } from '../shared/stamp.ts'

/** Marks of writing direction, which no reader sees. */
const DIRECTION = /[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g
const DATE = String.raw`(?:\d{1,4}[./-] ?\d{1,2}[./-] ?\d{1,4}\.?|\d{4}년 ?\d{1,2}월 ?\d{1,2}일)`
/** What Bulgarian writes behind a year and a clock. */
const YEAR = String.raw`(?: г\.)?`
const HOUR = String.raw`(?: ч\.)?`
const SPACE = String.raw`[ \u00a0\u202f]?`
const MORNING = String.raw`a\.?${SPACE}m\.?|a|ص|π\.?μ\.?|öö|上午|午前|오전`
const EVENING = String.raw`p\.?${SPACE}m\.?|p|م|μ\.?μ\.?|ös|下午|午後|오후`
const HALF = String.raw`(?:${SPACE}(?:${MORNING}|${EVENING})(?![\p{L}]))?`
const BEFORE = String.raw`(?:(?:klo|à|às|um|om|kl\.) )?((?:(?:öö|ös|上午|午前|오전|下午|午後|오후)${SPACE})?)`
const CLOCK = String.raw`\d{1,2}[:.]\d\d(?:[:.]\d\d)?`
/** The stamp, and the words after it. */
const LINE = new RegExp(
  String.raw`^(?:\[(${DATE})${YEAR},? ${BEFORE}(${CLOCK})${HOUR}(${HALF})\] |(${DATE})${YEAR},? ${BEFORE}(${CLOCK})${HOUR}(${HALF}) [-–] )(.*)$`,
  'siu',
)
const LOOKED_AT = 80
/** No stamp is longer. */
const STAMP = 30
const IS_EVENING = new RegExp(EVENING, 'iu')
const ARABIC = /[\u0660-\u0669\u06f0-\u06f9\u060c]/g
const shown = (text: string): string => text.replace(DIRECTION, '')
/** A text whose stamp has Latin digits; as long as it was, and what stands behind the stamp is not to be taken from it. */
const latin = (text: string): string =>
  text
    .slice(0, STAMP)
    .replace(ARABIC, (c) => (c === '\u060c' ? ',' : String(c.charCodeAt(0) & 15)))
    .concat(text.slice(STAMP))
const begins = (line: string): boolean => LINE.test(latin(shown(line.slice(0, LOOKED_AT))))

/** The stamp as other readers of stamps know it: one separator, one kind of half of the day. */
function stampOf(date: string, clock: string, half: string): StampRead {
  const day = date
    .replace(/[ 일]/g, '')
    .replace(/[년월]/g, '-')
    .replace(/\.$/, '')
  const time = clock.replaceAll('.', ':')
  const suffix = half.trim() === '' ? '' : IS_EVENING.test(half) ? ' PM' : ' AM'
  if (!/^\d{4}/.test(day)) return digitDateStamp(`${day} ${time}${suffix}`)
  const year = day.replace(/[./](?=\d)/g, '-').replace(/-(\d)(?=-|$)/g, '-0$1')
  if (suffix === '')
    return isoStamp(`${year} ${time.padStart(time.length === 4 ? 5 : time.length, '0')}`)
  // a year in front and a clock of twelve hours: read by the day, which then is certain
  const [y, m, d] = year.split('-')
  const read = digitDateStamp(`${d}.${m}.${y} ${time}${suffix}`)
  return typeof read === 'object' ? withoutOrders(read) : read
}

function withoutOrders(stamp: Exclude<StampRead, string | undefined>): StampRead {
  const { orders: _, ...rest } = stamp
  return rest
}

/** `Alice: text`, `+49 170 0000000: text`. A name is short and has no colon; WhatsApp's own sentences rarely have one. */
const SPEAKER = /^([^:\n]{1,60}): (.*)$/s
/** What a log line has in that place: a level, a channel and a level, a program with its number. */
const NO_PERSON =
  /^(?:[\w-]+\.)?(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL|ALERT|EMERGENCY|SEVERE|VERBOSE)(?![\p{L}])|\[\w[\w-]*\]/u
/** Programs write such stamps too, and are called in small letters. */
const OF_PROGRAMS = /^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] [a-z][\w./-]*: /
const ATTACHED =
  /^(?:<[^<>\n]{1,40}: ([^<>\n]{1,200})>|([^\n<>]{1,200}\.\w{2,5}) \([^()\n]{3,40}\))/u
const EDITED = / ?<[^<>\n]{3,60}>$/u
const DELETED =
  /^(?:this message was deleted|you deleted this message|diese nachricht wurde gelöscht|du hast diese nachricht gelöscht|se eliminó este mensaje|eliminaste este mensaje|ce message a été supprimé)\.?$/i

function* read(group: Group): Generator<Item> {
  const text = shown(group.text)
  const m = LINE.exec(latin(text))
  const [date, before, clock, after] = m?.[1] ? m.slice(1) : (m?.slice(5) ?? [])
  const time = m ? stampOf(date!, clock!, before || after!) : undefined
  if (!m || typeof time !== 'object') {
    yield* refuse(group, 'impossible-time')
    return
  }
  const behind = m[0].length - m[9]!.length
  const rest = text.slice(behind)
  time.original = text.slice(0, behind).replace(/^\[|(?:\]| [-–]) $/g, '')
  const spoken = SPEAKER.exec(rest)
  const words = (spoken?.[2] ?? rest).trim()
  const fields: Fields = { 'event.action': spoken ? 'message' : 'notice' }
  if (spoken) fields['user.name'] = spoken[1]!.replace(/^~\u202f?\s?/, '').trim()
  if (DELETED.test(words)) {
    fields['event.action'] = 'delete'
    fields['labels.deleted'] = 'true'
  }
  if (/<(?:This message was edited|Diese Nachricht wurde bearbeitet)>$/.test(words))
    fields['labels.edited'] = 'true'
  const file = ATTACHED.exec(words)
  if (file) fields['file.name'] = (file[1] ?? file[2])!.trim()
  const message = fields['labels.edited'] ? words.replace(EDITED, '') : words
  yield {
    time,
    message: message || rest.trim() || text,
    original: group.text,
    line: group.line,
    fields,
  }
}

export const adapter: LineAdapter = {
  title: 'WhatsApp chat',
  unit: 'lines',
  recognizes: (head) =>
    begins(head.lines[0] ?? '') &&
    mostLines(head, begins, 0.2) &&
    head.lines.some((line) => {
      const speaker = SPEAKER.exec(LINE.exec(latin(shown(line)))?.[9] ?? '')?.[1]
      return speaker !== undefined && !NO_PERSON.test(speaker) && !OF_PROGRAMS.test(line)
    }),
  begins,
  parse: () => readGroups(begins, read),
}
