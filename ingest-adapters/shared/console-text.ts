/** Text that was meant for a terminal. */

const ESC = String.fromCharCode(27)
const BELL = String.fromCharCode(7)
/** What is concealed (Jenkins notes), colours and cursor moves, and window titles. */
const ESCAPES = new RegExp(
  `${ESC}(?:\\[8m[^${ESC}]*${ESC}\\[0m|\\[[0-9;?]*[A-Za-z]|\\][^${BELL}${ESC}]{0,200}(?:${BELL}|${ESC}\\\\))`,
  'g',
)

/** A text without colours, what is concealed, and window titles. */
export const withoutColours = (text: string): string =>
  text.includes(ESC) ? text.replace(ESCAPES, '') : text

/** A console's text without colours, window titles and line ends. */
export const plain = (text: string): string => withoutColours(text).trimEnd()
