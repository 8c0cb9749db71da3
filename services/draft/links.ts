import type { Reference } from '../../schemas/draft.ts'
import type { Fact } from './material.ts'

const URL_IN_TEXT = /https?:\/\/[^\s<>"'`|)\]]+[^\s<>"'`|)\].,;:!?]/g
const MOST = 3

/** The addresses that an event leads to: of its own, then those in its text. */
export function linksOf({ event, message }: Fact): Reference[] {
  const { reference } = event.event as { reference?: unknown }
  const urls = [
    ...(typeof reference === 'string' && /^https?:/.test(reference) ? [reference] : []),
    ...(message.match(URL_IN_TEXT) ?? []),
  ]
  return [...new Set(urls)].slice(0, MOST).map((url) => ({ title: titleOf(url), url }))
}

const titleOf = (url: string): string => {
  const pull = /\/(pull|pull-requests|merge_requests|issues|commit|incidents?)\/([\w-]+)/.exec(url)
  if (pull) return `${KINDS[pull[1]!] ?? 'incident'} ${pull[2]!.slice(0, 12)}`
  return url.replace(/^https?:\/\//, '').split(/[/?#]/)[0]!
}

const KINDS: Readonly<Record<string, string>> = {
  pull: 'pull request',
  'pull-requests': 'pull request',
  merge_requests: 'merge request',
  issues: 'issue',
  commit: 'commit',
}
