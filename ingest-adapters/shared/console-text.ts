/** Text that was meant for a terminal. */

const ESC = String.fromCharCode(27)
const BELL = String.fromCharCode(7)
/** Notes of Jenkins (concealed base64 after `ha:////`), colours and cursor moves, and window titles. */
const ESCAPES = new RegExp(
  `${ESC}(?:\\[8mha:////[A-Za-z0-9+/=]*${ESC}\\[0m|\\[[0-9;?]*[A-Za-z]|\\][^${BELL}${ESC}]{0,200}(?:${BELL}|${ESC}\\\\))`,
  'g',
)

/** A text without colours, notes of Jenkins and window titles. Other concealed words stay: nobody hides them from the timeline. */
export const withoutColours = (text: string): string =>
  text.includes(ESC) ? text.replace(ESCAPES, '') : text

/** A console's text without colours, window titles and line ends. */
export const plain = (text: string): string => withoutColours(text).trimEnd()
