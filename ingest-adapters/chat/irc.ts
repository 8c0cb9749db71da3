/**
 * IRC logs. There is no specification; each client writes its own layout, most of them listed at https://mg.pov.lt/irclog2html/ and
 * https://github.com/weechat/weechat/blob/main/src/plugins/logger/logger.c, https://irssi.org/documentation/help/log/.
 * Read here: irssi (`10:36 < nick> text`, `-!-`), WeeChat (stamp TAB prefix TAB text), ZNC and EnergyMech (`[10:36:05] <nick> text`,
 * `*** Joins:`), XChat and HexChat (`Jan 01 10:00:00 <nick> text`, `**** BEGIN LOGGING AT`), mIRC (`[10:36] <nick>`, `Session Start:`), Eggdrop,
 * dircproxy (`[14 Jan 10:36] <nick!user@host> +text`), supybot (`2005-01-08T23:33:54  <nick> text`), PircBot's HTML (`<span>[4:05]</span> …<br />`).
 * A message is always one line: a line without a stamp that looks like a record of its own is refused (`no-time`), any other belongs to the line before.
 */
import type { Fields, Stamp } from '../../schemas/source-record.ts'
import type { Head, Item, LineAdapter } from '../adapter.ts'
import { stripTags, unescapeHtml } from '../shared/html-text.ts'
import { ircEvent, isNick, tabbed, withoutFormatting, type IrcEvent } from '../shared/irc-line.ts'
import { beginsWithStamp, dateIn, readIrcStamp } from '../shared/irc-stamp.ts'
import { isBlank, readGroups, refuse, type Group } from '../shared/lines.ts'

const HTML = /^<[a-z][^>]{0,80}>\[/
const HTML_REST = /^(?:<\/?[a-zA-Z!][^<>]{0,200}>\s*)+$/
// eslint-disable-next-line no-control-regex
const CONTROL = /[\x02\x03\x0f\x11\x16\x1d\x1e\x1f]/

/** A line as its reader saw it: without the tags of an HTML log, without colours. */
function shown(line: string): string {
  const text = HTML.test(line) ? unescapeHtml(stripTags(line)).trim() : line
  return CONTROL.test(text) ? withoutFormatting(text) : text
}

/** A line that a client writes about the log itself. */
const HEADER = /^(?:\*{4} |--- (?:Log |Day )|Session (?:Start|Close|Time|Ident): )/
/** What looks like a record of its own but has no stamp. */
const BARE = /^(?:===|-->|<--|---|--&gt;|&lt;|\*\*\*|-!-|\* \S|<[^\s<>]{1,60}> )/

const begins = (line: string): boolean =>
  beginsWithStamp(line) ||
  (CONTROL.test(line) && beginsWithStamp(withoutFormatting(line))) ||
  HTML.test(line) ||
  HTML_REST.test(line) ||
  HEADER.test(line) ||
  BARE.test(line)

const eventAt = (text: string, end: number): IrcEvent =>
  (text.charCodeAt(end) === 9 ? tabbed(text.slice(end + 1)) : undefined) ??
  ircEvent(text.slice(end).trim())

/** Whether the file is people (and their bots) talking: a mark of a client on half the lines, speech or coming and going on a fifth. */
function recognizes(head: Head): boolean {
  let lines = 0
  let marks = 0
  let speech = 0
  const brackets: IrcEvent[] = []
  let columns = 0
  for (const line of head.lines.slice(0, 300)) {
    const text = shown(line)
    const stamped = readIrcStamp(text)
    if (!stamped) {
      const bare = /^(?:--&gt;|&lt;)/.test(line)
      if (bare) speech++
      if (bare || HEADER.test(line)) marks++
      if (
        bare ||
        !(HEADER.test(line) || BARE.test(line) || HTML_REST.test(line) || /^\s/.test(line))
      )
        lines++
      continue
    }
    lines++
    if (stamped.time === 'impossible-time') continue
    const event = eventAt(text, stamped.end)
    if (event.sure === 'brackets') brackets.push(event)
    else if (event.sure === 'columns') columns++
    else if (event.sure !== 'none') marks++
    if (event.sure === 'speech') speech++
  }
  const known = marks > 0
  for (const [count, people] of [
    [columns, known],
    [brackets.length, known || addressed(brackets)],
  ] as const) {
    if (!people) continue
    marks += count
    speech += count
  }
  return speech > 0 && marks * 2 >= lines && speech * 5 >= lines
}

/** Whether somebody speaks to somebody else, which no thread of a program does. */
function addressed(events: readonly IrcEvent[]): boolean {
  const nicks = new Set(events.map((event) => event.nick))
  return events.some(({ text, nick }) => {
    const to = /^([^\s:,]{1,40})[:,] /.exec(text)?.[1]
    return to !== undefined && to !== nick && nicks.has(to)
  })
}

function* read(group: Group): Generator<Item> {
  const text = shown(group.head)
  const stamped = readIrcStamp(text)
  if (!stamped) {
    const date = HEADER.test(text) ? dateIn(text) : undefined
    if (date || HEADER.test(text) || HTML_REST.test(group.head)) yield* described(group, date)
    else {
      for (const [i, line] of group.text.split('\n').entries()) {
        if (isBlank(line)) yield { context: 1, line: group.line + i }
        else yield { rejected: line, reason: 'no-time', line: group.line + i }
      }
    }
    return
  }
  if (stamped.time === 'impossible-time') {
    yield* refuse(group, 'impossible-time')
    return
  }
  const rest = text.slice(stamped.end).trim()
  if (group.count === 1 && stamped.time.lacks === 'date' && rest.startsWith('--- ')) {
    const date = dateIn(rest)
    // Eggdrop's midnight: [00:00] --- Fri Jan  2 2009
    if (date && rest.endsWith(date.original)) {
      yield { context: 1, line: group.line, date }
      return
    }
  }
  const event = eventAt(text, stamped.end)
  const fields: Fields = { 'event.action': event.action }
  if (event.nick !== undefined && isNick(event.nick)) fields['user.name'] = event.nick
  if (event.channel !== undefined) fields['labels.channel'] = event.channel
  const message = event.text || rest || text.trim()
  const after = group.count > 1 ? group.text.slice(group.head.length) : ''
  yield {
    time: stamped.time,
    message: message + after,
    original: group.text,
    line: group.line,
    fields,
  }
}

/** A header is one line; what follows it without a stamp belongs to nothing. */
function* described(group: Group, date: Stamp | undefined): Generator<Item> {
  yield date ? { context: 1, line: group.line, date } : { context: 1, line: group.line }
  const lines = group.text.split('\n')
  for (let i = 1; i < lines.length; i++) {
    const line = group.line + i
    if (isBlank(lines[i]!)) yield { context: 1, line }
    else yield { rejected: lines[i]!, reason: 'orphan-continuation', line }
  }
}

export const adapter: LineAdapter = {
  title: 'IRC log',
  unit: 'lines',
  recognizes,
  begins,
  parse: () => readGroups(begins, read),
}
