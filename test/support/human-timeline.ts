import { readFileSync } from 'node:fs'
import type { Draft } from '../../schemas/draft.ts'
import { stemsOf } from '../../services/draft/words.ts'

/** A line that a person wrote. */
export interface HumanLine {
  ms: number
  text: string
}

const LINE = /^\* (\d{4}-\d\d-\d\d) (\d\d:\d\d(?::\d\d)?) UTC – (.+)$/
const NEAR_MS = 10_000
const AROUND_MS = 90_000

/** The lines of a timeline in Markdown, without the places that they link to. */
export const humanLines = (path: string): HumanLine[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, date, clock, text] = LINE.exec(line) ?? []
      return text === undefined
        ? []
        : [{ ms: Date.parse(`${date}T${clock}Z`), text: text.replace(/ \(\[.*$/, '') }]
    })

export interface Compared {
  recall: number
  precision: number
  missed: HumanLine[]
}

/** Line by line, one to one: within 10 s, or within 90 s and with a word in common. */
export function compared(human: readonly HumanLine[], { entries }: Draft): Compared {
  const left = entries.map(({ at, text, evidence }) => ({
    ms: Date.parse(at),
    stems: stemsOf(`${text} ${evidence[0]!.message}`),
  }))
  const missed: HumanLine[] = []
  for (const line of human) {
    const stems = [...stemsOf(line.text)]
    const near = left
      .map((entry, i) => ({ i, away: Math.abs(entry.ms - line.ms), entry }))
      .filter(
        ({ away, entry }) =>
          away <= NEAR_MS || (away <= AROUND_MS && stems.some((stem) => entry.stems.has(stem))),
      )
      .sort((a, b) => a.away - b.away)[0]
    if (near) left.splice(near.i, 1)
    else missed.push(line)
  }
  const found = human.length - missed.length
  return { recall: found / human.length, precision: found / entries.length, missed }
}
