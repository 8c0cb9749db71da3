/** What stands after the time stamp in a line of an IRC log: who did what, in the marks of the usual clients and bots. */
import { namedPriority } from './syslog-priority.ts'

export type IrcAction =
  | 'message'
  | 'action'
  | 'notice'
  | 'join'
  | 'leave'
  | 'quit'
  | 'nick'
  | 'topic'
  | 'mode'

export interface IrcEvent {
  action: IrcAction
  /** The sentence that a person would read. */
  text: string
  nick?: string
  channel?: string
  /**
   * How sure it is that this is IRC: speech or a membership change, a client's mark alone, a name beside a text, which could be
   * a thread's (`brackets`) or any table's (`columns`), or none of these.
   */
  sure: 'speech' | 'mark' | 'brackets' | 'columns' | 'none'
}

// eslint-disable-next-line no-control-regex
const FORMATTING = /\x03(?:\d{1,2}(?:,\d{1,2})?)?|[\x02\x0f\x11\x16\x1d\x1e\x1f]/g
/** Without mIRC's colours and bold: https://modern.ircdocs.horse/formatting */
export const withoutFormatting = (text: string): string => text.replace(FORMATTING, '')

const NICK = /^[\p{L}_[\]\\`^{|}][\p{L}\d_[\]\\`^{|}.-]{0,40}$/u
/** Words that stand in angle brackets in logs of programs, where a nick stands in those of people. */
const LEVEL =
  /^(?:trace|debug|info|notice|warn|warning|err|error|crit|critical|fatal|alert|emerg|kernel|default|fault|verbose)$/i

export const isNick = (text: string): boolean =>
  NICK.test(text) && !LEVEL.test(text) && namedPriority(text) === undefined

/** The nick without the mark of its rank and without `!user@host`. */
function bareNick(written: string): string {
  let nick = written.trim()
  const c = nick.charCodeAt(0)
  if (c === 64 || c === 43 || c === 37 || c === 38 || c === 126 || c === 33)
    nick = nick.slice(1).trimStart()
  const bang = nick.indexOf('!')
  return bang > 0 ? nick.slice(0, bang) : nick
}

