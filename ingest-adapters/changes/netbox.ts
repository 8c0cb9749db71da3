/**
 * NetBox, the record of networks and machines: webhooks of changed objects, https://netboxlabs.com/docs/netbox/integrations/webhooks/ (`event`, `timestamp`, `model`, `username`, `data`).
 */
import { momentOf } from '../shared/event-items.ts'
import { at, isObject, text } from '../shared/json.ts'
import { variantsAdapter, type Variant } from '../shared/json-variants.ts'

const change: Variant = {
  is: (value) =>
    typeof at(value, 'event') === 'string' &&
    typeof at(value, 'timestamp') === 'string' &&
    typeof at(value, 'model') === 'string' &&
    at(value, 'request_id') !== undefined &&
    isObject(at(value, 'data')),
  *events(value) {
    const data = at(value, 'data')
    const name = text(at(data, 'display')) ?? text(at(data, 'name')) ?? text(at(data, 'id')) ?? ''
    const model = text(at(value, 'model'))
    const action = text(at(value, 'event'))
    yield {
      time: momentOf(at(value, 'timestamp')),
      message: `${model} ${name} ${action} by ${text(at(value, 'username')) ?? 'nobody'}`,
      fields: {
        'event.action': action,
        'user.name': at(value, 'username'),
        'event.reference': at(data, 'display_url') ?? at(data, 'url'),
        'labels.model': model,
        'labels.request': at(value, 'request_id'),
        'labels.object': at(data, 'id'),
      },
      nativeId: `netbox ${text(at(value, 'request_id'))} ${model} ${text(at(data, 'id'))} ${action}`,
    }
  },
}

export const adapter = variantsAdapter('NetBox changes', [change])
