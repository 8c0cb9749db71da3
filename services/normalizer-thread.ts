import { workerData } from 'node:worker_threads'
import { embeddedBus } from './bus/embedded.ts'
import { embeddedEventIndex } from './event-index/embedded.ts'
import { replay, runNormalizer } from './normalizer/run.ts'
import { answer } from './thread.ts'

/** The normalizer of one workspace beside the thread that imports and serves: it reads the log and writes the index. */
const { data, workspace, after } = workerData as {
  data: string
  workspace: string
  after: string | null
}
const bus = embeddedBus(data)
const index = embeddedEventIndex(data)
let created = 0
const normalizer = runNormalizer({
  bus,
  index,
  workspace,
  from: { after },
  failed(error) {
    throw error
  },
  wrote: (more) => void (created += more),
})

answer({
  indexed: (position: string) => normalizer.indexed(position),
  created: () => created,
  async replay() {
    const { index: next } = await index.renew(workspace)
    await replay({ bus, index: next, workspace })
  },
  async close() {
    await normalizer.stop()
    await index.close()
    await bus.close()
  },
})
