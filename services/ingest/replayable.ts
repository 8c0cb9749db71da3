/** So much of a stream is kept, so that its beginning can be looked at before it is read. */
const KEPT = 256 * 1024

/** A stream that can be opened again as long as no more than its beginning was read. */
export function replayable(stream: AsyncIterable<Uint8Array>): () => AsyncGenerator<Uint8Array> {
  const kept: Uint8Array[] = []
  let keptBytes = 0
  let iterator: AsyncIterator<Uint8Array> | undefined
  return async function* () {
    if (keptBytes > KEPT) throw new Error('this member can be read only once')
    yield* kept.slice()
    iterator ??= stream[Symbol.asyncIterator]()
    for (;;) {
      const { done, value } = await iterator.next()
      if (done) return
      if (keptBytes <= KEPT) kept.push(value)
      keptBytes += value.length
      yield value
    }
  }
}
