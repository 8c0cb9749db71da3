/** What an application of Argo CD tells of its deployments, its last sync and its health. */
import { momentOf, type Told } from './event-items.ts'
import { at, isObject, text, type JsonObject } from './json.ts'
import type { Variant } from './json-variants.ts'

const listOf = (value: unknown): JsonObject[] =>
  Array.isArray(value) ? value.filter(isObject) : []

export function deployed(entry: JsonObject, name: string | undefined): Told {
  const revision = text(at(entry, 'revision')) ?? text(at(entry, 'revisions'))
  const who = text(at(entry, 'initiatedBy', 'username'))
  const id = text(at(entry, 'id'))
  return {
    time: momentOf(at(entry, 'deployedAt')),
    message: `${[name, 'deployed', revision?.slice(0, 12)].filter((part) => part).join(' ')}${who === undefined ? '' : ` by ${who}`}`,
    fields: {
      'event.action': 'deployed',
      'event.outcome': 'success',
      'service.name': name,
      'user.name': who,
      'labels.revision': revision,
      'labels.history_id': id,
      'labels.repository': at(entry, 'source', 'repoURL'),
      'labels.path': at(entry, 'source', 'path'),
      'labels.started_at': at(entry, 'deployStartedAt'),
    },
    nativeId: `argo cd ${name ?? ''} history ${id} ${text(at(entry, 'deployedAt'))}`,
  }
}

function* syncEvents(state: unknown, name: string | undefined): Generator<Told> {
  const phase = text(at(state, 'phase'))
  const revision =
    text(at(state, 'syncResult', 'revision')) ?? text(at(state, 'operation', 'sync', 'revision'))
  const begun = text(at(state, 'startedAt'))
  const fields = {
    'service.name': name,
    'user.name': at(state, 'operation', 'initiatedBy', 'username'),
    'labels.revision': revision,
  }
  yield {
    time: momentOf(begun),
    message: `${name} sync started${revision === undefined ? '' : ` to ${revision.slice(0, 12)}`}`,
    fields: { ...fields, 'event.action': 'sync-started' },
    nativeId: `argo cd ${name} sync ${begun} started`,
  }
  if (phase === 'Running') return
  const said = text(at(state, 'message'))
  yield {
    time: momentOf(at(state, 'finishedAt')),
    message: `${name} sync ${phase?.toLowerCase()}${said === undefined ? '' : `: ${said}`}`,
    fields: {
      ...fields,
      'event.action': `sync-${phase?.toLowerCase()}`,
      'event.outcome': phase === 'Succeeded' ? 'success' : 'failure',
    },
    nativeId: `argo cd ${name} sync ${begun} ended`,
  }
}

const isApplication = (value: unknown): boolean =>
  (at(value, 'kind') === 'Application' &&
    text(at(value, 'apiVersion'))?.startsWith('argoproj.io/') === true) ||
  (isObject(at(value, 'status', 'sync')) &&
    isObject(at(value, 'status', 'health')) &&
    isObject(at(value, 'metadata')))

export const application: Variant = {
  is: (value) => isApplication(value) || isApplication(at(value, 'app')),
  *events(outer) {
    const value = isApplication(outer) ? outer : at(outer, 'app')
    const name = text(at(value, 'metadata', 'name'))
    const status = at(value, 'status')
    for (const entry of listOf(at(status, 'history'))) yield deployed(entry, name)
    if (isObject(at(status, 'operationState')))
      yield* syncEvents(at(status, 'operationState'), name)
    const health = text(at(status, 'health', 'status'))
    const turned = text(at(status, 'health', 'lastTransitionTime'))
    yield {
      time: momentOf(turned),
      message:
        `${name} became ${health?.toLowerCase()}: ${text(at(status, 'health', 'message')) ?? ''}`.replace(
          /: $/,
          '',
        ),
      fields: { 'event.action': `health-${health?.toLowerCase()}`, 'service.name': name },
      nativeId: `argo cd ${name} health ${health} ${turned}`,
    }
    for (const condition of listOf(at(status, 'conditions'))) {
      const since = at(condition, 'lastTransitionTime')
      yield {
        time: momentOf(since),
        message: `${name} ${text(at(condition, 'type'))}: ${text(at(condition, 'message')) ?? ''}`,
        fields: { 'event.action': 'condition', 'service.name': name },
        nativeId: `argo cd ${name} condition ${text(at(condition, 'type'))} ${text(since)} ${text(at(condition, 'message'))}`,
      }
    }
  },
}
