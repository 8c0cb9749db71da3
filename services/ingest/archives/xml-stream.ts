import { attributesOf, localName, markupAt } from '../../../ingest-adapters/shared/xml-tree.ts'
import { TooLarge } from './limits.ts'
import { LINE_LIMIT } from '../line-blocks.ts'

/** An element that others are in. */
export interface Outer {
  name: string
  attributes: ReadonlyMap<string, string>
  parent: Outer | undefined
  depth: number
}

/** An element as it is written. */
export interface Written {
  text: string
  parent: Outer | undefined
}

const DEPTH = 64

/**
 * The elements of these names, without the prefix of a namespace, cut out as the bytes of a document come, some at once; none is within another. Throws TooLarge where one has more
 * characters than a line may have, and Error where the last one has no end, or where elements are nested deeper than 64.
 */
export async function* elementsNamed(
  bytes: AsyncIterable<Uint8Array>,
  ...names: string[]
): AsyncGenerator<Written[]> {
  const decoder = new TextDecoder()
  let held = ''
  let enough = 0
  let parent: Outer | undefined
  const cut = (): Written[] => {
    const found: Written[] = []
    let inside: string | undefined
    let done = 0
    let at = held.indexOf('<')
    while (at >= 0) {
      const markup = markupAt(held, at)
      if (!markup) break
      const { end, isEnd, isEmpty } = markup
      const name = localName(markup.name)
      if (inside === undefined) {
        const isOne = !isEnd && names.includes(name)
        if (isOne) inside = name
        else if (isEnd) parent = parent?.parent
        else if (!isEmpty && name !== '') parent = inner(name, markup.attributes, parent)
        done = isOne ? at : end
      }
      if (name === inside && (isEnd || isEmpty)) {
        if (end - done > LINE_LIMIT) throw tooLarge(inside)
        found.push({ text: held.slice(done, end), parent })
        inside = undefined
        done = end
      }
      at = held.indexOf('<', end)
    }
    held = at < 0 && inside === undefined ? '' : held.slice(done)
    if (held.length > LINE_LIMIT) throw tooLarge(inside ?? names[0]!)
    return found
  }
  for await (const chunk of bytes) {
    held += decoder.decode(chunk, { stream: true })
    // What has no end yet is looked through again when it has doubled: however large, it is not looked through often.
    if (held.length < enough) continue
    yield cut()
    enough = 2 * held.length
  }
  held += decoder.decode()
  yield cut()
  if (held !== '') throw new Error(`it breaks off or is not well formed: ${held.slice(0, 40)}`)
}

function inner(name: string, attributes: string, parent: Outer | undefined): Outer {
  const depth = (parent?.depth ?? 0) + 1
  if (depth > DEPTH) throw new Error(`its elements are nested deeper than ${DEPTH}`)
  return { name, attributes: attributesOf(attributes), parent, depth }
}

const tooLarge = (name: string): TooLarge =>
  new TooLarge(`it has an element ${name} of more than 1 MiB`)
