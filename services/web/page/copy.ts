import { button } from './element.ts'

const SAID_MS = 1500

/** A button that copies a text exactly, and says so. */
export function copyButton(name: string, text: () => string): HTMLButtonElement {
  const made = button(name, () => {
    void copy(text()).then((done) => {
      made.textContent = done ? 'Copied' : 'Copying is not allowed here'
      setTimeout(() => (made.textContent = name), SAID_MS)
    })
  })
  return made
}

/** The clipboard is there only on https and on this machine; elsewhere a selection does it. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const area = document.createElement('textarea')
    area.value = text
    area.className = 'unseen'
    document.body.append(area)
    area.select()
    const done = document.execCommand('copy')
    area.remove()
    return done
  }
}
