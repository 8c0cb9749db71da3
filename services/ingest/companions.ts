/** What a file tells about those beside and below it. */
export interface Companion {
  path: string
  format: string
  facts: unknown
}

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1)

/** The facts of descriptions of one format in the folder of a file and in those above it, nearest first. */
export const companionsOf = (all: readonly Companion[], path: string, format: string): unknown[] =>
  all
    .filter((c) => c.format === format && path.startsWith(folderOf(c.path)))
    .sort((a, b) => folderOf(b.path).length - folderOf(a.path).length)
    .map((c) => c.facts)
