import { LINE_LIMIT } from '../line-blocks.ts'
import { TooLarge } from './limits.ts'

/** The bytes of a member, undefined where there is none of that name. */
export type OpenMember = (name: string) => AsyncIterable<Uint8Array> | undefined

/** The cells of each row up to the last one that holds something, so none for an empty row. */
export type Rows = AsyncGenerator<readonly string[]>

export interface Sheet {
  name: string
  /** Undefined where the workbook does not tell it. */
  member: string | undefined
  /** Reads them in the bytes of the member. Throws TooLarge where one has more than a line may have, and Error where the member is not whole. */
  rows(bytes: AsyncIterable<Uint8Array>): Rows
}

export const missing = (member: string): Error =>
  new Error(`the workbook names ${member}, which is not in the file: save the spreadsheet again`)

/** The rows that hold something, as lines of CSV. */
export async function* csvOf(rows: Rows): AsyncGenerator<Uint8Array> {
  let width = 0
  for await (const cells of rows) {
    if (cells.length === 0) continue
    // A header has more than one cell; what may stand above it has not.
    if (width < 2) width = cells.length
    const line = [...cells, ...Array<string>(Math.max(width - cells.length, 0)).fill('')]
    yield Buffer.from(`${line.map(quoted).join(',')}\n`)
  }
}

const quoted = (cell: string): string =>
  /[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell

/** A sheet has no more columns. */
const COLUMNS = 16_384

/** A row that is filled cell by cell, to the right. */
export function row(): { values: string[]; set(column: number, value: string): void } {
  const values: string[] = []
  let size = 0
  return {
    values,
    set(column, value) {
      if (column >= COLUMNS) throw new Error(`one of its rows has more than ${COLUMNS} cells`)
      if (value === '') return
      if ((size += value.length) > LINE_LIMIT)
        throw new TooLarge('the texts of one of its rows come to more than 1 MiB')
      while (values.length < column) values.push('')
      values[column] = value.replace(/\r\n?/g, '\n')
    },
  }
}
