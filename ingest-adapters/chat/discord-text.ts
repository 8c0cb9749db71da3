/**
 * Discord, as DiscordChatExporter writes it in plain text: https://github.com/Tyrrrz/DiscordChatExporter, layout in
 * DiscordChatExporter.Core/Exporting/PlainTextMessageWriter.cs. A header between lines of `=` names guild and channel; each message is `[stamp] author`, its text, and
 * what is attached under `{Attachments}`, `{Embed}`, `{Stickers}`, `{Reactions}`. The culture of the computer decides the shape of the stamp, which has no zone.
 */
import type { Item, LineAdapter } from '../adapter.ts'
import { chatItem, fileName } from '../shared/chat-message.ts'
import { wholeStamp } from '../shared/json-stamp.ts'
import { groups, isGroup, refuse, type Group } from '../shared/lines.ts'

const RULE = /^={62}$/
const HEAD = /^\[([^[\]]{8,60})\] (\S.{0,100}?)( \(pinned\))?$/
const SECTION = /^\{(Attachments|Embed|Stickers|Reactions)\}$/

const begins = (line: string): boolean => {
  const m = HEAD.exec(line)
  return RULE.test(line) || (m !== null && wholeStamp(m[1]!) !== undefined)
}

interface Place {
  server?: string | undefined
  channel?: string | undefined
}

/** The lines under each section's name, those of the text under ''. */
function sections(lines: readonly string[]): ReadonlyMap<string, string[]> {
  const found = new Map<string, string[]>([['', []]])
  let name = ''
  for (const line of lines) {
    const m = SECTION.exec(line)
    if (m) name = m[1]!
    const list = found.get(name)
    if (!list) found.set(name, [])
    else if (!m) list.push(line)
  }
  return found
}

function readMessage(group: Group, place: Place): Item {
  const [, written, author] = HEAD.exec(group.head)!
  const parts = sections(group.text.split('\n').slice(1))
  const words = [...parts.get('')!, ...(parts.get('Embed') ?? [])].join('\n').trim()
  return chatItem(
    {
      time: wholeStamp(written!),
      text: words || parts.get('Stickers')?.map(fileName).join(', '),
      user: author!,
      channel: place.channel,
      server: place.server,
      reactions: parts.get('Reactions')?.join(' ').trim(),
      files: (parts.get('Attachments') ?? []).filter((line) => line !== '').map(fileName),
    },
    group.text,
    group.line,
  )
}

function notePlace(group: Group, place: Place): void {
  for (const line of group.text.split('\n')) {
    if (line.startsWith('Guild: ')) place.server = line.slice(7)
    if (line.startsWith('Channel: ')) place.channel = line.slice(9)
  }
}

export const adapter: LineAdapter = {
  title: 'Discord export as text',
  unit: 'lines',
  recognizes: ({ lines }) =>
    RULE.test(lines[0] ?? '') &&
    lines[1]?.startsWith('Guild: ') === true &&
    lines[2]?.startsWith('Channel: ') === true,
  begins,
  parse: () => {
    const place: Place = {}
    return function* (lines, first) {
      for (const group of groups(lines, first, begins)) {
        if (!isGroup(group)) yield group
        else if (RULE.test(group.head)) {
          notePlace(group, place)
          yield { context: group.count, line: group.line }
        } else {
          const item = readMessage(group, place)
          if ('rejected' in item) yield* refuse(group, item.reason)
          else yield item
        }
      }
    }
  },
}
