import type { RecordBatch } from '../../schemas/bus-record.ts'
import { type Removal, takes } from '../../schemas/removal.ts'
import { removals, type Bus, type Delivered, type Message } from '../bus/bus.ts'
import { openCatalogue, untold } from './catalogue.ts'

/** Puts a removal on the bus, and with it what is known of time without what the removed files told. Resolves to the position of the last message. */
export async function takeBack(bus: Bus, workspace: string, removal: Removal): Promise<string> {
  const catalogue = await openCatalogue(bus, workspace)
  const takenBack = await removals(bus, workspace)
  const messages: Message[] = [{ topic: 'removals', key: 'removals', value: removal }]
  for (const context of catalogue.all()) {
    const told = catalogue.told(context.file)
    const paths = [...told.keys()]
    const gone =
      'path' in removal
        ? new Set(paths.filter((path) => takes(removal, { path })))
        : await emptied(bus.read(workspace, ['records'], context.file), paths, (position) => [
            ...takenBack.since(position),
            removal,
          ])
    if (gone.size === 0) continue
    const value = untold(context, told, gone)
    messages.push({ topic: 'contexts', key: context.file, value })
  }
  return bus.append(workspace, messages)
}

/** Those of the paths of a stream from which nothing is left when the removal is done: records name sources of their own. */
async function emptied(
  batches: AsyncIterable<Delivered>,
  paths: readonly string[],
  removedSince: (position: string) => readonly Removal[],
): Promise<Set<string>> {
  const empty = new Set(paths)
  if (empty.size === 0) return empty
  for await (const { value, position } of batches) {
    const { path, source, declared, records } = value as RecordBatch
    const gone = removedSince(position)
    const isLeft = records.some(({ stream }) => {
      const place = { path, source: declared ? source : (stream ?? source) }
      return !gone.some((each) => takes(each, place))
    })
    if (isLeft) empty.delete(path)
    if (empty.size === 0) break
  }
  return empty
}
