const RANKS: Readonly<Record<string, number>> = {
  emergency: 5,
  alert: 5,
  critical: 5,
  error: 4,
  warn: 3,
  notice: 2,
  info: 1,
  debug: 0,
  trace: 0,
}

/** A level that stands in upper case near the beginning of a line, as frameworks print it into a container's output. */
const WRITTEN =
  /(?:^|[\s[|(])(?:(EMERG|ALERT|CRIT|CRITICAL|FATAL|PANIC)|(ERROR|ERR|SEVERE)|(WARN|WARNING)|(NOTICE)|(INFO)|(DEBUG|TRACE))(?=[\s\]|):])/
const HEAD = 60

/** 0 (debug) to 5 (critical), by the level of an event or by one in its text; undefined where neither tells one. */
export function rankOf(level: string, message: string): number | undefined {
  const told = RANKS[level]
  if (told !== undefined) return told
  const found = WRITTEN.exec(message.slice(0, HEAD))
  if (!found) return undefined
  return 5 - found.slice(1).findIndex((word) => word !== undefined)
}

const FAILURE =
  /\b(?:fail(?:ed|ure|ures|ing|s)?|errors?|fatal|panic|exceptions?|traceback|refused|timed out|timeouts?|unreachable|unavailable|out of memory|no space left|denied|abort(?:ed|ing)?|crash(?:ed|ing)?|segfault|(?:oom)?killed|corrupt(?:ed|ion)?|cannot|can't|could not|couldn't|unable to|exhausted|too many)\b/i

/** Whether a text speaks of something that does not work. */
export const wordsOfFailure = (text: string): boolean => FAILURE.test(text)

/** Whether a program says what a later version will not have: it says so at each start, and nothing happened. */
export const isOfLater = (text: string): boolean => /\bdeprecat/i.test(text)
