/**
 * GitHub: webhook payloads, https://docs.github.com/en/webhooks/webhook-events-and-payloads, told apart by their members because the name
 * of the event is only in a header; and the events API and GH Archive, https://docs.github.com/en/rest/using-the-rest-api/github-event-types,
 * https://www.gharchive.org/ (`type`, `actor`, `repo`, `payload`, `created_at`, one a line or an array).
 * Also deliveries as the API lists them, which tell the name of the event and a time for payloads without one.
 * A webhook's time is the stamp of the thing that it is about which fits the action, of a push the moment that the repository tells; one
 * about nothing with a stamp (create, delete), or about what is gone, has none.
 */
import type { JsonAdapter } from '../adapter.ts'
import { describeEvent, type GithubEvent } from '../shared/github-event.ts'
import { eventNameOf, subjectOf } from '../shared/github-names.ts'
import { webhookTime } from '../shared/github-time.ts'
import { at, isObject, text as textOf, type JsonObject } from '../shared/json.ts'
import { mostValues, refuseValue } from '../shared/json-fields.ts'
import { jsonStamp } from '../shared/json-stamp.ts'

const isWebhook = (value: JsonObject): boolean =>
  typeof at(value, 'sender', 'login') === 'string' &&
  (typeof at(value, 'repository', 'full_name') === 'string' ||
    typeof at(value, 'organization', 'login') === 'string' ||
    isObject(at(value, 'installation')) ||
    isObject(at(value, 'hook')))

/** A push may be cut before its sender: its commits come first. */
const isPush = (value: JsonObject): boolean =>
  typeof at(value, 'ref') === 'string' &&
  typeof at(value, 'before') === 'string' &&
  typeof at(value, 'after') === 'string' &&
  (Array.isArray(at(value, 'commits')) || isObject(at(value, 'pusher'))) &&
  at(value, 'object_kind') === undefined

const isApiEvent = (value: JsonObject): boolean => {
  const type = at(value, 'type')
  return (
    typeof type === 'string' &&
    type.endsWith('Event') &&
    textOf(at(value, 'id')) !== undefined &&
    isObject(at(value, 'actor')) &&
    isObject(at(value, 'repo')) &&
    at(value, 'created_at') !== undefined
  )
}

interface Delivery {
  payload: JsonObject
  name: string
}

/** What `GET /hooks/{id}/deliveries/{delivery}` tells around a payload: https://docs.github.com/en/rest/repos/webhooks */
function deliveryOf(value: JsonObject): Delivery | undefined {
  const payload = at(value, 'request', 'payload')
  const name = at(value, 'event')
  return typeof at(value, 'delivered_at') === 'string' &&
    typeof name === 'string' &&
    isObject(payload)
    ? { payload, name }
    : undefined
}

/** `PullRequestReviewEvent` is what the webhook calls `pull_request_review`. */
const webhookName = (type: string): string =>
  type
    .slice(0, -'Event'.length)
    .replace(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`)
    .toLowerCase()

function ofApi(value: JsonObject): GithubEvent {
  const name = webhookName(String(at(value, 'type')))
  const payload = at(value, 'payload')
  return {
    name,
    payload,
    subject: subjectOf(name, payload),
    sender: textOf(at(value, 'actor', 'login')),
    repository: textOf(at(value, 'repo', 'name')),
  }
}

function ofWebhook(value: JsonObject, name = eventNameOf(value)): GithubEvent {
  return {
    name,
    payload: value,
    subject: subjectOf(name, value),
    sender: textOf(at(value, 'sender', 'login')) ?? textOf(at(value, 'pusher', 'name')),
    repository:
      textOf(at(value, 'repository', 'full_name')) ?? textOf(at(value, 'organization', 'login')),
  }
}

export const adapter: JsonAdapter = {
  title: 'GitHub webhooks and events',
  unit: 'json',
  recognizes: (head) =>
    mostValues(
      head,
      (value) =>
        isWebhook(value) || isApiEvent(value) || isPush(value) || deliveryOf(value) !== undefined,
    ),
  parse: () =>
    function* (value, text, line) {
      if (!isObject(value)) {
        yield refuseValue(text, line, 'not-a-record')
        return
      }
      const api = isApiEvent(value)
      const delivery = deliveryOf(value)
      if (!api && !delivery && !isWebhook(value) && !isPush(value)) {
        yield refuseValue(text, line, 'incomplete')
        return
      }
      const event = api
        ? ofApi(value)
        : delivery
          ? ofWebhook(delivery.payload, delivery.name)
          : ofWebhook(value)
      // A delivery's time is the next best: it follows the event within seconds.
      const time = api
        ? jsonStamp(at(value, 'created_at'))
        : (webhookTime(event) ?? (delivery && jsonStamp(at(value, 'delivered_at'))))
      if (time === undefined || time === 'impossible-time') {
        yield refuseValue(text, line, time ?? 'no-time')
        return
      }
      const record = { time, original: text, line, ...describeEvent(event) }
      const stream = event.repository === undefined ? {} : { stream: event.repository }
      const id = textOf(at(value, 'id'))
      const guid = textOf(at(value, 'guid'))
      const nativeId = api ? `github event ${id}` : `github delivery ${guid}`
      const known = api || (delivery && guid !== undefined)
      yield {
        ...record,
        ...stream,
        ...(known ? { nativeId } : {}),
      }
    },
}
