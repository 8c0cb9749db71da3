import { createWriteStream, mkdirSync } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'

const WORDS =
  'connection timeout upstream request failed user session cart order payment cache miss retry node started stopped health check queue depth slow query lock released commit rollback worker accepted closed token refresh index flush'.split(
    ' ',
  )

/** A generator of pseudo-random numbers with a seed (mulberry32), so that every run makes the same bytes. */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

interface Line {
  at: Date
  text: string
  level: string
  n: number
  random: number
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')
const two = (n: number): string => String(n).padStart(2, '0')
const clock = (at: Date): string => at.toISOString().slice(11, 19)
const bsd = (at: Date): string =>
  `${MONTHS[at.getUTCMonth()]} ${String(at.getUTCDate()).padStart(2)} ${clock(at)}`
const PINO = { debug: 20, info: 30, warn: 40, error: 50 } as const

/** The ten formats of the benchmark: file name and how a line is written. */
export const FORMATS: Readonly<Record<string, (line: Line) => string>> = {
  'syslog-20240503': ({ at, text, n }) =>
    `${bsd(at)} web0${n % 3} app[${1000 + (n % 50)}]: ${text}`,
  'rfc5424.log': ({ at, text, n }) =>
    `<14>1 ${at.toISOString()} db${n % 3} postgres ${2000 + (n % 20)} - - ${text}`,
  'access.log': ({ at, n, random }) =>
    `203.0.113.${n % 250} - - [${two(at.getUTCDate())}/${MONTHS[at.getUTCMonth()]}/${at.getUTCFullYear()}:${clock(at)} +0000] "GET /item/${n} HTTP/1.1" ${random < 0.02 ? 502 : 200} ${n % 9000} "-" "Mozilla/5.0 (X11; Linux x86_64)"`,
  'apache-error.log': ({ at, text, level, n }) =>
    `[${at.toUTCString().slice(0, 3)} ${MONTHS[at.getUTCMonth()]} ${two(at.getUTCDate())} ${clock(at)}.${String(n % 1_000_000).padStart(6, '0')} ${at.getUTCFullYear()}] [core:${level}] [pid ${n % 90}:tid 1] [client 198.51.100.${n % 250}:5000] AH00${n % 900}: ${text}`,
  'app.log': ({ at, text, level, n }) =>
    `${at.toISOString().slice(0, 10)} ${clock(at)},${String(n % 1000).padStart(3, '0')} ${level.toUpperCase().padEnd(5)} [worker-${n % 8}] com.example.shop.Cart - ${text}`,
  'pino.jsonl': ({ at, text, level, n }) =>
    `{"level":${PINO[level as keyof typeof PINO]},"time":${at.getTime()},"pid":${n % 60},"hostname":"api-${n % 4}","requestId":"r${n}","msg":"${text}"}`,
  'container.log': ({ at, text, n }) =>
    `{"log":"${text}\\n","stream":"stdout","time":"${at.toISOString().slice(0, 19)}.${String(n).padStart(9, '0')}Z"}`,
  'cri.log': ({ at, text, level, n }) =>
    `${at.toISOString().slice(0, 19)}.${String(n).padStart(9, '0')}Z stdout F ${level.toUpperCase()} ${text}`,
  'postgresql.log': ({ at, text, n }) =>
    `${at.toISOString().slice(0, 10)} ${clock(at)}.${String(n % 1000).padStart(3, '0')} UTC [${n % 80}] LOG:  ${text}`,
  'logfmt.log': ({ at, text, level, n }) =>
    `ts=${at.toISOString()} level=${level} caller=cart.go:${n % 300} trace=${n.toString(16)} msg="${text}"`,
}

/** Writes so many lines, a tenth in each format, over one day. */
export async function makeLines(folder: string, lines: number): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const each = Math.ceil(lines / 10)
  for (const [f, [name, write]] of Object.entries(FORMATS).entries()) {
    const random = randomFrom(f + 1)
    const out = createWriteStream(join(folder, name))
    let block = ''
    for (let n = 0; n < each; n++) {
      const at = new Date(
        Date.UTC(2024, 4, 2) + Math.floor((n / each) * 86_400_000) + Math.floor(random() * 400),
      )
      let text = ''
      for (let w = 0; w < 9; w++) text += `${WORDS[Math.floor(random() * WORDS.length)]} `
      const r = random()
      const level = r < 0.02 ? 'error' : r < 0.06 ? 'warn' : r < 0.2 ? 'debug' : 'info'
      block += `${write({ at, text: `${text}${n}`, level, n, random: r })}\n`
      if (block.length > 1 << 20) {
        if (!out.write(block)) await once(out, 'drain')
        block = ''
      }
    }
    out.end(block)
    await once(out, 'finish')
  }
}
