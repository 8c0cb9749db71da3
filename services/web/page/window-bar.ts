import type { Bins, Span } from './bins.ts'
import { part } from './element.ts'
import { isLater, isoOf } from './instant.ts'
import type { View } from './view.ts'
import { fullTime, typedInstant } from './zone.ts'

export interface WindowBar {
  show(view: View): void
  /** The span that the chart shows, from which steps and zooms go out. */
  bins(bins: Bins | undefined): void
  zoom(span: Span): void
  zoomOut(): void
}

const LAST_SECOND = 9_223_372_036

/** The window as two fields, with zoom and steps. */
export function createWindowBar(go: (change: Partial<View>) => void): WindowBar {
  const from = part('from', HTMLInputElement)
  const to = part('to', HTMLInputElement)
  const reset = part('reset', HTMLButtonElement)
  const wrong = part('window-wrong')
  let view: View | undefined
  let span: Span | undefined

  const zoom = ({ from: begin, to: end }: Span): void => {
    const inside = (seconds: number): string =>
      isoOf(Math.round(Math.min(Math.max(seconds, 0), LAST_SECOND)))
    go({ from: inside(begin), to: inside(end), at: '' })
  }
  const stretch = (before: number, after: number): void => {
    if (!span) return
    const length = span.to - span.from
    zoom({ from: span.from - length * before, to: span.to + length * after })
  }
  const read = (): void => {
    if (!view) return
    const change: { from: string; to: string } = { from: view.from, to: view.to }
    wrong.textContent = ''
    for (const [name, input] of [
      ['from', from],
      ['to', to],
    ] as const) {
      const text = input.value.trim()
      if (text === shown(view[name], view.zone)) continue
      const typed = text === '' ? { instant: '' } : typedInstant(text, view.zone)
      input.setAttribute('aria-invalid', String('wrong' in typed))
      if ('wrong' in typed) return void (wrong.textContent = typed.wrong)
      change[name] = typed.instant
    }
    if (change.from && change.to && !isLater(change.to, change.from)) {
      to.setAttribute('aria-invalid', 'true')
      wrong.textContent = 'The end must be later than the beginning.'
    } else if (change.from !== view.from || change.to !== view.to) go({ ...change, at: '' })
  }
  for (const input of [from, to]) {
    input.addEventListener('change', read)
    input.addEventListener('keydown', (event) => event.key === 'Enter' && read())
  }
  part('zoom-out').addEventListener('click', () => stretch(0.5, 0.5))
  part('step-back').addEventListener('click', () => stretch(0.5, -0.5))
  part('step-on').addEventListener('click', () => stretch(-0.5, 0.5))
  reset.addEventListener('click', () => go({ from: '', to: '', at: '' }))

  return {
    zoom,
    zoomOut: () => stretch(0.5, 0.5),
    show(newView) {
      view = newView
      from.value = shown(view.from, view.zone)
      to.value = shown(view.to, view.zone)
      for (const input of [from, to]) input.removeAttribute('aria-invalid')
      wrong.textContent = ''
      reset.disabled = view.from === '' && view.to === '' && view.at === ''
    },
    bins(bins) {
      span = bins?.span
      from.placeholder = span ? fullTime(isoOf(span.from), view?.zone ?? 'UTC') : 'the beginning'
      to.placeholder = span ? fullTime(isoOf(span.to), view?.zone ?? 'UTC') : 'the end'
    },
  }
}

const shown = (instant: string, zone: string): string => (instant ? fullTime(instant, zone) : '')
