/**
 * VMware Aria Operations, once vRealize: the REST notification plug-in's alert, https://techdocs.broadcom.com/us/en/vmware-cis/aria/aria-operations.html (`startDate`,
 * `updateDate` and `cancelDate` in milliseconds). One that is cancelled gives two events; `cancelDate` of an active one tells nothing.
 */
import { alertText } from '../shared/alert-state.ts'
import { momentOf } from '../shared/event-items.ts'
import { at, text } from '../shared/json.ts'
import { variantsAdapter, type Variant } from '../shared/json-variants.ts'

const alert: Variant = {
  is: (value) =>
    at(value, 'alertId') !== undefined &&
    at(value, 'startDate') !== undefined &&
    typeof at(value, 'criticality') === 'string' &&
    typeof at(value, 'status') === 'string',
  *events(value) {
    const active = text(at(value, 'status'))?.toUpperCase() === 'ACTIVE'
    const name = at(value, 'alertName') ?? at(value, 'resourceName')
    const id = text(at(value, 'alertId'))
    for (const [action, key] of [
      ['fired', 'startDate'],
      ['resolved', 'cancelDate'],
    ] as const) {
      if (active && action === 'resolved') continue
      yield {
        time: momentOf(at(value, key), 'ms'),
        message: alertText(action, name, at(value, 'info')),
        fields: {
          'event.action': action,
          'rule.name': at(value, 'alertName'),
          'host.name': at(value, 'resourceName'),
          'labels.alert': id,
          'labels.severity': at(value, 'criticality'),
          'labels.type': at(value, 'type'),
          'labels.resource_kind': at(value, 'resourceKind'),
        },
        nativeId: `vrealize ${id} ${action}`,
      }
    }
  },
}

export const adapter = variantsAdapter('VMware Aria Operations alerts', [alert])
