/**
 * Telegram's answer to a button below an alert, https://core.telegram.org/bots/api#callbackquery: who pressed what, under which message. It tells no time of the
 * pressing; `message.date` (seconds) is when the alert was posted, and stands for the alert that is acknowledged.
 */
import { alertAction } from '../shared/alert-state.ts'
import { momentOf } from '../shared/event-items.ts'
import { at, isObject, text } from '../shared/json.ts'
import { variantsAdapter, type Variant } from '../shared/json-variants.ts'

const pressed: Variant = {
  is: (value) =>
    at(value, 'update_id') !== undefined &&
    typeof at(value, 'callback_query', 'data') === 'string' &&
    isObject(at(value, 'callback_query', 'message')),
  *events(value) {
    const query = at(value, 'callback_query')
    const message = at(query, 'message')
    const data = String(at(query, 'data'))
    const who = text(at(query, 'from', 'username')) ?? text(at(query, 'from', 'first_name'))
    const about = text(at(message, 'text'))?.trim()
    yield {
      time: momentOf(at(message, 'date'), 's'),
      message: `${who ?? 'somebody'} pressed ${data}${about ? ` on: ${about}` : ''}`,
      fields: {
        'event.action': alertAction(/^\/?(\w+)/.exec(data)?.[1]),
        'user.name': who,
        'user.id': at(query, 'from', 'id'),
        'labels.chat': at(message, 'chat', 'title'),
        'labels.bot': at(message, 'from', 'username'),
      },
      nativeId: `telegram callback ${text(at(query, 'id'))} ${text(at(value, 'update_id'))}`,
    }
  },
}

export const adapter = variantsAdapter('Telegram buttons below alerts', [pressed])
