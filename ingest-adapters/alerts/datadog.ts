/**
 * Datadog: webhooks, https://docs.datadoghq.com/integrations/webhooks/, whose template the user writes: the default (`id`, `title`, `event_type`, `date`, `last_updated`, `org`)
 * and those that keep the documented names (`alert_transition`, `alert_id`, `date_posix`); `$DATE` and `$LAST_UPDATED` count milliseconds, `$DATE_POSIX` seconds.
 * Events as https://docs.datadoghq.com/api/latest/events/ lists them: version 1 (`date_happened`, in seconds) and version 2 (`attributes.timestamp`).
 */
import { alertAction, alertText } from '../shared/alert-state.ts'
import { momentOf } from '../shared/event-items.ts'
import { at, isObject, text } from '../shared/json.ts'
import { variantsAdapter, type Variant } from '../shared/json-variants.ts'

/** `Recovered on {host:web01}`: the words before the bracket tell what happened. */
const TRANSITION = /^(?:re-)?([a-z ]+?)(?: \(.*| on \{.*)?$/i
const transitionOf = (written: unknown): string =>
  alertAction(TRANSITION.exec(text(written) ?? '')?.[1] ?? written)

/** Lines of `%%%` around a text say that it is Markdown. */
const withoutMarks = (body: unknown): string | undefined =>
  text(body)?.replaceAll(/^%%%\s*|\s*%%%$/g, '')

const webhook: Variant = {
  is: (value) =>
    (typeof at(value, 'title') === 'string' || typeof at(value, 'alert_title') === 'string') &&
    (typeof at(value, 'alert_transition') === 'string' ||
      (typeof at(value, 'event_type') === 'string' &&
        isObject(at(value, 'org')) &&
        at(value, 'last_updated') !== undefined)),
  *events(value) {
    const title = at(value, 'alert_title') ?? at(value, 'title')
    const state = at(value, 'alert_transition') ?? at(value, 'alert_type')
    const action = state === undefined ? alertAction('alert') : transitionOf(state)
    const id = text(at(value, 'id')) ?? text(at(value, 'event_id'))
    yield {
      time:
        momentOf(at(value, 'date'), 'ms') ??
        momentOf(at(value, 'date_posix'), 's') ??
        momentOf(at(value, 'last_updated'), 'ms'),
      message: alertText(
        action,
        title,
        at(value, 'text_only_msg') ?? withoutMarks(at(value, 'body')),
      ),
      fields: {
        'event.action': action,
        'rule.name': title,
        'rule.id': at(value, 'alert_id'),
        'host.name': at(value, 'hostname') ?? at(value, 'host_name'),
        'event.reference': at(value, 'link'),
        'labels.event_type': at(value, 'event_type'),
        'labels.priority': at(value, 'alert_priority') ?? at(value, 'priority'),
        'labels.metric': at(value, 'alert_metric'),
        'labels.scope': at(value, 'alert_scope'),
        'labels.tags': at(value, 'tags'),
        'labels.org': at(value, 'org', 'name'),
      },
      nativeId: id === undefined ? undefined : `datadog event ${id}`,
    }
  },
}

const eventV1: Variant = {
  is: (value) =>
    at(value, 'date_happened') !== undefined &&
    typeof at(value, 'title') === 'string' &&
    (at(value, 'alert_type') !== undefined || at(value, 'text') !== undefined),
  *events(value) {
    const id = text(at(value, 'id'))
    yield {
      time: momentOf(at(value, 'date_happened'), 's'),
      message: [text(at(value, 'title')), text(at(value, 'text'))].filter((t) => t).join(': '),
      fields: {
        'event.action': alertAction(at(value, 'alert_type')),
        'host.name': at(value, 'host'),
        'event.reference': at(value, 'url'),
        'rule.id': at(value, 'monitor_id'),
        'labels.source': at(value, 'source') ?? at(value, 'source_type_name'),
        'labels.priority': at(value, 'priority'),
        'labels.tags': at(value, 'tags'),
      },
      nativeId: id === undefined ? undefined : `datadog event ${id}`,
    }
  },
}

const eventV2: Variant = {
  is: (value) =>
    at(value, 'type') === 'event' &&
    isObject(at(value, 'attributes')) &&
    at(value, 'attributes', 'timestamp') !== undefined,
  *events(value) {
    const outer = at(value, 'attributes')
    const inner = at(outer, 'attributes')
    const title = at(inner, 'title') ?? at(outer, 'title')
    const state = at(inner, 'monitor', 'transition', 'trans_name') ?? at(inner, 'status')
    yield {
      time: momentOf(at(outer, 'timestamp')) ?? momentOf(at(inner, 'timestamp'), 'ms'),
      message: [text(title), text(at(outer, 'message'))].filter((t) => t).join(': ') || 'event',
      fields: {
        'event.action': transitionOf(state),
        'rule.name': at(inner, 'monitor', 'name'),
        'rule.id': at(inner, 'monitor', 'id') ?? at(inner, 'monitor_id'),
        'host.name': at(inner, 'hostname'),
        'service.name': at(inner, 'service'),
        'labels.source': at(inner, 'sourcecategory'),
        'labels.tags': at(outer, 'tags'),
      },
      nativeId: `datadog event ${text(at(value, 'id'))}`,
    }
  },
}

export const adapter = variantsAdapter(
  'Datadog monitor webhooks and events',
  [webhook, eventV1, eventV2],
  [['events'], ['data']],
)
