/**
 * `Get-WinEvent | ConvertTo-Json` and `Get-EventLog | ConvertTo-Json` of PowerShell,
 * https://learn.microsoft.com/dotnet/api/system.diagnostics.eventing.reader.eventlogrecord: an array of objects, or one. Variants: TimeCreated as `/Date(…)/` in milliseconds
 * (Windows PowerShell 5), as `{"value":"/Date(…)/","DateTime":"…"}`, and as ISO 8601 with an offset (PowerShell 7); one object a line (`-Compress`);
 * EventLogEntry with Index, EntryType, Source, MachineName and TimeGenerated.
 */
import type { JsonAdapter } from '../adapter.ts'
import { at, isObject, type JsonObject } from '../shared/json.ts'
import { jsonStamp } from '../shared/json-stamp.ts'
import { mostValues, refuseValue } from '../shared/json-fields.ts'
import { windowsItem } from '../shared/windows-json.ts'
import type { WindowsEvent } from '../shared/windows-event.ts'

const isRecord = (value: JsonObject): boolean =>
  at(value, 'TimeCreated') !== undefined &&
  at(value, 'Id') !== undefined &&
  typeof at(value, 'ProviderName') === 'string' &&
  typeof at(value, 'LogName') === 'string'

const isEntry = (value: JsonObject): boolean =>
  at(value, 'TimeGenerated') !== undefined &&
  at(value, 'Index') !== undefined &&
  typeof at(value, 'Source') === 'string' &&
  typeof at(value, 'MachineName') === 'string' &&
  at(value, 'EntryType') !== undefined

/** EventLogEntryType, https://learn.microsoft.com/dotnet/api/system.diagnostics.eventlogentrytype */
const ENTRY_TYPES: Readonly<Record<string, string>> = {
  '0': 'info',
  '1': 'error',
  '2': 'warn',
  '4': 'info',
  '8': 'info',
  '16': 'warn',
  SuccessAudit: 'info',
  FailureAudit: 'warn',
}
const AUDITS: Readonly<Record<string, string>> = {
  '8': 'Audit Success',
  '16': 'Audit Failure',
  SuccessAudit: 'Audit Success',
  FailureAudit: 'Audit Failure',
}

/** The values of a list of `{"Value":…}`, or of texts. */
const listed = (list: unknown): [string, string][] =>
  Array.isArray(list)
    ? list.flatMap((each: unknown, i): [string, string][] => {
        const value = isObject(each) ? at(each, 'Value') : each
        return typeof value === 'string' || typeof value === 'number'
          ? [[String(i), String(value)]]
          : []
      })
    : []

const recordOf = (value: JsonObject): Omit<WindowsEvent, 'time'> => ({
  provider: at(value, 'ProviderName'),
  code: at(value, 'Id'),
  level: at(value, 'Level') ?? at(value, 'LevelDisplayName'),
  keywords: at(value, 'Keywords'),
  computer: at(value, 'MachineName'),
  channel: at(value, 'LogName'),
  recordId: at(value, 'RecordId'),
  pid: at(value, 'ProcessId'),
  thread: at(value, 'ThreadId'),
  userId: at(value, 'UserId', 'Value') ?? at(value, 'UserId'),
  activity: at(value, 'ActivityId'),
  data: listed(at(value, 'Properties')),
  message: at(value, 'Message'),
})

const entryOf = (value: JsonObject): Omit<WindowsEvent, 'time'> => {
  const type = String(at(value, 'EntryType'))
  return {
    provider: at(value, 'Source'),
    code: at(value, 'EventID') ?? at(value, 'InstanceId'),
    level: ENTRY_TYPES[type] ?? type,
    keywords: AUDITS[type],
    computer: at(value, 'MachineName'),
    channel: at(value, 'LogName'),
    recordId: at(value, 'Index'),
    userName: at(value, 'UserName'),
    data: listed(at(value, 'ReplacementStrings')),
    message: at(value, 'Message'),
  }
}

export const adapter: JsonAdapter = {
  title: 'Get-WinEvent as JSON',
  unit: 'json',
  twoClocks: true,
  recognizes: (head) => mostValues(head, (value) => isRecord(value) || isEntry(value)),
  parse: () =>
    function* (value, text, line) {
      if (!isObject(value) || !(isRecord(value) || isEntry(value))) {
        yield refuseValue(text, line, 'not-a-record')
        return
      }
      const written = at(value, 'TimeCreated') ?? at(value, 'TimeGenerated')
      const time = jsonStamp(at(written, 'value') ?? written)
      yield* windowsItem(
        { time, ...(isRecord(value) ? recordOf(value) : entryOf(value)) },
        text,
        line,
      )
    },
}
