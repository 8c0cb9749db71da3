/**
 * Kubernetes objects as `kubectl get … -o yaml` prints them, alone, several with `---` between, or in a List: what changes/kubernetes reads of the same objects in JSON,
 * and applications of Argo CD, https://kubernetes.io/docs/reference/kubectl/#output-options.
 */
import type { DocumentAdapter, Item } from '../adapter.ts'
import { application } from '../shared/argo-application.ts'
import { eventItems } from '../shared/event-items.ts'
import { isObject } from '../shared/json.ts'
import { event, revision, workload } from '../shared/kubernetes-objects.ts'
import { textOf } from '../shared/utf8-text.ts'
import { readYaml } from '../shared/yaml.ts'

const VARIANTS = [event, revision, workload, application]
const KIND =
  /^(?:- | {2})?kind: (?:Event|ReplicaSet|ControllerRevision|Deployment|StatefulSet|DaemonSet|Application)\s*$/m
const VERSION = /^apiVersion: \S+\s*$/
/** Printed by a cluster, not written by hand to make one. */
const LIVE = /^ +(?:creationTimestamp|uid): \S/m

function* objectItems(value: unknown, text: string, line: number): Generator<Item> {
  const variant = isObject(value) ? VARIANTS.find((one) => one.is(value)) : undefined
  if (variant && isObject(value)) yield* eventItems(variant.events(value), text, line)
  else yield { rejected: text, reason: 'incomplete', line }
}

const ELEMENT = /^- /gm

/** The elements of `items`, each with its text, or the document itself. */
function* items(text: string, line: number): Generator<Item> {
  const begin = /^items:[ \t]*\r?\n(?=- )/m.exec(text)
  if (!begin) {
    yield* objectItems(readYaml(text), text, line)
    return
  }
  const from = begin.index + begin[0].length
  const behind = /^[^\s-]/m.exec(text.slice(from))
  const list = behind ? text.slice(from, from + behind.index) : text.slice(from)
  const starts = [...list.matchAll(ELEMENT)].map((m) => m.index)
  let number = line + text.slice(0, from).split('\n').length - 1
  for (const [i, start] of starts.entries()) {
    const one = list.slice(start, starts[i + 1])
    const value = readYaml(one)
    yield* objectItems(Array.isArray(value) ? value[0] : undefined, one.trimEnd(), number)
    number += one.split('\n').length - 1
  }
}

export const adapter: DocumentAdapter = {
  title: 'Kubernetes objects in YAML',
  unit: 'document',
  recognizes: (head) =>
    head.lines.slice(0, 2).some((line) => VERSION.test(line)) &&
    KIND.test(head.text) &&
    LIVE.test(head.text),
  begins: (line) => line.startsWith('---'),
  parse: () => (bytes, line) => {
    const text = textOf(bytes).trimEnd()
    return /^(?:---)?\s*$/.test(text) ? [] : items(text, line)
  },
}
