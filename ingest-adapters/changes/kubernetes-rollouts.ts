/**
 * Kubernetes objects that tell of rollouts, as `kubectl get … -o json` prints them, alone, in a List, or from a watch,
 * https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/: ReplicaSets and ControllerRevisions (a revision was made), and the beginning and the conditions of
 * Deployments, StatefulSets and DaemonSets. Events of Kubernetes are logs.
 */
import { variantsAdapter } from '../shared/json-variants.ts'
import { revision, workload } from '../shared/kubernetes-objects.ts'

export const adapter = variantsAdapter('Kubernetes rollouts', [revision, workload], [['items']])
