/** The one meaning of a query text, on every engine: words (all of them), "phrases", field:value, and -not. */

const TOKEN = /[\p{L}\p{N}]+/gu
const ASCII_TOKEN = /[a-z0-9]+/g
// oxlint-disable-next-line no-control-regex
const ASCII = /^[\x00-\x7f]*$/

/** Runs of letters and digits, lower-cased. */
export function tokens(text: string): string[] {
  const lower = text.toLowerCase()
  return lower.match(ASCII.test(lower) ? ASCII_TOKEN : TOKEN) ?? []
}

export interface Term {
  not: boolean
  /** Tokens that stand one after the other in the text. */
  phrase?: readonly string[]
  /** A field by its ECS name, and the value that it has, letter for letter. */
  field?: string
  value?: string
}

const SHORT: Readonly<Record<string, string>> = {
  host: 'host.name',
  service: 'service.name',
  level: 'log.level',
  user: 'user.name',
  kind: 'timeline.kind',
  signature: 'timeline.signature',
  dataset: 'event.dataset',
  id: 'event.id',
}

/** `http` in front of `//`, and `C` in front of a backslash, are none. */
const isField = (name = ''): boolean =>
  Object.hasOwn(SHORT, name) || ['source', 'path', 'message'].includes(name) || name.includes('.')

const PART = /(-?)(?:([A-Za-z@_][\w.@-]*):)?(?:"([^"]*)"?|(\S+))/g

/** The terms of a query text; all must hold. A word that has no letter and no digit says nothing. */
export function parseText(query: string): Term[] {
  const terms: Term[] = []
  for (const [part, minus, name, quoted, word] of query.matchAll(PART)) {
    const value = quoted ?? word ?? ''
    const not = minus === '-'
    const isUrl = /^(?:\/\/|\\)/.test(word ?? '') && !isField(name)
    if (name !== undefined && name !== 'message' && !isUrl)
      terms.push({ not, field: SHORT[name] ?? name, value })
    else {
      const phrase = tokens(isUrl ? part : value)
      if (phrase.length > 0) terms.push({ not, phrase })
    }
  }
  return terms
}

/** Whether an event satisfies all terms. */
export function matches(
  terms: readonly Term[],
  event: Readonly<Record<string, unknown>>,
  text: string,
): boolean {
  let have: string[] | undefined
  return terms.every((term) => {
    const hit = term.phrase
      ? holds((have ??= tokens(text)), term.phrase)
      : values(event, term.field!).includes(term.value!)
    return hit !== term.not
  })
}

function holds(have: readonly string[], phrase: readonly string[]): boolean {
  for (let i = have.indexOf(phrase[0]!); i >= 0; i = have.indexOf(phrase[0]!, i + 1)) {
    if (phrase.every((token, k) => have[i + k] === token)) return true
  }
  return false
}

/** The values of a field; sources and paths are those of all places where the event was seen. */
function values(event: Readonly<Record<string, unknown>>, field: string): string[] {
  if (field === 'source' || field === 'path') {
    const { seen } = event['timeline'] as { seen: { source: string; path: string }[] }
    return seen.map((s) => s[field])
  }
  let here: unknown = event
  const path = field.startsWith('labels.') ? ['labels', field.slice(7)] : field.split('.')
  for (const key of path) {
    if (typeof here !== 'object' || here === null || Array.isArray(here)) return []
    if (!Object.hasOwn(here, key)) return []
    here = (here as Record<string, unknown>)[key]
  }
  if (Array.isArray(here)) return here.map(String)
  return typeof here === 'string' || typeof here === 'number' ? [String(here)] : []
}

/** What full text reads of a document: message, host, service, user. */
export function textOf(event: Readonly<Record<string, unknown>>): string {
  const names = ['host.name', 'service.name', 'user.name'].map(
    (field) => values(event, field)[0] ?? '',
  )
  return [event['message'], ...names].join(' ')
}
