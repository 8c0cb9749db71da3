/**
 * Jenkins: builds as its API shows them, https://www.jenkins.io/doc/book/using/remote-access-api/ (`_class` and `number`, `timestamp` when the build began and `duration`, both in
 * milliseconds; also a job with its `builds`), and the Notification plug-in, https://plugins.jenkins.io/notification/ (`build` with `phase` and `timestamp` in milliseconds).
 * A build that is over gives two events, its end as long after its beginning as it says.
 */
import { later, momentOf, type Told } from '../shared/event-items.ts'
import { at, isObject, text, type JsonObject } from '../shared/json.ts'
import { variantsAdapter, type Variant } from '../shared/json-variants.ts'

const outcomeOf = (result: string | undefined): string | undefined =>
  result === undefined ? undefined : result === 'SUCCESS' ? 'success' : 'failure'

/** Who or what began it, out of the causes among its actions. */
function causeOf(build: unknown, key: string): string | undefined {
  const actions = at(build, 'actions')
  if (!Array.isArray(actions)) return undefined
  for (const action of actions) {
    const causes = at(action, 'causes')
    for (const cause of Array.isArray(causes) ? causes : []) {
      const told = text(at(cause, key))
      if (told !== undefined) return told
    }
  }
  return undefined
}

const isBuild = (value: unknown): value is JsonObject =>
  typeof at(value, 'number') === 'number' &&
  typeof at(value, 'timestamp') === 'number' &&
  (at(value, 'building') !== undefined || at(value, 'result') !== undefined) &&
  at(value, 'duration') !== undefined

function* buildEvents(build: JsonObject, job?: unknown): Generator<Told> {
  const name =
    text(at(build, 'fullDisplayName')) ??
    [text(job), `#${text(at(build, 'number'))}`].filter((part) => part).join(' ')
  const url = text(at(build, 'url'))
  const begun = momentOf(at(build, 'timestamp'), 'ms')
  const result = text(at(build, 'result'))
  const id = url ?? name
  const fields = {
    'event.reference': url,
    'labels.build': at(build, 'number'),
    'labels.job': job,
    'labels.node': at(build, 'builtOn'),
  }
  yield {
    time: begun,
    message: `build ${name} started: ${causeOf(build, 'shortDescription') ?? ''}`.replace(
      /: $/,
      '',
    ),
    fields: { ...fields, 'event.action': 'started', 'user.name': causeOf(build, 'userId') },
    nativeId: `jenkins ${id} started`,
  }
  if (at(build, 'building') === true) return
  yield {
    time: later(begun, at(build, 'duration')),
    message: `build ${name} ended: ${result ?? 'no result'}`,
    fields: { ...fields, 'event.action': 'ended', 'event.outcome': outcomeOf(result) },
    nativeId: `jenkins ${id} ended`,
  }
}

const build: Variant = { is: isBuild, events: (value) => buildEvents(value) }

const job: Variant = {
  is: (value) => {
    const builds = at(value, 'builds')
    return Array.isArray(builds) && isBuild(builds[0])
  },
  *events(value) {
    const name = at(value, 'fullDisplayName') ?? at(value, 'displayName') ?? at(value, 'name')
    for (const one of (at(value, 'builds') as unknown[]).filter(isBuild))
      yield* buildEvents(one, name)
  },
}

const notified: Variant = {
  is: (value) =>
    typeof at(value, 'build', 'phase') === 'string' &&
    at(value, 'build', 'number') !== undefined &&
    isObject(at(value, 'build')),
  *events(value) {
    const inner = at(value, 'build')
    const phase = String(at(inner, 'phase')).toLowerCase()
    const name = text(at(value, 'display_name')) ?? text(at(value, 'name')) ?? 'build'
    const result = text(at(inner, 'status'))
    yield {
      time: momentOf(at(inner, 'timestamp'), 'ms'),
      message: `build ${name} #${text(at(inner, 'number'))} ${phase}${result === undefined ? '' : `: ${result}`}`,
      fields: {
        'event.action': phase,
        'event.outcome': outcomeOf(result),
        'event.reference': at(inner, 'full_url') ?? at(inner, 'url'),
        'labels.job': name,
        'labels.build': at(inner, 'number'),
        'labels.branch': at(inner, 'scm', 'branch'),
        'labels.commit': at(inner, 'scm', 'commit'),
      },
      nativeId: `jenkins ${name} ${text(at(inner, 'number'))} ${phase}`,
    }
  },
}

export const adapter = variantsAdapter('Jenkins builds', [build, job, notified])
