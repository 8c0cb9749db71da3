/**
 * Windows events as flat JSON, an object each with the properties of the event and the members of its data side by side. Variants:
 * NXLog's im_msvistalog (https://docs.nxlog.co/refman/current/im/msvistalog.html#fields): Hostname, SourceName, EventTime, RecordNumber, and what a Logstash behind it adds (@timestamp, host, tags);
 * its export by way of Elasticsearch, as in the Security-Datasets (https://github.com/OTRF/Security-Datasets): TimeCreated or `winlog`-less @timestamp;
 * Azure Monitor's tables Event, SecurityEvent and WindowsEvent (https://learn.microsoft.com/azure/azure-monitor/reference/tables/windowsevent): Computer, TimeGenerated, EventData as JSON or XML text.
 */
import type { JsonAdapter } from '../adapter.ts'
import { at, isObject, parseJson, type JsonObject } from '../shared/json.ts'
import { jsonStamp } from '../shared/json-stamp.ts'
import { mostValues, refuseValue } from '../shared/json-fields.ts'
import type { Stamp } from '../../schemas/source-record.ts'
import { dataOf, windowsItem } from '../shared/windows-json.ts'
import { xmlTree } from '../shared/xml-tree.ts'
import { dataIn } from '../shared/windows-xml.ts'
import type { WindowsEvent } from '../shared/windows-event.ts'

const first = (value: JsonObject, ...keys: string[]): unknown =>
  keys.map((key) => at(value, key)).find((each) => each !== undefined && each !== null)

const isFlat = (value: JsonObject): boolean =>
  typeof first(value, 'Channel', 'EventLog') === 'string' &&
  first(value, 'EventID') !== undefined &&
  first(value, 'SourceName', 'Provider', 'EventSourceName', 'Source') !== undefined &&
  typeof first(value, 'Hostname', 'Computer') === 'string' &&
  first(value, 'EventTime', 'TimeCreated', 'TimeGenerated', '@timestamp') !== undefined

/** Members that are properties of the event, or say how it came here. */
const PROPERTIES: ReadonlySet<string> = new Set(
  `Channel EventLog EventID SourceName Provider EventSourceName Source Hostname Computer EventTime TimeCreated TimeGenerated @timestamp @version
  Level EventLevel EventLevelName EventType Severity SeverityValue Keywords ProcessID ThreadID ExecutionProcessID UserID Domain AccountName AccountType UserName
  RecordNumber EventRecordID EventRecordId EventReceivedTime SourceModuleName SourceModuleType Message RenderedDescription EventData UserData host port tags ProviderGuid
  Version Task OpcodeValue Opcode Category ActivityID Type TenantId SourceSystem ManagementGroupName _ResourceId`.split(
    /\s+/,
  ),
)

function dataFrom(value: JsonObject): WindowsEvent['data'] {
  const inner = first(value, 'EventData', 'UserData')
  if (typeof inner === 'string' && inner.startsWith('<')) {
    const tree = xmlTree(inner)
    if (tree) return dataIn(tree)
  }
  const parsed = typeof inner === 'string' ? parseJson(inner) : { value: inner }
  const own = 'value' in parsed && isObject(parsed.value) ? dataOf(parsed.value) : []
  const rest = Object.entries(value).filter(([key]) => !PROPERTIES.has(key))
  return [...own, ...dataOf(Object.fromEntries(rest))]
}

/** The time that the log gave it. EventTime has no zone where it is local; what is then written in UTC, on the way, tells the zone of the source. */
function timesOf(value: JsonObject, json: string): { time: WindowsEvent['time']; witness?: Stamp } {
  const key = ['EventTime', 'TimeCreated', 'TimeGenerated'].find(
    (name) => at(value, name) !== undefined,
  )
  const time = key && jsonStamp(at(value, key), { key, json })
  const other = jsonStamp(at(value, '@timestamp'), { key: '@timestamp', json })
  if (typeof time !== 'object') return { time: time || other }
  return typeof other === 'object' && time.offset === undefined
    ? { time, witness: other }
    : { time }
}

export const adapter: JsonAdapter = {
  title: 'Windows events as flat JSON (NXLog, Azure Monitor)',
  unit: 'json',
  twoClocks: true,
  recognizes: (head) => mostValues(head, isFlat),
  parse: () =>
    function* (value, text, line) {
      if (!isObject(value) || first(value, 'EventID') === undefined) {
        yield refuseValue(text, line, 'not-a-record')
        return
      }
      const { time, witness } = timesOf(value, text)
      const event: WindowsEvent = {
        time,
        provider: first(value, 'SourceName', 'Provider', 'EventSourceName', 'Source'),
        code: at(value, 'EventID'),
        level: first(value, 'Level', 'EventLevel', 'EventLevelName', 'EventType', 'Severity'),
        keywords: first(value, 'Keywords'),
        computer: first(value, 'Hostname', 'Computer'),
        channel: first(value, 'Channel', 'EventLog'),
        recordId: first(value, 'RecordNumber', 'EventRecordID', 'EventRecordId'),
        pid: first(value, 'ProcessID', 'ExecutionProcessID'),
        thread: first(value, 'ThreadID'),
        userId: first(value, 'UserID'),
        userName: first(value, 'AccountName', 'UserName'),
        userDomain: first(value, 'Domain'),
        activity: first(value, 'ActivityID'),
        data: dataFrom(value),
        message: first(value, 'Message', 'RenderedDescription'),
      }
      for (const item of windowsItem(event, text, line))
        yield 'time' in item && !item.usual && !item.witness && witness
          ? { ...item, witness }
          : item
    },
}
