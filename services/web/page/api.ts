import type { TimelineEvent } from './timeline-event.ts'

export interface Page {
  events: TimelineEvent[]
  next: string | null
}

export interface Bucket {
  at: string
  count: number
  /** '' for events without a level. */
  levels: Readonly<Record<string, number>>
}

export interface Source {
  source: string
  events: number
  first: string
  last: string
  kinds: Readonly<Record<string, number>>
}

/** What went wrong, and what a person can do about it. */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly advice: string

  constructor(title: string, status: number, code: string, advice: string) {
    super(title)
    this.status = status
    this.code = code
    this.advice = advice
  }
}

const ADVICE: Readonly<Record<number, string>> = {
  404: 'It may have been deleted, or be in another workspace.',
  400: 'Check the window and the filters, or reset them.',
  401: 'This server wants a key.',
  403: 'The key is not for this workspace.',
  409: 'The timeline has changed meanwhile: load it again.',
  429: 'Too many requests at a time: wait a moment, then try again.',
  503: 'The server is busy or starting: try again in a moment.',
}

/** @throws Problem, or AbortError when the signal was raised */
export const get = <T>(path: string, query: URLSearchParams, signal?: AbortSignal): Promise<T> =>
  ask<T>(path, query, signal ? { signal } : {})

/** @throws Problem */
export const put = <T>(path: string, query: URLSearchParams, body: object): Promise<T> =>
  ask<T>(path, query, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

interface Request {
  method?: string
  headers?: Readonly<Record<string, string>>
  body?: string
  signal?: AbortSignal
}

async function ask<T>(path: string, query: URLSearchParams, more: Request): Promise<T> {
  const search = query.toString()
  let response: Response
  try {
    response = await fetch(`/v1/${path}${search && `?${search}`}`, {
      ...more,
      headers: { accept: 'application/json', ...more.headers },
    })
  } catch (error) {
    if (more.signal?.aborted) throw error
    throw new Problem(
      'The server does not answer',
      0,
      'unreachable',
      'Is “recount serve” still running? Start it, then try again.',
    )
  }
  const body: unknown = await response.json().catch(() => undefined)
  if (response.ok && body !== undefined) return body as T
  const { title, detail, code } = (body ?? {}) as Record<string, unknown>
  const text = (value: unknown): string => (typeof value === 'string' ? value : '')
  const sentence = (words: string): string =>
    words && `${words.charAt(0).toUpperCase()}${words.slice(1).replace(/\.$/, '')}.`
  const advice = [
    sentence(text(detail)),
    ADVICE[response.status] ?? 'Try again; if it stays, see what the server has logged.',
  ]
  throw new Problem(
    text(title) || `The server answered with status ${response.status}`,
    response.status,
    text(code),
    advice.filter(Boolean).join(' '),
  )
}
