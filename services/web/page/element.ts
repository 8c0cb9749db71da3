type Child = Node | string | false | undefined
type Attributes = Readonly<Record<string, string | number | boolean | undefined>>

/** An element with attributes and children; strings become text nodes. Attribute names are ours, never data. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag)
  fill(made, attributes, children)
  return made
}

const SVG = 'http://www.w3.org/2000/svg'

export function drawing<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  const made = document.createElementNS(SVG, tag)
  fill(made, attributes, children)
  return made
}

function fill(made: Element, attributes: Attributes, children: readonly Child[]): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue
    made.setAttribute(name, value === true ? '' : String(value))
  }
  made.append(...children.filter((c) => c !== undefined && c !== false))
}

/** A sign of the sprite in index.html; it says nothing to a screen reader, the text beside it does. */
export const sign = (id: string): SVGElement =>
  drawing(
    'svg',
    { class: 'sign', 'aria-hidden': 'true', width: 16, height: 16 },
    drawing('use', { href: `#${id}` }),
  )

export function button(
  text: Child,
  does: () => void,
  attributes: Attributes = {},
): HTMLButtonElement {
  const made = element('button', { type: 'button', ...attributes }, text)
  made.addEventListener('click', does)
  return made
}

/** An element that index.html has. */
export function part(id: string): HTMLElement
export function part<T extends HTMLElement>(id: string, type: new () => T): T
export function part(id: string, type: new () => HTMLElement = HTMLElement): HTMLElement {
  const found = document.getElementById(id)
  if (!(found instanceof type)) throw new Error(`index.html has no ${type.name} ${id}`)
  return found
}

export const count = (n: number): string => n.toLocaleString('en-US')

export const events = (n: number): string => `${count(n)} ${n === 1 ? 'event' : 'events'}`
