import type { Adapter, File, Item } from '../../ingest-adapters/adapter.ts'
import { documents } from './documents.ts'
import type { Input } from './input.ts'
import { jsonValues } from './json-values.ts'
import { lineBlocks } from './line-blocks.ts'
import { untilFailure } from './until-failure.ts'

/** What an adapter makes of a file, block by block, in the order of the file. Where reading fails, it rejects after what came before. */
export async function* readItems(
  input: Input,
  adapter: Adapter,
  file: File,
): AsyncGenerator<Iterable<Item>> {
  const { bytes: source, rethrow } = untilFailure(input.open())
  if (adapter.unit === 'lines') {
    const parse = adapter.parse(file)
    let next = 1
    for await (const block of lineBlocks(source, adapter.begins)) {
      if (block.refused.length > 0) yield block.refused
      if (block.lines.length > 0) yield parse(block.lines, block.first)
      next = block.first + block.lines.length
    }
    yield parse([], next)
  } else if (adapter.unit === 'json') {
    const parse = adapter.parse(file)
    for await (const values of jsonValues(source)) {
      for (const value of values) {
        yield 'rejected' in value ? [value] : parse(value.value, value.text, value.line)
      }
    }
  } else {
    const parse = adapter.parse(file)
    for await (const document of documents(source, adapter)) {
      yield 'rejected' in document ? [document] : await parse(document.bytes, document.line)
    }
  }
  rethrow()
}