const HOST = '(?: [\\[(][^\\])]{0,200}[\\])])?'
const CHANNEL = /(?:^|\s)([#&][^\s,:\])'"]{1,60}?)[.:,;]?(?=\s|$)/
const SENTENCES: readonly [RegExp, IrcAction][] = [
  [new RegExp(`^(\\S{1,80})${HOST} +(?:has |have )?joined(?![\\w'])`), 'join'],
  [new RegExp(`^(\\S{1,80})${HOST} +(?:has |have )?(?:left|parted)(?= |$)`), 'leave'],
  [new RegExp(`^(\\S{1,80})${HOST} +(?:has |have )?(?:quit|Quit|QUIT)(?=[ :(]|$)`), 'quit'],
  [/^(\S{1,80}) +(?:is|are) now known as /, 'nick'],
  [/^(\S{1,80}) +was kicked (?:from|by|off)/, 'leave'],
  [/^(\S{1,80}) +(?:has )?(?:kicked) /, 'leave'],
  [/^(\S{1,80}) +(?:has )?(?:changed|changes|sets?) (?:the )?topic/, 'topic'],
  [/^(?:The )?[Tt]opic (?:for|on|is|of|set|changed)/, 'topic'],
  [/^mode\/()/, 'mode'],
  [
    /^(\S{1,80}) +(?:sets? (?:channel )?mode|gives (?:voice|channel)|removes (?:voice|channel)|has changed mode)/,
    'mode',
  ],
  [/^Mode \S+ /, 'mode'],
  [/^\S+: mode change /, 'mode'],
]
const LABELLED = /^(Joins|Parts|Quits): (\S+)(?: \(([^)]*)\))?(.*)$/
const VERB = {
  Joins: ['joined', 'join'],
  Parts: ['left', 'leave'],
  Quits: ['quit', 'quit'],
} as const

/** A sentence of the client or the server: what happened to the channel. */
function sentence(text: string): IrcEvent | undefined {
  const labelled = LABELLED.exec(text)
  if (labelled) {
    const [verb, action] = VERB[labelled[1] as keyof typeof VERB]
    const host = labelled[3] ? ` (${labelled[3]})` : ''
    return about(action, `${labelled[2]}${host} has ${verb}${labelled[4]}`, labelled[2])
  }
  for (const [pattern, action] of SENTENCES) {
    const m = pattern.exec(text)
    if (m) return about(action, text, m[1])
  }
  return undefined
}

function about(action: IrcAction, text: string, who: string | undefined): IrcEvent {
  const event: IrcEvent = {
    action,
    text,
    sure: action === 'topic' || action === 'mode' ? 'mark' : 'speech',
  }
  if (who && isNick(bareNick(who))) event.nick = bareNick(who)
  const channel = CHANNEL.exec(text.slice(0, 400))?.[1]
  if (channel) event.channel = channel
  return event
}

const marked = (text: string): IrcEvent =>
  sentence(text) ?? { action: 'notice', text, sure: 'mark' }

const action = (nick: string, text: string): IrcEvent =>
  isNick(nick)
    ? { action: 'action', nick, text, sure: 'mark' }
    : { action: 'notice', text, sure: 'mark' }

const OWN_NEWS =
  /^(?:Now talking|You are now|Set by|Disconnected|Connected|Connecting|Looking up|Rejoined channel) ?/

/** `* nick does`, or one of the sentences that some clients mark in the same way. */
function starred(text: string): IrcEvent {
  const known = sentence(text)
  if (known) return known
  if (OWN_NEWS.test(text)) return { action: 'notice', text, sure: 'mark' }
  const space = text.search(/\s/)
  return action(bareNick(space < 0 ? text : text.slice(0, space)), text)
}

/** `<nick> text`, also with a rank, with `!user@host`, and with blanks inside. */
function spoken(rest: string): IrcEvent | undefined {
  const close = rest.indexOf('>')
  if (close < 2 || close > 200) return undefined
  const inside = rest.slice(1, close)
  const nick = bareNick(inside)
  let text = rest.slice(close + 1).trimStart()
  // identify-msg puts + or - before the text of others; dircproxy writes it down along with the host
  if (inside.includes('!') && (text.startsWith('+') || text.startsWith('-'))) text = text.slice(1)
  if (nick === '' || nick.length > 64 || nick.includes(' ')) return undefined
  return {
    action: 'message',
    nick,
    text: text === '' ? rest : text,
    sure: !isNick(nick) ? 'none' : inside === nick ? 'brackets' : 'speech',
  }
}

const WEECHAT_ARROW = /^(?:-->|<--|--|=!=|<->)$/

/** WeeChat's `prefix TAB text`, where the prefix is a nick, an arrow or a star. */
export function tabbed(rest: string): IrcEvent | undefined {
  const tab = rest.indexOf('\t')
  if (tab < 0 || tab > 80) return undefined
  const prefix = rest.slice(0, tab).trim()
  const text = rest.slice(tab + 1)
  if (WEECHAT_ARROW.test(prefix)) return marked(text.trim())
  if (prefix === '*') return starred(text)
  if (prefix === '')
    return text.trim() === '' ? undefined : { action: 'notice', text: text.trim(), sure: 'none' }
  const nick = bareNick(prefix)
  if (!isNick(nick)) return undefined
  return {
    action: 'message',
    nick,
    text: text === '' ? prefix : text,
    sure: nick === prefix ? 'columns' : 'speech',
  }
}

const NOTICE = /^-([^\s:]{1,80})(?::\S{1,80})?- ?(.*)$/s

/** Reads what follows the stamp, without its blanks. */
export function ircEvent(rest: string): IrcEvent {
  const said = rest.charCodeAt(0) === 60 ? spoken(rest) : undefined
  if (said) return said
  const arrow = /^(?:<-+|-+>|-!-|---?|\*\*\*|===)(?=\s)/.exec(rest)
  if (arrow) return marked(rest.slice(arrow[0].length).trim() || rest)
  if (rest.startsWith('* ') || rest.startsWith('*\t')) return starred(rest.slice(1).trim() || rest)
  const notice = NOTICE.exec(rest)
  if (notice) {
    const nick = bareNick(notice[1]!)
    const event: IrcEvent = { action: 'notice', text: notice[2]!.trim() || rest, sure: 'mark' }
    return isNick(nick) ? { ...event, nick } : event
  }
  if (rest.startsWith('Action: ')) return action(rest.slice(8).split(' ', 1)[0]!, rest.slice(8))
  return sentence(rest) ?? { action: 'notice', text: rest, sure: 'none' }
}
