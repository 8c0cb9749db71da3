import type { Finding } from './finding.ts'
import { commandOf, fieldOf, isScheduled, programOf } from './command-line.ts'
import { flowOf } from './flows.ts'
import { grouped } from './grouped.ts'
import type { Fact } from './material.ts'
import { median } from '../median.ts'
import type { Pattern } from './patterns.ts'
import { isOfLater, wordsOfFailure } from './levels.ts'
import { duration, placeOf, quoted, times } from './wording.ts'

/** The first words of a line may tell begin from end. */
const HEAD_WORDS = 4
/** A source in which so many pairs of lines differ in the same two words writes down steps with beginning and end. */
const FEWEST_PAIRS = 3
/** Steps in a source that writes more than this share of all events are not those of a person. */
const LOUD = 0.05

interface Span {
  begin: Fact
  end: Fact | undefined
  words: readonly [string, string]
}

/** Commands of operators and their scripts: pairs of lines that differ in one word, such as begin and end, are one action with how long it took. */
export function commands(logs: readonly Fact[]): Finding[] {
  const findings: Finding[] = []
  const lines = logs.filter(({ rank }) => rank !== 0)
  for (const of of grouped(lines, ({ source }) => source).values()) {
    if (of.length > Math.max(logs.length * LOUD, 20)) continue
    const spans = spansOf(of)
    const took = spans.map(({ begin, end }) => (end ? end.ms - begin.ms : 0))
    const usual = median(took.sort((a, b) => a - b))
    spans.forEach((span, i) => findings.push(actionOf(span, usual, i)))
  }
  return findings
}

function actionOf({ begin, end, words }: Span, usual: number, i: number): Finding {
  const took = end ? end.ms - begin.ms : undefined
  const what = quoted(strippedOf(begin.message, words[0]))
  return {
    evidence: end ? [begin, end] : [begin],
    ...(end && { until: end.ms, count: 2 }),
    type: 'action',
    claim: 'change',
    reason: 'command',
    text:
      took === undefined
        ? `${what} was begun in ${placeOf(begin)}; no end of it was logged`
        : `${what} was run, as ${placeOf(begin)} says; it took ${duration(took)}`,
    score:
      22 +
      (took === undefined
        ? 12
        : Math.min(4 * Math.max(Math.log2(took / Math.max(usual, 1)), 0), 8)) -
      Math.min(i, 40) * 0.01,
    topic: `command ${begin.id}`,
  }
}

const strippedOf = (message: string, word: string): string =>
  message.replace(word, '').replace(/\s+/g, ' ').trim()

/** Lines of one source that are the same but for one of the first words, which is always one of two, one after the other. */
function spansOf(lines: readonly Fact[]): Span[] {
  const heads = lines.map(({ message }) => message.split(/\s+/))
  let best: Span[] = []
  for (let place = 0; place < HEAD_WORDS; place++) {
    const open = new Map<string, { fact: Fact; word: string }>()
    const pairs = new Map<string, Span[]>()
    const begun: { fact: Fact; word: string }[] = []
    lines.forEach((fact, i) => {
      const words = heads[i]!
      const word = words[place]
      if (word === undefined || words.length < place + 3) return
      const key = words.toSpliced(place, 1).join(' ')
      const before = open.get(key)
      if (before && before.word !== word) {
        const name = `${before.word} ${word}`
        const span: Span = { begin: before.fact, end: fact, words: [before.word, word] }
        pairs.set(name, [...(pairs.get(name) ?? []), span])
        open.delete(key)
      } else {
        open.set(key, { fact, word })
        begun.push({ fact, word })
      }
    })
    const most = [...pairs.values()].sort((a, b) => b.length - a.length)[0] ?? []
    const different = new Set(
      most.map(({ begin, words: [word] }) => strippedOf(begin.message, word)),
    )
    if (different.size < FEWEST_PAIRS || most.length <= best.length) continue
    const ended = new Set(most.map(({ begin }) => begin))
    const { words } = most[0]!
    const unended = begun
      .filter(({ fact, word }) => word === words[0] && !ended.has(fact))
      .map(({ fact }): Span => ({ begin: fact, end: undefined, words }))
    best = [...most, ...unended].sort((a, b) => a.begin.ms - b.begin.ms)
  }
  return best
}

