/** Rows under headings, columns aligned, numbers to the right. Control characters are shown, not sent to the terminal. */
export function table(
  headings: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const cells = rows.map((row) =>
    row.map((cell) => (typeof cell === 'number' ? cell.toLocaleString('en') : printable(cell))),
  )
  const widths = headings.map((h, i) => Math.max(h.length, ...cells.map((row) => row[i]!.length)))
  const line = (row: readonly string[], source?: readonly (string | number)[]): string =>
    row
      .map((cell, i) =>
        typeof source?.[i] === 'number' || (!source && i > 1)
          ? cell.padStart(widths[i]!)
          : cell.padEnd(widths[i]!),
      )
      .join('  ')
      .trimEnd()
  return [line(headings), ...cells.map((row, i) => line(row, rows[i]))]
    .map((l) => `${l}\n`)
    .join('')
}

/** A number with its noun: `1 event`, `1,000 events`. */
export const counted = (count: number, noun: string): string =>
  `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`

/** Text without anything that a terminal would obey: control characters and bidirectional overrides come as \u escapes. Lines and tabs stay. */
export const withoutControls = (text: string): string =>
  text.replace(
    // oxlint-disable-next-line no-control-regex
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/** The same on one line. */
export const printable = (text: string): string =>
  withoutControls(text).replaceAll('\n', '⏎').replaceAll('\t', ' ')
