/**
 * The file of a format that is one pattern, or a few: lines of `key: value`, comments with #, and at the end samples, each behind a line `sample:`.
 * README.md, "Add a format", says what the keys are.
 */
import { grokPattern, type GrokPattern } from './grok-pattern.ts'
import { BadPattern } from './pattern-syntax.ts'
import { stampLayout, type ReadStamp } from './stamp-layout.ts'

export interface PatternFormat {
  title: string
  /** A record, the first that matches. */
  records: readonly GrokPattern[]
  /** Records that other formats have too: they are read, and do not show that a file is of this one. */
  also: readonly GrokPattern[]
  /** Lines that describe the file. */
  contexts: readonly GrokPattern[]
  /** Lines above the first record that say nothing. */
  headings: readonly GrokPattern[]
  /** So much of a file must be records that it is taken for one of the format, from 0 to 1. */
  share: number
  /** Lines that begin a record; empty where those do that a record's pattern matches. */
  begins: readonly GrokPattern[]
  /** Empty where the stamp's own shape tells what is what. */
  stamps: readonly ReadStamp[]
  /** The format writes UTC and does not say so. */
  isUtc: boolean
  /** The ECS field of a capture, by the capture's name. */
  fields: ReadonlyMap<string, string>
  levels: ReadonlyMap<string, string>
  /** The ECS field of a value that the message names, as in `pid=12`. */
  pairs: ReadonlyMap<string, string>
  /** What stands between these; without it white space or a mark. */
  between: string | undefined
  samples: readonly Sample[]
}

export interface Sample {
  lines: readonly string[]
  /** The number of its first line in the file. */
  line: number
}

/** What is wrong with the file of a format, where, and what to do. */
export class BadFormat extends Error {}

const KEYS =
  'title define record also share context heading begins stamp zone field pair between level'.split(
    ' ',
  )
const LINE = /^([a-z]+):(?: +(.*))?$/
const PAIR = /^(\S+) += +(\S+)$/
/** Behind the name of a field of which the value is a number. */
export const NUMBER = /:int$/
/** What the timeline itself says of an event. */
const OURS = /^event\.(?:id|kind|dataset|original)$/
/** Names of captures that are no fields. */
export const SPECIAL: ReadonlySet<string> = new Set(['time', 'date', 'clock', 'zone', 'message'])
/** Names of captures that are a peer, with its port if it has one. */
export const PEERS: ReadonlySet<string> = new Set(['source', 'destination', 'client', 'server'])
const FIELD_SETS = new Set(
  `agent as client cloud container data_stream destination device dll dns ecs email error event faas file geo group hash host http interface labels log network
  observer orchestrator organization os package process registry related rule server service source span threat tls trace transaction url user user_agent vlan
  volume vulnerability`.split(/\s+/),
)

