/**
 * Patches as mails, https://git-scm.com/docs/git-format-patch, and `git log --format=email`, https://git-scm.com/docs/pretty-formats: each begins
 * with its commit's hash and one date that never changes, so that no mailbox is mistaken for it. The time is the author's.
 * A cover letter (`[PATCH 0/3]`) has the hash of the last commit, and is none.
 */
import type { DocumentAdapter, Item } from '../adapter.ts'
import { beginsWithMailHeader, mailHeaders, mailText } from '../shared/mail-headers.ts'
import { mailItem } from '../shared/mail-record.ts'

const SEPARATOR = /^From ([0-9a-f]{40}|[0-9a-f]{64}) Mon Sep 17 00:00:00 2001\s*$/
const begins = (line: string): boolean =>
  line.startsWith('From ') && SEPARATOR.test(line.slice(0, 250))

/** `[PATCH v2 3/7] `, of which the number is 0 in a cover letter. */
const PREFIX = /^\[[^\]]{0,100}PATCH[^\]\d]{0,100}(?:v\d+ ?)?(?:(\d+)\/\d+)?\] */
/** What the commit says ends at a line of three dashes; without a diff there is none. */
const END = /^(?:---|-- )\r?$/m
const NEWLINE = 10
const LINES = 400
const SHOWN = 64 * 1024

async function read(bytes: Uint8Array, line: number): Promise<Item[]> {
  const document = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const original = mailText(bytes)
  const end = document.indexOf(NEWLINE)
  const hash = SEPARATOR.exec(document.toString('latin1', 0, end < 0 ? 0 : end))?.[1]
  if (hash === undefined) {
    return original.trim() === ''
      ? [{ context: original.split('\n').length - 1 || 1, line }]
      : [{ rejected: original.slice(0, SHOWN), reason: 'incomplete', line }]
  }
  const mail = document.subarray(end + 1)
  const item = await mailItem(mail, original, line)
  if (!('time' in item)) return [item]
  const written = String(item.fields['email.subject'] ?? '')
  const prefix = PREFIX.exec(written)
  const subject = written.slice(prefix?.[0].length ?? 0)
  const body = mailText(mail.subarray(mailHeaders(mail).end))
    .split(END, 1)[0]!
    .trim()
  const { 'user.name': name, 'user.email': email } = item.fields
  const record = {
    time: item.time,
    message: [subject, body].filter(Boolean).join('\n\n') || `commit ${hash}`,
    original,
    line,
    fields: {
      ...(name === undefined ? {} : { 'user.name': name }),
      ...(email === undefined ? {} : { 'user.email': email }),
    },
  }
  if (prefix?.[1] !== undefined && Number(prefix[1]) === 0) return [record]
  const fields = { ...record.fields, 'event.action': 'commit', 'labels.commit': hash }
  return [{ ...record, fields, nativeId: hash }]
}

export const adapter: DocumentAdapter = {
  title: 'git patches (format-patch)',
  unit: 'document',
  recognizes: (head) => {
    const lines = head.text.trimStart().split(/\r?\n/, LINES)
    return begins(lines[0]!) && beginsWithMailHeader(lines.slice(1))
  },
  begins,
  parse: () => read,
}
