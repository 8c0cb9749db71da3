import { count, element } from './element.ts'
import { visible } from './visible-text.ts'

/** So many names are listed; the field above finds the others. */
const LISTED = 100

export interface Menu {
  element: HTMLElement
  add(value: string, n: number): void
  clear(): void
  show(chosen: readonly string[]): void
}

/** A list of names to tick, with a field that finds them; a name that is not listed can be typed. */
export function createMenu(title: string, note: string, toggle: (value: string) => void): Menu {
  const names = new Map<string, number>()
  let chosen: readonly string[] = []
  const number = element('span', { class: 'number' })
  const summary = element('summary', { class: 'chip' }, title, number)
  const find = element('input', {
    type: 'search',
    placeholder: `Find, or type a name and Enter`,
    'aria-label': `Find a ${title.toLowerCase()}`,
  })
  const choices = element('div', { class: 'choices' })
  const panel = element(
    'div',
    { class: 'panel' },
    find,
    choices,
    element('p', { class: 'dim' }, note),
  )
  const box = element('details', { class: 'menu' }, summary, panel)

  const draw = (): void => {
    number.textContent = chosen.length > 0 ? String(chosen.length) : ''
    summary.classList.toggle('some', chosen.length > 0)
    if (!box.open) return
    const wanted = find.value.trim().toLowerCase()
    const fits = [...new Set([...chosen, ...names.keys()])].filter((name) =>
      name.toLowerCase().includes(wanted),
    )
    const rows = fits.slice(0, LISTED).map((name) => {
      const tick = element('input', { type: 'checkbox' })
      tick.checked = chosen.includes(name)
      tick.addEventListener('change', () => toggle(name))
      const n = names.get(name)
      return element(
        'label',
        {},
        tick,
        element('bdi', {}, visible(name)),
        element('span', { class: 'number' }, n === undefined ? '' : count(n)),
      )
    })
    const rest = fits.length - rows.length
    const none =
      rows.length === 0 ? 'None.' : rest > 0 ? `${count(rest)} more: type to find them.` : ''
    choices.replaceChildren(...rows, element('p', { class: 'dim' }, none))
  }
  find.addEventListener('input', draw)
  find.addEventListener('keydown', (event) => {
    const name = find.value.trim()
    if (event.key !== 'Enter' || name === '') return
    find.value = ''
    toggle(name)
  })
  box.addEventListener('toggle', () => {
    draw()
    if (box.open) find.focus({ preventScroll: true })
  })
  document.addEventListener('pointerdown', (event) => {
    if (box.open && !box.contains(event.target as Node)) box.open = false
  })
  box.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !box.open) return
    event.stopPropagation()
    box.open = false
    summary.focus()
  })

  return {
    element: box,
    add(value, n) {
      if (value === '') return
      names.set(value, (names.get(value) ?? 0) + n)
    },
    clear: () => names.clear(),
    show(newChosen) {
      chosen = newChosen
      draw()
    },
  }
}