/** Reads the text of a file; `path` is what errors call it. @throws BadFormat */
export function readPatternFormat(text: string, path: string): PatternFormat {
  const wrong = (line: number, what: string): BadFormat => new BadFormat(`${path}:${line}: ${what}`)
  const told: { key: string; value: string; line: number }[] = []
  const samples: { lines: string[]; line: number }[] = []
  for (const [i, written] of text.split(/\r?\n/).entries()) {
    const sample = samples.at(-1)
    if (written === 'sample:') samples.push({ lines: [], line: i + 2 })
    else if (sample) sample.lines.push(written)
    else if (written.trim() !== '' && !written.startsWith('#')) {
      const m = LINE.exec(written)
      if (!m || !KEYS.includes(m[1]!))
        throw wrong(
          i + 1,
          `${written.slice(0, 60)} is no line of a format: there are ${KEYS.map((key) => `${key}:`).join(' ')} and sample: with the sample below it`,
        )
      if (!m[2]) throw wrong(i + 1, `${m[1]}: says nothing: write what it is behind it`)
      told.push({ key: m[1]!, value: m[2], line: i + 1 })
    }
  }
  const all = (key: string): typeof told => told.filter((each) => each.key === key)
  const one = (key: string): string | undefined => {
    const [first, second] = all(key)
    if (second) throw wrong(second.line, `${key}: stands twice: leave one out`)
    return first?.value
  }
  /** What `make` makes of each line with the key; its complaint is the file's. */
  const each = <T>(key: string, make: (value: string) => T): T[] =>
    all(key).map(({ value, line }) => {
      try {
        return make(value)
      } catch (error) {
        if (error instanceof BadPattern) throw wrong(line, `${key}: ${error.message}`)
        throw error
      }
    })
  const pairs = (key: string): Map<string, string> =>
    new Map(
      each(key, (value) => {
        const m = PAIR.exec(value)
        if (!m) throw new BadPattern(`${value} is no pair: write it as \`a = b\``)
        return [m[1]!, m[2]!] as const
      }),
    )

  const own = new Map(
    each('define', (value) => {
      const m = /^(\w+) +(.+)$/.exec(value)
      if (!m) throw new BadPattern('it needs a name and a pattern: `define: NAME pattern`')
      return [m[1]!, m[2]!] as const
    }),
  )
  const fields = pairs('field')
  const named = pairs('pair')
  const pattern = (value: string): GrokPattern => {
    const made = grokPattern(value, own)
    for (const { name } of made.captures) checkField(fields.get(name) ?? name)
    return made
  }
  each('pair', (value) => checkField(PAIR.exec(value)![2]!.replace(NUMBER, '')))
  const title = one('title')
  if (title === undefined)
    throw wrong(1, 'it has no title: add a line `title: …` with what people call the format')
  const zone = one('zone')
  if (zone !== undefined && zone !== 'UTC')
    throw wrong(
      all('zone')[0]!.line,
      `zone: ${zone}: only UTC can be told here, for a format that always writes it; other zones are told by import --zone`,
    )
  const share = Number(one('share') ?? 0.5)
  if (!(share > 0 && share <= 1))
    throw wrong(
      all('share')[0]!.line,
      'share: it is a number over 0, and at most 1: the half is 0.5',
    )
  const records = each('record', pattern)
  if (records.length === 0) throw wrong(1, 'it has no pattern: add a line `record: …`')
  const also = each('also', pattern)
  const timeless = records.findIndex(
    ({ captures }) => !captures.some(({ name }) => name === 'time' || name === 'clock'),
  )
  if (timeless >= 0)
    throw wrong(
      all('record')[timeless]!.line,
      'record: it says no time: name the part that is the stamp `time`, such as %{TIMESTAMP_ISO8601:time} or (?<time>…)',
    )
  if (samples.length === 0)
    throw wrong(
      text.split('\n').length,
      'it has no sample: add a line `sample:` at its end, and below it a record as it stands in a file',
    )
  return {
    title,
    records,
    also,
    share,
    contexts: each('context', pattern),
    headings: each('heading', pattern),
    begins: each('begins', pattern),
    stamps: each('stamp', stampLayout),
    isUtc: zone !== undefined,
    fields,
    levels: pairs('level'),
    pairs: named,
    between: one('between'),
    samples: samples.map(({ lines, line }) => ({ lines: withoutEnd(lines), line })),
  }
}

function checkField(name: string): void {
  if (SPECIAL.has(name) || PEERS.has(name)) return
  const set = name.split('.')[0]!
  if (OURS.test(name)) throw new BadPattern(`${name} is Recount's own: choose another field`)
  if (name.includes('.') && FIELD_SETS.has(set)) return
  throw new BadPattern(
    `${name} is no field of ECS: name it like process.pid, or labels.${name.replaceAll('.', '_')}, or add a line \`field: ${name} = process.pid\` (https://www.elastic.co/docs/reference/ecs)`,
  )
}

function withoutEnd(lines: readonly string[]): string[] {
  const end = lines.findLastIndex((line) => line.trim() !== '')
  return lines.slice(0, end + 1)
}
