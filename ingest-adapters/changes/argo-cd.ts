/**
 * Argo CD: applications, alone or in a list, as `argocd app get -o json`, `kubectl get applications -o json` and notifications with `toJson .app` give them,
 * https://argo-cd.readthedocs.io/en/stable/operator-manual/declarative-setup/#applications: `status.history` (each deployment, `deployedAt`), `status.operationState` (the last
 * sync, its beginning and its end), `status.health.lastTransitionTime` and `status.conditions`. Also the list of `argocd app history -o json`. What only says `reconciledAt` is no change.
 */
import { application, deployed } from '../shared/argo-application.ts'
import { at, isObject } from '../shared/json.ts'
import { variantsAdapter, type Variant } from '../shared/json-variants.ts'

const historyEntry: Variant = {
  is: (value) =>
    typeof at(value, 'deployedAt') === 'string' &&
    at(value, 'id') !== undefined &&
    (at(value, 'revision') !== undefined || isObject(at(value, 'source'))),
  *events(value) {
    yield deployed(value, undefined)
  },
}

export const adapter = variantsAdapter(
  'Argo CD applications',
  [application, historyEntry],
  [['items']],
)
