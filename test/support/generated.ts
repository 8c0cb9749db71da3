import fc from 'fast-check'
import { placeOf, type Input } from '../../services/ingest/input.ts'

/** Bytes that come in pieces cut at these places, each a share of the whole. */
export const cut = (bytes: Buffer, shares: readonly number[]): Buffer[] => {
  const places = [0, ...shares.map((share) => Math.floor(share * bytes.length)), bytes.length].sort(
    (a, b) => a - b,
  )
  return places.slice(1).map((end, i) => bytes.subarray(places[i], end))
}

export const inputOf = (path: string, pieces: readonly Buffer[]): Input => ({
  path,
  ...placeOf(path),
  async *open() {
    yield* pieces
  },
})

export const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 })
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '',
    ' ',
    '\t',
    '\0',
    '"',
    '{',
    '[',
    '}',
    '<',
    '(',
    '-',
    '\\',
    '2024-02-30T25:61:61Z',
    '9'.repeat(400),
    '\u2028',
    'é',
    '{"a":'.repeat(80),
    '\r',
  ),
)

/** Lines of a fixture with some of them changed, repeated, moved or replaced. */
export const mutated = (lines: readonly string[]): fc.Arbitrary<string> =>
  fc
    .array(
      fc
        .tuple(
          fc.constantFrom(...lines),
          fc.nat(),
          fc.nat(20),
          hostile,
          fc.constantFrom('keep', 'keep', 'cut', 'put', 'replace'),
        )
        .map(([line, at, length, text, how]) => {
          const i = at % (line.length + 1)
          if (how === 'replace') return text
          return how === 'keep'
            ? line
            : `${line.slice(0, i)}${how === 'put' ? text : ''}${line.slice(i + (how === 'cut' ? length : 0))}`
        }),
      { maxLength: 30 },
    )
    .map((all) => all.join('\n'))

const words = fc.constantFrom('started', 'stopped', 'refused', 'db1', 'é 💥')
const two = (n: number): string => String(n).padStart(2, '0')

/** A log of one host, in order, some of its lines equal; with a year in the stamp, or without. */
export const logOf = (id: string, year: boolean): fc.Arbitrary<string[]> =>
  fc.array(fc.tuple(fc.nat(2), words), { minLength: 6, maxLength: 14 }).map((steps) => {
    let at = Date.UTC(2025, 11, 31, 23, 59, 50)
    return steps.map(([step, word]) => {
      const d = new Date((at += step * 1000))
      const clock = `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`
      return year
        ? `${d.toISOString().slice(0, 10)} ${clock} INFO ${id} ${word}`
        : `${d.getUTCMonth() === 0 ? 'Jan' : 'Dec'} ${String(d.getUTCDate()).padStart(2)} ${clock} ${id} app: ${word}`
    })
  })

export const file = (path: string, lines: readonly string[]): Input =>
  inputOf(path, [Buffer.from(lines.map((line) => `${line}\n`).join(''))])
