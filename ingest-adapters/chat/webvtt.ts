/**
 * Transcripts of meetings as WebVTT, https://www.w3.org/TR/webvtt1/: cues of `00:00:05.000 --> 00:00:08.120` and what was said. The speaker stands in a voice tag
 * (`<v Alice>…`, Microsoft Teams) or before a colon (`Alice: …`, Zoom). A cue only tells how long after the start it was. When that was, a NOTE or the lines of the header
 * tell, or the file's name: Zoom's `GMT20240501-100000_Recording.transcript.vtt`, Teams' `…-20240501_100000UTC-Meeting Recording.vtt`. Else no cue has a time.
 */
import type { Stamp } from '../../schemas/source-record.ts'
import type { DocumentAdapter, File, Item } from '../adapter.ts'
import { chatItem } from '../shared/chat-message.ts'
import { unescapeHtml } from '../shared/html-text.ts'
import { stampAt } from '../shared/leading-stamp.ts'
import { textOf } from '../shared/utf8-text.ts'
import { withZone } from '../shared/zone-name.ts'

const TIMING =
  /^[ \t]*(?:(\d{2,4}):)?(\d\d):(\d\d)[.,](\d{3})[ \t]+-->[ \t]+(?:\d{2,4}:)?\d\d:\d\d[.,]\d{3}/
const DATED =
  /(?<![\d\p{L}])(?:\d{4}-\d\d-\d\d[T ]\d\d:\d\d|\d{1,2} \p{L}{3,9} \d{4},? \d{1,2}:\d\d|\p{L}{3,9} \d{1,2}, \d{4},? \d{1,2}:\d\d)/gu
const NAMED = /(GMT)?(?<!\d)(20\d\d)(\d\d)(\d\d)[-_T](\d\d)(\d\d)(\d\d)(UTC|Z)?(?!\d)/
const DAY = 86_400

/** The start that the blocks before the first cue tell. */
function toldStart(blocks: readonly string[]): Stamp | undefined {
  for (const block of blocks) {
    for (const m of block.matchAll(DATED)) {
      const stamp = stampAt(block, m.index)
      if (typeof stamp !== 'object') continue
      return withZone(stamp, block, m.index + stamp.original.length)
    }
  }
  return undefined
}

/** The clock that the file's name tells; the date in it is evidence like that of any name. */
function namedStart({ name }: File): Stamp | undefined {
  const m = NAMED.exec(name)
  if (!m) return undefined
  const seconds = Number(m[5]) * 3600 + Number(m[6]) * 60 + Number(m[7])
  if (seconds >= DAY) return undefined
  const stamp: Stamp = { original: m[0], seconds, nanos: 0, digits: 0, lacks: 'date' }
  return m[1] || m[8] ? { ...stamp, offset: 0 } : stamp
}

function after(start: Stamp, timing: RegExpExecArray): Stamp {
  const [, hours = '0', minutes, seconds, millis] = timing
  const passed = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
  const nanos = start.nanos + Number(millis) * 1e6
  const at = start.seconds + passed + Math.floor(nanos / 1e9)
  return {
    ...start,
    original: timing[0].trim().split(/\s/, 1)[0]!,
    seconds: start.lacks === 'date' ? at % DAY : at,
    nanos: nanos % 1e9,
    digits: Math.max(start.digits, 3),
  }
}

const TAG = /<[^<>]*>/g
const VOICE = /^<v(?:\.[^\s>]*)?\s+([^<>]{1,200})>/
const NAME = /^([^\s:<>][^:<>\n]{0,60}): (?=\S)/

function cue(block: string, line: number, start: Stamp | undefined): Item {
  const lines = block.split('\n')
  const at = lines.findIndex((each) => TIMING.test(each))
  const words = lines.slice(at + 1).join('\n')
  const voice = VOICE.exec(words)?.[1]
  const plain = unescapeHtml(words.replace(TAG, '')).trim()
  const named = voice === undefined ? NAME.exec(plain) : null
  return chatItem(
    {
      time: start && after(start, TIMING.exec(lines[at]!)!),
      text: named ? plain.slice(named[0].length) : plain,
      action: 'speech',
      user: voice?.trim() ?? named?.[1],
    },
    block,
    line,
  )
}

const hasTiming = (block: string): boolean => block.split('\n', 2).some((each) => TIMING.test(each))

function* read(bytes: Uint8Array, first: number, file: File): Generator<Item> {
  const lines = textOf(bytes).split(/\r?\n/)
  const blocks: { text: string; line: number }[] = []
  for (let i = 0; i < lines.length; i++) {
    if (lines[i]!.trim() === '') continue
    let end = i + 1
    while (end < lines.length && lines[end]!.trim() !== '') end++
    blocks.push({ text: lines.slice(i, end).join('\n'), line: first + i })
    i = end
  }
  const cues = blocks.findIndex(({ text }) => hasTiming(text))
  const header = blocks.slice(0, cues < 0 ? undefined : cues).map(({ text }) => text)
  const start = toldStart(header) ?? namedStart(file)
  for (const { text, line } of blocks) {
    if (hasTiming(text)) yield cue(text, line, start)
    else yield { context: text.split('\n').length, line }
  }
}

export const adapter: DocumentAdapter = {
  title: 'WebVTT transcript',
  unit: 'document',
  recognizes: ({ text }) => /^WEBVTT(?:[ \t\r\n]|$)/.test(text),
  parse: (file) => (bytes, line) => read(bytes, line, file),
}
