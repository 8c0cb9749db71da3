/** The page that lists the formats, made from the adapters, from the head of their files and from what their fixtures give. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loadAdapters } from '../../ingest-adapters/load.ts'
import { fixtures, type Fixture } from './golden.ts'

export const PAGE = 'docs/formats.md'

const URLS = /https?:\/\/[^\s),;]+[^\s),;.:]/g
const ALWAYS = new Set(['@timestamp', 'message', 'event', 'timeline', 'labels'])
/** What the basis of a time and its flags mean for a reader of the page, in this order. */
const TIMES: readonly (readonly [string, string])[] = [
  ['explicit', 'offset, Z or epoch in the record'],
  ['named', 'name of the zone in the record or file'],
  ['assumed', 'local time without a zone: `--zone` tells it'],
  ['inferred', 'worked out from the file'],
  ['year-inferred', 'no year'],
  ['date-inferred', 'a clock without a date'],
  ['ambiguous-date', 'order of day and month open'],
]

interface Shown {
  fields: Set<string>
  times: Set<string>
}

/** Fields and bases of time that the events of fixtures have. */
async function shownBy(all: readonly Fixture[]): Promise<Shown> {
  const shown: Shown = { fields: new Set(), times: new Set() }
  for (const { expected } of all) {
    for (const line of (await readFile(expected, 'utf8')).split('\n')) {
      if (!line.startsWith('{"@timestamp"')) continue
      const event = JSON.parse(line) as Event
      for (const [name, value] of Object.entries(event))
        if (!ALWAYS.has(name)) collect(shown.fields, name, value)
      const { id: _, kind: _k, dataset: _d, original: _o, ...said } = event.event
      collect(shown.fields, 'event', said)
      if (event['labels']) shown.fields.add('labels')
      const { basis, flags } = event.timeline.time
      for (const word of [basis, ...flags]) shown.times.add(word)
    }
  }
  return shown
}

interface Event extends Record<string, unknown> {
  event: Record<string, unknown>
  timeline: { time: { basis: string; flags: string[] } }
}

function collect(into: Set<string>, path: string, value: unknown): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) into.add(path)
  else for (const [name, inner] of Object.entries(value)) collect(into, `${path}.${name}`, inner)
}

/** The head of the file that an adapter is in: a comment. */
async function headOf(name: string): Promise<string> {
  const [kind, format] = name.split('/') as [string, string]
  const folder = join('ingest-adapters', kind)
  const file = (await readdir(folder)).find(
    (each) => each.replace(/\.(?:ts|format)$/, '') === format,
  )
  const text = await readFile(join(folder, file!), 'utf8')
  return /^(?:\/\*\*[\s\S]*?\*\/|(?:#.*\n)+)/.exec(text)?.[0] ?? ''
}

export async function formatsPage(): Promise<string> {
  const adapters = (await loadAdapters()).sort((a, b) => (a.name < b.name ? -1 : 1))
  const all = await fixtures()
  const rows: string[] = []
  for (const { name, adapter } of adapters) {
    const own = all.filter(({ dataset }) => dataset === name)
    const { fields, times } = await shownBy(own)
    const urls = (await headOf(name)).match(URLS) ?? []
    const said = TIMES.filter(([word]) => times.has(word)).map(([, text]) => text)
    const links = urls.map((url, i) => `[${i + 1}](${url})`).join(' ')
    rows.push(
      `| \`${name}\` | ${adapter.title}${adapter.fallback ? ' (where no other format fits)' : ''} ${links} | ${said.join('; ')} | ${[...fields].sort().join(', ')} |`,
    )
  }
  return `# Formats

${adapters.length} formats, recognized by their content. This page is made by \`npm run formats\` from the adapters and from what their fixtures give; \`npm test\` fails when it is old.
Every event has its time, its text and the exact slice of its file beside what is listed. How a time is known is said with each event (\`timeline.time\`); README.md says how zones are told.

| format | what it is, with its specification | how its time is known | fields that it gives |
| --- | --- | --- | --- |
${rows.join('\n')}
`
}
