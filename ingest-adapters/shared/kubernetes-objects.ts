/** Kubernetes objects that tell of rollouts, as all of its tools print them. */
import { momentOf, type Told } from './event-items.ts'
import { at, isObject, text, type JsonObject } from './json.ts'
import type { Variant } from './json-variants.ts'

const objectOf = (value: JsonObject): unknown =>
  isObject(at(value, 'object')) && typeof at(value, 'type') === 'string'
    ? at(value, 'object')
    : value

/** Events of both APIs: of a series its beginning and its end. */
export const event: Variant = {
  is: (outer) => {
    const value = objectOf(outer)
    return (
      typeof at(value, 'reason') === 'string' &&
      (isObject(at(value, 'involvedObject')) || isObject(at(value, 'regarding'))) &&
      isObject(at(value, 'metadata'))
    )
  },
  *events(outer) {
    const value = objectOf(outer)
    const object = at(value, 'involvedObject') ?? at(value, 'regarding')
    const name = [text(at(object, 'kind'))?.toLowerCase(), text(at(object, 'name'))]
      .filter((part) => part)
      .join('/')
    const first = at(value, 'firstTimestamp') ?? at(value, 'deprecatedFirstTimestamp')
    const last =
      at(value, 'series', 'lastObservedTime') ??
      at(value, 'lastTimestamp') ??
      at(value, 'deprecatedLastTimestamp')
    const own =
      at(value, 'eventTime') ?? first ?? last ?? at(value, 'metadata', 'creationTimestamp')
    const uid = text(at(value, 'metadata', 'uid'))
    for (const written of new Set([own, last ?? own])) {
      yield {
        time: momentOf(written),
        message: `${name} ${text(at(value, 'reason'))}: ${text(at(value, 'message')) ?? text(at(value, 'note')) ?? ''}`,
        fields: {
          'event.action': at(value, 'reason'),
          'log.level': at(value, 'type') === 'Warning' ? 'warning' : 'info',
          'host.name': at(value, 'source', 'host'),
          'orchestrator.namespace': at(object, 'namespace'),
          'orchestrator.resource.type': at(object, 'kind'),
          'orchestrator.resource.name': at(object, 'name'),
          'labels.component': at(value, 'source', 'component') ?? at(value, 'reportingController'),
          'labels.count':
            at(value, 'series', 'count') ?? at(value, 'count') ?? at(value, 'deprecatedCount'),
        },
        nativeId: uid === undefined ? undefined : `kubernetes event ${uid} ${text(written)}`,
      }
    }
  },
}

const imagesOf = (value: unknown): string[] => {
  const containers = at(value, 'spec', 'template', 'spec', 'containers')
  return Array.isArray(containers) ? containers.flatMap((c) => text(at(c, 'image')) ?? []) : []
}

const fieldsOf = (value: unknown, action: string): Told['fields'] => ({
  'event.action': action,
  'orchestrator.namespace': at(value, 'metadata', 'namespace'),
  'orchestrator.resource.type': at(value, 'kind'),
  'orchestrator.resource.name': at(value, 'metadata', 'name'),
  'labels.images': imagesOf(value),
  'labels.change_cause': at(value, 'metadata', 'annotations', 'kubernetes.io/change-cause'),
})

export const revision: Variant = {
  is: (value) => {
    const kind = at(objectOf(value), 'kind')
    return kind === 'ReplicaSet' || kind === 'ControllerRevision'
  },
  *events(outer) {
    const value = objectOf(outer)
    const number =
      text(at(value, 'metadata', 'annotations', 'deployment.kubernetes.io/revision')) ??
      text(at(value, 'revision'))
    const owners = at(value, 'metadata', 'ownerReferences')
    const owner = Array.isArray(owners) ? text(at(owners[0], 'name')) : undefined
    const images = imagesOf(value).join(', ')
    yield {
      time: momentOf(at(value, 'metadata', 'creationTimestamp')),
      message: `rollout of ${owner ?? text(at(value, 'metadata', 'name'))}: revision ${number ?? '?'}${images === '' ? '' : `, ${images}`}`,
      fields: {
        ...fieldsOf(value, 'rollout'),
        'service.name': owner,
        'labels.revision': number,
      },
      nativeId: `kubernetes ${text(at(value, 'metadata', 'uid'))} created`,
    }
  },
}

const WORKLOADS: ReadonlySet<unknown> = new Set(['Deployment', 'StatefulSet', 'DaemonSet'])

export const workload: Variant = {
  is: (value) =>
    WORKLOADS.has(at(objectOf(value), 'kind')) && isObject(at(objectOf(value), 'metadata')),
  *events(outer) {
    const value = objectOf(outer)
    const name = text(at(value, 'metadata', 'name'))
    const uid = text(at(value, 'metadata', 'uid')) ?? name
    const kind = text(at(value, 'kind'))!.toLowerCase()
    const named = { 'service.name': name }
    yield {
      time: momentOf(at(value, 'metadata', 'creationTimestamp')),
      message: `${kind} ${name} created`,
      fields: { ...fieldsOf(value, 'created'), ...named },
      nativeId: `kubernetes ${uid} created`,
    }
    const conditions = at(value, 'status', 'conditions')
    for (const condition of Array.isArray(conditions) ? conditions : []) {
      const written = text(at(condition, 'lastUpdateTime') ?? at(condition, 'lastTransitionTime'))
      const reason = text(at(condition, 'reason')) ?? text(at(condition, 'type')) ?? 'condition'
      yield {
        time: momentOf(written),
        message: `${kind} ${name} ${reason}: ${text(at(condition, 'message')) ?? ''}`,
        fields: {
          ...fieldsOf(value, reason),
          ...named,
          'labels.condition': `${text(at(condition, 'type'))}=${text(at(condition, 'status'))}`,
        },
        nativeId: `kubernetes ${uid} ${text(at(condition, 'type'))} ${written}`,
      }
    }
  },
}
