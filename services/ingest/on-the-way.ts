import type { Bus, Message } from '../bus/bus.ts'

/** Messages are put on the bus together until they hold so many records, or characters of them: each time costs a turn of the disk or of the network. */
const TOGETHER = 250
const CHARACTERS_TOGETHER = 4_000_000
/** So many records, or characters of them, wait for the disk while the next are read. */
const ON_THEIR_WAY = 2000
const CHARACTERS_ON_THEIR_WAY = 16_000_000

/** What an import has sent to the bus and what is not there yet. Errors of the bus leave `room` and `all`: none is passed over. */
export interface OnTheWay {
  /** How many records and characters of them are in the messages. */
  send(messages: readonly Message[], records: number, characters: number): void
  /** Waits while much is on its way. */
  room(): Promise<void> | undefined
  /** Resolves when all is durable, to the position up to which it is; null where nothing was sent. */
  all(): Promise<string | null>
}

export function onTheWay({ bus, workspace }: { bus: Bus; workspace: string }): OnTheWay {
  let waiting = { messages: [] as Message[], records: 0, characters: 0 }
  /** In the order in which they were sent; one that failed stays, and fails whoever waits. */
  const sending: { sent: Promise<string>; records: number; characters: number }[] = []
  let position: string | null = null
  const append = (): void => {
    const { messages, records, characters } = waiting
    waiting = { messages: [], records: 0, characters: 0 }
    const sent = bus.append(workspace, messages)
    // Who waits for it comes later.
    sent.catch(() => undefined)
    sending.push({ sent, records, characters })
  }
  const sum = (of: 'records' | 'characters'): number =>
    sending.reduce((total, each) => total + each[of], 0)
  const isMuch = (): boolean =>
    sending.length > 1 &&
    (sum('records') > ON_THEIR_WAY || sum('characters') > CHARACTERS_ON_THEIR_WAY)
  const until = async (enough: () => boolean): Promise<void> => {
    while (!enough()) {
      position = await sending[0]!.sent
      sending.shift()
    }
  }
  return {
    send(messages, records, characters) {
      waiting.messages.push(...messages)
      waiting.records += records
      waiting.characters += characters
      if (waiting.records >= TOGETHER || waiting.characters >= CHARACTERS_TOGETHER) append()
    },
    room: () => (isMuch() ? until(() => !isMuch()) : undefined),
    async all() {
      if (waiting.messages.length > 0) append()
      await until(() => sending.length === 0)
      return position
    },
  }
}
