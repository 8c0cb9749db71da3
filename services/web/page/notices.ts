import { Problem } from './api.ts'
import { button, element, part } from './element.ts'
import { isFiltered, noFilters, type View } from './view.ts'

/** Work that is done sooner shows no sign: no flicker. */
const PATIENCE_MS = 200
let running = 0
let patience: ReturnType<typeof setTimeout> | undefined

/** Shows that something is under way while the promise is open. */
export async function busy<T>(work: Promise<T>): Promise<T> {
  running++
  document.body.setAttribute('aria-busy', 'true')
  patience ??= setTimeout(() => document.body.classList.add('busy'), PATIENCE_MS)
  try {
    return await work
  } finally {
    if (--running === 0) {
      clearTimeout(patience)
      patience = undefined
      document.body.classList.remove('busy')
      document.body.setAttribute('aria-busy', 'false')
    }
  }
}

export const isAbort = (error: unknown): boolean =>
  error instanceof DOMException && error.name === 'AbortError'

/** A failure, with what to do about it. */
export function showProblem(error: unknown, way: string, does: () => void): void {
  if (isAbort(error)) return
  const problem = error instanceof Problem ? error : undefined
  part('problem').replaceChildren(
    element(
      'div',
      {},
      element('strong', {}, `${problem?.message ?? 'The page failed'}.`),
      ' ',
      problem?.advice ?? String(error),
    ),
    button(way, does),
  )
  part('problem').hidden = false
  if (!problem) reportError(error)
}

export const clearProblem = (): void => void (part('problem').hidden = true)

/** Nothing to list: why, and what to do. */
export function showEmpty(
  view: View,
  workspaceIsEmpty: boolean,
  go: (change: Partial<View>) => void,
): void {
  const box = part('empty')
  box.hidden = false
  if (workspaceIsEmpty) {
    box.replaceChildren(
      element('h2', {}, 'No events here yet'),
      element(
        'p',
        {},
        `The workspace “${view.workspace}” is empty. Bring logs, chat exports, mail, alerts, changes:`,
      ),
      element(
        'pre',
        {},
        `npx recount import PATH…${view.workspace === 'main' ? '' : ` --workspace ${view.workspace}`}`,
      ),
      element('p', {}, 'Then load this page again.'),
    )
    return
  }
  const windowed = view.from !== '' || view.to !== ''
  const ways = element('p', { class: 'actions' })
  if (isFiltered(view)) ways.append(button('Clear the filters', () => go(noFilters)))
  if (windowed) ways.append(button('Show the whole time', () => go({ from: '', to: '', at: '' })))
  if (view.at) ways.append(button('Begin at the beginning', () => go({ at: '' })))
  const why = [
    isFiltered(view) && 'that matches the filters',
    windowed && 'in this window',
    view.at && 'after the chosen moment',
  ]
  box.replaceChildren(element('h2', {}, `No event ${why.filter(Boolean).join(' ')}`), ways)
}

export const clearEmpty = (): void => void (part('empty').hidden = true)
