/**
 * The tree of a Windows event as JSON, one value an event. Variants: `evtx_dump -o jsonl` (https://github.com/omerbenamram/evtx), attributes under `#attributes`, or beside their element
 * as `Provider_attributes` (`--separate-json-attributes`); XML turned into JSON by xmltodict or EvtxECmd's `--fj` (`@Name`, `#text`); Velociraptor's parse_evtx
 * (https://docs.velociraptor.app/vql_reference/parsers/parse_evtx/), without `Event`, with SystemTime in Unix seconds and its Message.
 */
import type { JsonAdapter } from '../adapter.ts'
import { isObject } from '../shared/json.ts'
import { mostValues, refuseValue } from '../shared/json-fields.ts'
import { isEventTree, treeEvent } from '../shared/windows-tree.ts'
import { windowsItem } from '../shared/windows-json.ts'

export const adapter: JsonAdapter = {
  title: 'Windows events as a JSON tree (evtx_dump)',
  unit: 'json',
  twoClocks: true,
  recognizes: (head) => mostValues(head, isEventTree),
  parse: () =>
    function* (value, text, line) {
      if (isObject(value) && isEventTree(value))
        yield* windowsItem(treeEvent(value, text), text, line)
      else yield refuseValue(text, line, 'not-a-record')
    },
}
