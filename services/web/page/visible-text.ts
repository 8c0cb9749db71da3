/**
 * Characters that can hide or reorder text: controls, bidi controls, invisible ones, halves of surrogate pairs. Joiners of emoji and of scripts (U+200C, U+200D) stay.
 * https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing
 */
const HIDDEN =
  // oxlint-disable-next-line no-control-regex, no-misleading-character-class
  /[\0-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e007f}\p{Cs}]/gu

const NAMES: Readonly<Record<number, string>> = {
  0: 'NUL',
  7: 'BEL',
  8: 'BS',
  11: 'VT',
  12: 'FF',
  13: 'CR',
  27: 'ESC',
  127: 'DEL',
}

const codeOf = (character: string): string => {
  const code = character.codePointAt(0)!
  return NAMES[code] ?? `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
}

/** Parts of a text in turn: odd ones are codes of hidden characters. */
function parts(text: string): string[] {
  const found: string[] = []
  let from = 0
  for (const m of text.replaceAll('\r\n', '\n').matchAll(HIDDEN)) {
    found.push(m.input.slice(from, m.index), codeOf(m[0]))
    from = m.index + m[0].length
  }
  found.push(text.replaceAll('\r\n', '\n').slice(from))
  return found
}

/** Hostile text as nodes: text nodes only, hidden characters as boxed codes, so that a line cannot pretend to be another. */
export function visible(text: string): DocumentFragment {
  const fragment = document.createDocumentFragment()
  parts(text).forEach((part, i) => {
    if (i % 2 === 0) fragment.append(part)
    else {
      const box = document.createElement('span')
      box.className = 'code'
      box.title = `The character ${part}, shown by its code`
      box.append(part)
      fragment.append(box)
    }
  })
  return fragment
}

/** The same for places that take only a string, such as tooltips. */
export const visibleString = (text: string): string =>
  parts(text)
    .map((part, i) => (i % 2 === 0 ? part : `[${part}]`))
    .join('')
