/**
 * Chat of a Zoom meeting, saved beside its recording, https://support.zoom.com/hc/en/article?id=zm_kb&sysparm_article=KB0067312: `09:15:02	 From  Ines  to  Everyone:` and the text
 * below it, or before 5.8 behind it; a message to one person is marked. The clock is that of who saved it, with the date where the chat was saved by hand.
 */
import type { Item, LineAdapter } from '../adapter.ts'
import { chatItem } from '../shared/chat-message.ts'
import { isoStamp } from '../shared/iso-stamp.ts'
import { mostLines, readGroups, refuse, type Group } from '../shared/lines.ts'
import { clockStamp } from '../shared/numeric-stamp.ts'

const HEAD = /^((?:\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d)\s{1,5}From\s{1,3}([^:]{1,200}?)\s?:(?:\s|$)/
const RECEIVER = /\s{1,3}to\s{1,3}/
const begins = (line: string): boolean => HEAD.test(line)

function* read(group: Group): Generator<Item> {
  const [head, clock, who] = HEAD.exec(group.head)!
  const [user, receiver] = who!.split(RECEIVER, 2)
  const text = group.text.slice(head.length).replace(/\n\t/g, '\n')
  const parts = { text, user: user!.trim(), channel: receiver?.trim() }
  const time = isoStamp(clock!) ?? clockStamp(clock!)
  const item = chatItem({ time, ...parts }, group.text, group.line)
  if ('rejected' in item) {
    yield* refuse(group, item.reason)
    return
  }
  // What is told to one person is in the same file.
  if ('time' in item) delete item.stream
  yield item
}

export const adapter: LineAdapter = {
  title: 'Zoom meeting chat',
  unit: 'lines',
  recognizes: (head) => begins(head.lines[0] ?? '') && mostLines(head, begins, 0.3),
  begins,
  parse: () => readGroups(begins, read),
}
