/** What all members of an archive may come to, those of archives in it among them. */
export interface ArchiveLimits {
  members: number
  bytes: number
}

/** The limits of what comes from the network. Files of one's own have none. */
export const UPLOAD_LIMITS: ArchiveLimits = { members: 10_000, bytes: 1024 * 1024 * 1024 }

export class TooLarge extends Error {}

/** What is left of the limits while an archive is read. */
export interface Allowance {
  /** Takes one member. Throws when there may be no more. */
  member(): void
  /** Throws when a member was cut off. */
  check(): void
  /**
   * Reads with a limit: `reading` gets what wraps the bytes of one member or file, which may be opened often. Its longest reading is what is
   * taken, and covers what was taken for members inside it.
   */
  spend<T>(reading: (limited: Limited) => AsyncGenerator<T>): AsyncGenerator<T>
}

type Limited = (bytes: AsyncIterable<Uint8Array>) => AsyncGenerator<Uint8Array>

export function allowance(limits: ArchiveLimits | undefined): Allowance {
  let members = limits?.members ?? Infinity
  let bytes = limits?.bytes ?? Infinity
  let cut = false
  const refuse = (): never => {
    throw new TooLarge(
      `what is uploaded may come to ${limits!.bytes} bytes in ${limits!.members} members, unpacked: send it in parts, or import it by command`,
    )
  }
  return {
    member() {
      if (members-- <= 0 || bytes <= 0) refuse()
    },
    check() {
      if (cut) refuse()
    },
    async *spend(reading) {
      const most = bytes
      let longest = 0
      try {
        yield* reading(async function* (source) {
          let size = 0
          for await (const chunk of source) {
            const fits = chunk.subarray(0, most - size)
            size += fits.length
            longest = Math.max(longest, size)
            yield fits
            if (fits.length < chunk.length) {
              cut = true
              refuse()
            }
          }
        })
      } finally {
        bytes = Math.min(bytes, most - longest)
      }
    },
  }
}
