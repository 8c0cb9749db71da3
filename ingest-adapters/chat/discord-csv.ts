/**
 * Discord, as DiscordChatExporter writes it in CSV: https://github.com/Tyrrrz/DiscordChatExporter, layout in
 * DiscordChatExporter.Core/Exporting/CsvMessageWriter.cs: `AuthorID,Author,Date,Content,Attachments,Reactions`. Since version 2.41 the date is ISO 8601 with an offset,
 * before in the shape of the computer's culture without a zone. The channel is not named, messages have no ids.
 */
import type { DocumentAdapter, Item } from '../adapter.ts'
import { chatItem, fileName } from '../shared/chat-message.ts'
import { rows, tableText } from '../shared/csv.ts'
import { wholeStamp } from '../shared/json-stamp.ts'

const HEADER = 'AuthorID,Author,Date,Content,Attachments,Reactions'

function* read(bytes: Uint8Array, first: number): Generator<Item> {
  for (const { cells, text, line } of rows(tableText(bytes), ',', first)) {
    const [userId, user, date, content, attachments = '', reactions] = cells
    if (text === HEADER || text.trim() === '') yield { context: 1, line }
    else if (content === undefined) yield { rejected: text, reason: 'incomplete', line }
    else {
      const files = attachments.split(',').filter(Boolean).map(fileName)
      yield chatItem(
        {
          time: wholeStamp(date!),
          text: content,
          user: user!,
          userId: userId!,
          reactions: reactions?.replace(/ \((\d+)\)/g, ' $1').replaceAll(',', ', '),
          files,
        },
        text,
        line,
      )
    }
  }
}

export const adapter: DocumentAdapter = {
  title: 'Discord export as CSV',
  unit: 'document',
  recognizes: ({ lines }) => lines[0] === HEADER,
  parse: () => read,
}
