import type { Draft, Entry } from '../../schemas/draft.ts'
import { coverageOf, figuresOf, secondOf } from './markdown.ts'

const NAMES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escaped = (text: string): string => text.replace(/[&<>"']/g, (c) => NAMES[c]!)

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}time{font-variant-numeric:tabular-nums;white-space:nowrap}li{margin:.3rem 0}details{color:#555}.action{font-weight:600}'

const PHASES = [
  ['before', 'What led up to it'],
  ['during', 'During'],
  ['after', 'After'],
] as const

/** A draft as one HTML page without scripts; each line opens onto its evidence. */
export function htmlOf(draft: Draft): string {
  const { window, entries, coverage } = draft
  const title = `Draft of ${secondOf(window.from)} to ${secondOf(window.to)} UTC`
  const sections = PHASES.flatMap(([phase, heading]) => {
    const of = entries.filter((entry) => entry.phase === phase)
    return of.length === 0 ? [] : [`<h2>${heading}</h2>`, listOf(of.map(entryOf))]
  })
  const figures = figuresOf(draft).map(([name, value]) => `${escaped(name)}: ${escaped(value)}`)
  const questions = coverage.questions.map(({ text }) => escaped(text))
  return [
    '<!doctype html>',
    '<html lang="en">',
    `<head><meta charset="utf-8"><title>${escaped(title)}</title><style>${STYLE}</style></head>`,
    `<body><h1>${escaped(title)}</h1>`,
    listOf(figures),
    ...sections,
    ...(questions.length > 0 ? ['<h2>Questions</h2>', listOf(questions)] : []),
    `<h2>Coverage</h2><p>${escaped(coverageOf(draft))}</p>`,
    '</body></html>',
    '',
  ].join('\n')
}

const listOf = (items: readonly string[]): string =>
  `<ul>\n${items.map((item) => `<li>${item}</li>\n`).join('')}</ul>`

function entryOf({ at, type, text, references, evidence }: Entry): string {
  // Only these lead anywhere: an event may hold any text as its reference.
  const links = references
    .filter(({ url }) => /^https?:/i.test(url))
    .map(({ title, url }) => `<a href="${escaped(url)}" rel="noreferrer">${escaped(title)}</a>`)
  const proof = evidence.map(
    (cited) =>
      `<time datetime="${escaped(cited.at)}">${escaped(secondOf(cited.at))}</time> ${escaped(cited.source)}: ${escaped(cited.message)}`,
  )
  return `<time datetime="${escaped(at)}">${escaped(secondOf(at))} UTC</time> <span class="${type}">${escaped(text)}</span>${links.length > 0 ? ` (${links.join(', ')})` : ''}
<details><summary>${proof.length === 1 ? 'its event' : `${proof.length} of its events`}</summary>${listOf(proof)}</details>`
}
