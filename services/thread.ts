import { parentPort, Worker, type ResourceLimits } from 'node:worker_threads'

/** A worker thread that answers calls, in the order in which they come. */
export interface Thread {
  /** Rejects with the error of the call, or with what ended the thread. */
  call<T>(name: string, ...args: unknown[]): Promise<T>
  close(): Promise<void>
}

interface Reply {
  id: number
  result?: unknown
  error?: { type: string; message: string }
}

interface Options {
  data: unknown
  limits: ResourceLimits
  /** Classes of errors that keep their class on the way. */
  errors?: readonly (new (message: string) => Error)[]
  /** Told of an error that ended the thread. */
  failed?(error: Error): void
}

/** Starts a module that calls `answer`. The process may end while no call waits. */
export function startThread(module: URL, { data, limits, errors = [], failed }: Options): Thread {
  const worker = new Worker(module, { workerData: data, resourceLimits: limits })
  const waiting = new Map<number, { resolve(value: never): void; reject(error: Error): void }>()
  let last = 0
  let ended: Error | undefined
  const end = (error: Error): void => {
    ended ??= error
    for (const { reject } of waiting.values()) reject(ended)
    waiting.clear()
  }
  worker.on('message', ({ id, result, error }: Reply) => {
    const call = waiting.get(id)
    // An answer may come behind the error that ended the thread: whoever waited was told of that.
    if (!call) return
    waiting.delete(id)
    if (waiting.size === 0) worker.unref()
    if (!error) return call.resolve(result as never)
    const known = errors.find(({ name }) => name === error.type)
    call.reject(new (known ?? Error)(error.message))
  })
  worker.on('error', (error) => {
    end(error)
    failed?.(error)
  })
  worker.on('exit', () => end(new Error('the thread has ended')))
  const call = <T>(name: string, ...args: unknown[]): Promise<T> =>
    new Promise((resolve, reject) => {
      if (ended) return reject(ended)
      worker.ref()
      waiting.set(++last, { resolve, reject })
      worker.postMessage({ id: last, name, args })
    })
  worker.unref()
  return {
    call,
    async close() {
      if (ended) return
      await call('close').catch(() => undefined)
      await worker.terminate()
    },
  }
}

/** Functions that another thread can call, by name. */
export type Calls = Record<string, (...args: never[]) => unknown>

/** Answers the calls of the thread that started this one. Large arrays of bytes in an answer move, others are copied. */
export function answer(calls: Calls): void {
  parentPort!.on('message', ({ id, name, args }: { id: number; name: string; args: never[] }) => {
    void reply(calls, id, name, args)
  })
}

async function reply(calls: Calls, id: number, name: string, args: never[]): Promise<void> {
  try {
    const result = await calls[name]!(...args)
    parentPort!.postMessage({ id, result }, movable(result))
  } catch (error) {
    const { constructor, message } = error as Error
    parentPort!.postMessage({ id, error: { type: constructor.name, message } })
  }
  if (name === 'close') parentPort!.close()
}

function movable(result: unknown): ArrayBuffer[] {
  if (typeof result !== 'object' || result === null) return []
  return Object.values(result).flatMap((value) =>
    // Small buffers share one piece of memory, which must stay here.
    value instanceof Uint8Array &&
    value.buffer instanceof ArrayBuffer &&
    value.buffer.byteLength === value.byteLength
      ? [value.buffer]
      : [],
  )
}
