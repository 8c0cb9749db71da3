import type { Head } from '../../ingest-adapters/adapter.ts'
import type { Loaded } from '../../ingest-adapters/load.ts'

/** The adapter that reads a file: the one that recognizes it, else the first fallback that does. An adapter that throws does not recognize. */
export function recognize(adapters: readonly Loaded[], head: Head): Loaded | undefined {
  return adapters.find(({ adapter }) => {
    try {
      return adapter.recognizes(head)
    } catch {
      return false
    }
  })
}
