import { element, part } from './element.ts'
import { browserZone, isZone } from './zone.ts'

/** UTC first, then the browser's own zone, then any other. */
export function createZonePicker(choose: (zone: string) => void): { show(zone: string): void } {
  const select = part('zone', HTMLSelectElement)
  const other = part('other-zone', HTMLInputElement)
  const own = browserZone()
  const listed = [...new Set(['UTC', own])]
  let now = 'UTC'
  const options = new Map(
    listed.map((zone) => [
      zone,
      element('option', { value: zone }, zone === own && own !== 'UTC' ? `${zone} (here)` : zone),
    ]),
  )
  const more = element('option', { value: '' }, 'another zone…')
  select.replaceChildren(...options.values(), more)
  part('zones').replaceChildren(
    ...Intl.supportedValuesOf('timeZone').map((zone) => element('option', { value: zone })),
  )

  select.addEventListener('change', () => {
    if (select.value !== '') return choose(select.value)
    other.hidden = false
    other.value = ''
    other.focus()
  })
  const read = (): void => {
    const zone = other.value.trim()
    if (other.hidden || zone === '') return
    other.setAttribute('aria-invalid', String(!isZone(zone)))
    other.setCustomValidity(isZone(zone) ? '' : 'A name such as Europe/Berlin')
    if (isZone(zone)) choose(zone)
    else other.reportValidity()
  }
  other.addEventListener('change', read)
  other.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') read()
    if (event.key === 'Escape') show(now)
  })
  other.addEventListener('blur', () => other.value.trim() === '' && show(now))

  const show = (zone: string): void => {
    now = zone
    if (!options.has(zone)) {
      const made = element('option', { value: zone }, zone)
      options.set(zone, made)
      more.before(made)
    }
    select.value = zone
    other.hidden = true
    other.removeAttribute('aria-invalid')
    other.setCustomValidity('')
  }
  return { show }
}
