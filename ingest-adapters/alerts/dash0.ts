/**
 * Dash0: webhooks of check rules, https://www.dash0.com/documentation/dash0/alerting/notifications (`type` alert.ongoing or alert.resolved, `data.issue` with `start` and
 * `end`). An issue that is over gives two events.
 */
import { alertText } from '../shared/alert-state.ts'
import { momentOf } from '../shared/event-items.ts'
import { at, isObject, text } from '../shared/json.ts'
import { variantsAdapter, type Variant } from '../shared/json-variants.ts'

const issue: Variant = {
  is: (value) =>
    text(at(value, 'type'))?.startsWith('alert.') === true && isObject(at(value, 'data', 'issue')),
  *events(value) {
    const inner = at(value, 'data', 'issue')
    const rules = at(inner, 'checkrules')
    const rule: unknown = Array.isArray(rules) ? rules[0] : undefined
    const id = text(at(inner, 'id')) ?? text(at(inner, 'issueIdentifier'))
    for (const [action, key] of [
      ['fired', 'start'],
      ['resolved', 'end'],
    ] as const) {
      yield {
        time: momentOf(at(inner, key)),
        message: alertText(action, at(inner, 'summary'), at(inner, 'description')),
        fields: {
          'event.action': action,
          'rule.name': at(rule, 'name'),
          'rule.id': at(rule, 'id'),
          'event.reference': at(inner, 'url'),
          'labels.issue': id,
          'labels.status': at(inner, 'status'),
          'labels.dataset': at(inner, 'dataset'),
        },
        nativeId: `dash0 issue ${id} ${text(at(inner, 'start'))} ${action}`,
      }
    }
  },
}

export const adapter = variantsAdapter('Dash0 alerts', [issue])