/** Single commands that were logged as such, and starts of processes. */
export function commandLines(logs: readonly Fact[], trouble: readonly number[]): Finding[] {
  const run = logs.flatMap((fact): Run[] => {
    const line = commandOf(fact)
    return line === undefined ? [] : [{ fact, line }]
  })
  const programs = new Map<string, number>()
  for (const { line } of run)
    programs.set(programOf(line), (programs.get(programOf(line)) ?? 0) + 1)
  const sessions = grouped(run, ({ fact }) => sessionOf(fact))
  const parts = [...sessions.values()].flatMap((of) => {
    const parts: Run[][] = []
    for (const each of of) {
      const part = parts.at(-1)
      if (part && each.fact.ms - part.at(-1)!.fact.ms < SESSION_MS && part.length < 5)
        part.push(each)
      else parts.push([each])
    }
    return parts
  })
  return [...grouped(parts, saidOf).values()].map((same) => {
    const finding = sessionFinding(same, programs, run.length)
    if (isScheduled(same[0]![0]!.fact)) return { ...finding, score: finding.score - SCHEDULED }
    const near = same.some((part) =>
      trouble.some((ms) => Math.abs(ms - part[0]!.fact.ms) < TROUBLE_MS),
    )
    return near ? { ...finding, score: finding.score + IN_TROUBLE } : finding
  })
}

interface Run {
  fact: Fact
  line: string
}

/** What is run again and again in the same way has one line. */
const saidOf = (part: readonly Run[]): string =>
  [part[0]!.fact.host, ...part.map(({ line }) => line)].join('\n')

const SESSION_MS = 60_000
/** What is run while something does not work is more likely to be of it. */
const TROUBLE_MS = 2 * 3_600_000
const IN_TROUBLE = 8
const SCHEDULED = 8

/** `same`: sessions of the same commands, in order. */
function sessionFinding(
  same: readonly (readonly Run[])[],
  programs: ReadonlyMap<string, number>,
  all: number,
): Finding {
  const part = same[0]!
  const runs = same.flat()
  const rarest = [...part].sort(
    (a, b) => programs.get(programOf(a.line))! - programs.get(programOf(b.line))!,
  )
  const rarity = Math.log2(all / programs.get(programOf(rarest[0]!.line))!)
  const { fact } = part[0]!
  const lines = [...new Set(part.map(({ line }) => line))]
  const often = same.length > 1 ? ` ${times(same.length, 'time')}` : ''
  return {
    evidence: runs.map((run) => run.fact),
    ...(runs.length > 1 && { until: runs.at(-1)!.fact.ms, count: runs.length }),
    type: isScheduled(fact) ? 'observation' : 'action',
    claim: 'change',
    reason: 'command',
    text: `${times(lines.length, 'command')} ${lines.length === 1 ? 'was' : 'were'} run${often} on ${fact.host || placeOf(fact)}: ${lines.map((line) => quoted(line, 100)).join(', ')}`,
    score: 18 + 2 * rarity + 2 * Math.log2(lines.length),
    topic: `commands ${fact.id}`,
  }
}

/** Commands that one process starts, or one person or the clock on one host, go together. */
const sessionOf = (fact: Fact): string =>
  `${fact.host} ${isScheduled(fact)} ${
    fieldOf(fact, 'process', 'parent', 'entity_id') ??
    fieldOf(fact, 'process', 'parent', 'executable') ??
    fact.source
  }`

/** A line of a quiet source that comes again and again: somebody, or something, tries and waits. */
export function repeats(patterns: readonly Pattern[], all: number): Finding[] {
  return patterns.flatMap((pattern): Finding[] => {
    const { examples, count, first, last, source, signature } = pattern
    const example = examples[0]
    if (!example || count < 5 || count > all * LOUD || last - first > 15 * 60_000) return []
    if (pattern.novelty < 0.5 || pattern.rank === 0 || wordsOfFailure(example.message)) return []
    if (flowOf(example) !== undefined || isOfLater(example.message)) return []
    return [
      {
        evidence: examples.slice(0, 5),
        until: last,
        count,
        type: 'observation',
        claim: null,
        reason: 'first-ever',
        text: `${placeOf(example)} logged ${times(count, 'time')} in ${duration(last - first)}, for the first time: ${quoted(example.message)}`,
        score: 12 + 8 * pattern.novelty,
        topic: `repeat ${signature} ${source}`,
      },
    ]
  })
}
