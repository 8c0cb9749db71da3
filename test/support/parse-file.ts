/** Prints what each adapter that recognizes a file makes of it: `node build/test/support/parse-file.js FILE…`. */
import { openHead } from '../../services/ingest/head.ts'
import { readItems } from '../../services/ingest/read-items.ts'
import { loadAdapters } from '../../ingest-adapters/load.ts'
import { fileInput } from '../../services/ingest/files.ts'

const adapters = await loadAdapters()
for (const path of process.argv.slice(2)) {
  const source = await fileInput(path)
  const head = await openHead(source, { name: source.name, folder: source.folder, companions: [] })
  const names = adapters
    .filter((a) => !a.adapter.fallback && a.adapter.recognizes(head))
    .map((a) => a.name)
  if (names.length === 0) {
    names.push(
      ...adapters
        .filter((a) => a.adapter.fallback && a.adapter.recognizes(head))
        .map((a) => a.name)
        .slice(0, 1),
    )
  }
  console.log(`== ${path}: ${names.join(', ') || 'not recognized'}`)
  const chosen = adapters.find((a) => a.name === names[0])
  if (!chosen) continue
  for await (const items of readItems(source, chosen.adapter, head.file)) {
    for (const item of items) console.log(JSON.stringify(item))
  }
}
