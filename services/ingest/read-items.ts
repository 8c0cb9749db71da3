import type { Adapter, File, Item, Refused } from '../../ingest-adapters/adapter.ts'
import { withoutColours } from '../../ingest-adapters/shared/console-text.ts'
import { documents } from './documents.ts'
import type { Input } from './input.ts'
import { jsonValues } from './json-values.ts'
import { lineBlocks, type LineBlock } from './line-blocks.ts'
import { untilFailure } from './until-failure.ts'

/**
 * What an adapter makes of a file, block by block, in the order of the file. Where reading fails, it rejects after what came before;
 * where the adapter throws, the rest of that block is refused.
 */
export async function* readItems(
  input: Input,
  adapter: Adapter,
  file: File,
): AsyncGenerator<Iterable<Item>> {
  const { read: source, rethrow } = untilFailure(input.open())
  if (adapter.unit === 'lines') {
    const parse = adapter.parse(file)
    let next = 1
    const begins =
      adapter.begins && ((line: string): boolean => adapter.begins!(withoutColours(line)))
    for await (const block of lineBlocks(source, begins)) {
      if ('rejected' in block) {
        next = block.line + 1
        yield [block]
        continue
      }
      next = block.first + block.lines.length
      yield untilThrown(
        () => inColour(block, (lines) => parse(lines, block.first)),
        (last) => restOf(block, last),
      )
    }
    yield untilThrown(
      () => parse([], next),
      () => failed('', next),
    )
  } else if (adapter.unit === 'json') {
    const parse = adapter.parse(file)
    for await (const values of jsonValues(source)) {
      for (const value of values) {
        if ('rejected' in value) yield [value]
        else
          yield untilThrown(
            () => parse(value.value, value.text, value.line),
            () => failed(value.text, value.line),
          )
      }
    }
  } else {
    const parse = adapter.parse(file)
    for await (const document of documents(source, adapter)) {
      if ('rejected' in document) {
        yield [document]
        continue
      }
      const { bytes, line } = document
      const refuse = (): Refused => failed(bytes.toString('latin1', 0, SHOWN), line)
      let items: Iterable<Item>
      try {
        items = await parse(bytes, line)
      } catch {
        items = [refuse()]
      }
      yield untilThrown(() => items, refuse)
    }
  }
  rethrow()
}

const SHOWN = 64 * 1024

const failed = (rejected: string, line: number): Refused => ({
  rejected,
  reason: 'adapter-failed',
  line,
})

/** The items up to where making them throws, and what is then refused, by the last of them. */
function* untilThrown(
  parse: () => Iterable<Item>,
  refuse: (last: Item | undefined) => Refused,
): Generator<Item> {
  let last: Item | undefined
  try {
    for (const item of parse()) {
      last = item
      yield item
    }
  } catch {
    yield refuse(last)
  }
}

/** Shows the lines of a block without the colours of a terminal; the originals of the items have them as they stand in the file. */
function inColour(
  { lines, first }: LineBlock,
  parse: (lines: readonly string[]) => Iterable<Item>,
): Iterable<Item> {
  const shown = lines.map(withoutColours)
  if (shown.every((line, i) => line === lines[i])) return parse(lines)
  const asWritten = (text: string, line: number): string => {
    const from = line - first
    const to = from + text.split('\n').length
    const isWhole = from >= 0 && shown.slice(from, to).join('\n') === text
    return isWhole ? lines.slice(from, to).join('\n') : text
  }
  return (function* () {
    for (const item of parse(shown)) {
      if ('original' in item) yield { ...item, original: asWritten(item.original, item.line) }
      else if ('rejected' in item) yield { ...item, rejected: asWritten(item.rejected, item.line) }
      else yield item
    }
  })()
}

/** The lines of a block after an item, as one rejection. */
function restOf({ lines, first }: LineBlock, last: Item | undefined): Refused {
  const next = last ? last.line + linesOf(last) : first
  const from = Math.max(next - first, 0)
  return failed(lines.slice(from).join('\n'), first + from)
}

const linesOf = (item: Item): number =>
  'context' in item ? item.context : 'rejected' in item ? 1 : item.original.split('\n').length
