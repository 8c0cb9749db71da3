import type { Bounded, Draft, Entry, Span } from '../../schemas/draft.ts'
import { duration } from './wording.ts'

const PHASES = [
  ['before', 'What led up to it'],
  ['during', 'During'],
  ['after', 'After'],
] as const

const escaped = (text: string): string => text.replace(/[\\`*_{}[\]<>#|~]/g, String.raw`\$&`)
const address = (url: string): string => url.replace(/[()\s<>]/g, encodeURIComponent)

/** A draft as Markdown: a list of lines with time, zone and links. */
export function markdownOf(draft: Draft): string {
  const { window, entries, coverage } = draft
  const parts = [`# Draft of ${secondOf(window.from)} to ${secondOf(window.to)} UTC\n`]
  const figures = figuresOf(draft)
  if (figures.length > 0)
    parts.push(figures.map(([name, value]) => `* ${name}: ${value}\n`).join(''))
  for (const [phase, title] of PHASES) {
    const of = entries.filter((entry) => entry.phase === phase)
    if (of.length > 0) parts.push(`## ${title}\n`, of.map(lineOf).join(''))
  }
  if (entries.length === 0) parts.push('Nothing in this window is worth a line.\n')
  if (coverage.questions.length > 0)
    parts.push(
      '## Questions\n',
      coverage.questions.map(({ text }) => `* ${escaped(text)}\n`).join(''),
    )
  parts.push(`## Coverage\n`, `${coverageOf(draft)}\n`)
  return parts.join('\n')
}

const lineOf = (entry: Entry): string =>
  `* ${secondOf(entry.at)} UTC – ${entry.type === 'action' ? '**Action:** ' : ''}${escaped(entry.text)}${linksOf(entry)}\n`

const linksOf = ({ references }: Entry): string =>
  references.length === 0
    ? ''
    : ` (${references.map(({ title, url }) => `[${escaped(title)}](${address(url)})`).join(', ')})`

/** `2024-05-01 10:00:00` */
export const secondOf = (at: string): string => `${at.slice(0, 10)} ${at.slice(11, 19)}`

/** The figures that a draft proposes, with the bounds where the evidence leaves some. */
export function figuresOf({ metrics }: Draft): [name: string, value: string][] {
  const instants: [string, Bounded | undefined][] = [
    ['Began', metrics.began],
    ['Detected', metrics.detected],
    ['Acknowledged', metrics.acknowledged],
    ['Mitigated', metrics.mitigated],
    ['Resolved', metrics.resolved],
  ]
  const spans: [string, Span | undefined][] = [
    ['Time to detect', metrics.timeToDetect],
    ['Time to resolve', metrics.timeToResolve],
    ['Downtime', metrics.downtime],
  ]
  return [
    ...instants.flatMap(([name, value]): [string, string][] =>
      value ? [[name, instant(value)]] : [],
    ),
    ...spans.flatMap(([name, value]): [string, string][] => (value ? [[name, span(value)]] : [])),
    ...(metrics.severity ? [['Severity', metrics.severity.value] as [string, string]] : []),
  ]
}

const instant = ({ at, earliest, latest }: Bounded): string =>
  earliest.slice(0, 19) === latest.slice(0, 19)
    ? `${secondOf(at)} UTC`
    : `${secondOf(at)} UTC (from ${secondOf(earliest)} to ${secondOf(latest)} is possible)`

const span = ({ seconds, least, most }: Span): string =>
  Math.round(least) === Math.round(most)
    ? duration(seconds * 1000)
    : `${duration(seconds * 1000)} (${duration(least * 1000)} to ${duration(most * 1000)})`

/** What a draft stands on, in a sentence. */
export const coverageOf = ({ coverage, omitted, entries }: Draft): string =>
  `${entries.length} lines from ${coverage.events.toLocaleString('en')} events of ${coverage.sources.length} sources, compared with ${coverage.baseline.toLocaleString('en')} events before; left out are ${omitted.events.toLocaleString('en')} events of ${omitted.signatures.toLocaleString('en')} kinds.`
