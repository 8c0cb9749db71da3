/**
 * Terraform and OpenTofu: the lines of `terraform apply -json`, https://developer.hashicorp.com/terraform/internals/machine-readable-ui (`@timestamp`, `@message`, `type`), and
 * the notifications of HCP Terraform, https://developer.hashicorp.com/terraform/cloud-docs/api-docs/notification-configurations#notification-payload (`payload_version` and
 * `notifications` with `run_updated_at`), and runs as its API lists them (`status-timestamps`). A notification that only verifies the address is at no time.
 */
import { momentOf, type Told } from '../shared/event-items.ts'
import { at, isObject, text } from '../shared/json.ts'
import { variantsAdapter, type Variant } from '../shared/json-variants.ts'

const line: Variant = {
  is: (value) =>
    typeof at(value, '@message') === 'string' &&
    typeof at(value, '@timestamp') === 'string' &&
    /^(?:terraform|tofu)\b/.test(text(at(value, '@module')) ?? ''),
  *events(value) {
    const hook = at(value, 'hook')
    const change = at(value, 'change')
    const resource = at(hook, 'resource', 'addr') ?? at(change, 'resource', 'addr')
    const type = text(at(value, 'type'))
    const action = text(at(hook, 'action')) ?? text(at(change, 'action'))
    const outcome =
      type === 'apply_complete'
        ? 'success'
        : type === 'apply_errored' || type === 'diagnostic'
          ? 'failure'
          : undefined
    const detail = text(at(value, 'diagnostic', 'detail'))
    const told = String(at(value, '@message'))
    yield {
      time: momentOf(at(value, '@timestamp')),
      message: detail === undefined ? told : `${told}: ${detail}`,
      fields: {
        'event.action': type?.replaceAll('_', '-'),
        'event.outcome': at(value, '@level') === 'warn' ? undefined : outcome,
        'log.level': at(value, '@level'),
        'log.logger': at(value, '@module'),
        'labels.resource': resource,
        'labels.change': action,
        'labels.id': at(hook, 'id_value'),
      },
    }
  },
}

const notification: Variant = {
  is: (value) =>
    at(value, 'payload_version') !== undefined && Array.isArray(at(value, 'notifications')),
  *events(value) {
    const run = text(at(value, 'run_id'))
    for (const one of (at(value, 'notifications') as unknown[]).filter(isObject)) {
      const status = text(at(one, 'run_status'))
      const updated = at(one, 'run_updated_at')
      const told: Told = {
        time: momentOf(updated) ?? momentOf(at(value, 'run_created_at')),
        message: [
          text(at(value, 'workspace_name')),
          text(at(one, 'message')),
          text(at(value, 'run_message')),
        ]
          .filter((part) => part)
          .join(': '),
        fields: {
          'event.action': status?.replaceAll('_', '-') ?? at(one, 'trigger'),
          'event.outcome':
            status === 'applied' ? 'success' : status === 'errored' ? 'failure' : undefined,
          'user.name': at(one, 'run_updated_by') ?? at(value, 'run_created_by'),
          'event.reference': at(value, 'run_url'),
          'labels.run': run,
          'labels.workspace': at(value, 'workspace_name'),
          'labels.organization': at(value, 'organization_name'),
          'labels.trigger': at(one, 'trigger'),
        },
        nativeId:
          run === undefined || updated === null
            ? undefined
            : `terraform run ${run} ${status} ${text(updated)}`,
      }
      yield told
    }
  },
}

const run: Variant = {
  is: (value) =>
    at(value, 'type') === 'runs' && isObject(at(value, 'attributes', 'status-timestamps')),
  *events(value) {
    const id = text(at(value, 'id'))
    const attributes = at(value, 'attributes')
    const moments = Object.entries(at(attributes, 'status-timestamps') as object)
    for (const [name, written] of [['created-at', at(attributes, 'created-at')], ...moments] as [
      string,
      unknown,
    ][]) {
      const action = name.replace(/-at$/, '')
      yield {
        time: momentOf(written),
        message:
          `run ${id} ${action.replaceAll('-', ' ')}: ${text(at(attributes, 'message')) ?? ''}`.replace(
            /: $/,
            '',
          ),
        fields: {
          'event.action': action,
          'event.outcome':
            action === 'applied' ? 'success' : action === 'errored' ? 'failure' : undefined,
          'labels.run': id,
          'labels.workspace': at(value, 'relationships', 'workspace', 'data', 'id'),
          'labels.source': at(attributes, 'source'),
        },
        nativeId: `terraform run ${id} ${action}`,
      }
    }
  },
}

export const adapter = variantsAdapter('Terraform runs', [line, notification, run], [['data']])
