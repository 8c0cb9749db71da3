/**
 * Findings of AWS Security Hub in the AWS Security Finding Format, https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format-syntax.html.
 * Variants: `aws securityhub get-findings` (`Findings`), an event of EventBridge (`detail.findings`), findings alone or one a line. The time is
 * `UpdatedAt`, when the finding took the form that is told, and with it `Id` is the identity.
 */
import { at, text as textOf, type JsonObject } from '../shared/json.ts'
import { fieldsOf, jsonFormat, phrase, told, type FieldTable } from '../shared/json-format.ts'
import { jsonStamp } from '../shared/json-stamp.ts'

const TABLE: FieldTable = [
  ['rule.id', 'GeneratorId'],
  ['rule.name', 'Title'],
  ['log.level', 'Severity', 'Label'],
  ['event.provider', 'ProductName'],
  ['event.outcome', 'Compliance', 'Status'],
  ['cloud.account.id', 'AwsAccountId'],
  ['cloud.region', 'Region'],
  ['event.reference', 'SourceUrl'],
]
const SKIP = ['SchemaVersion', 'Id', 'UpdatedAt', 'Description']

const isFinding = (value: unknown): value is JsonObject =>
  typeof at(value, 'SchemaVersion') === 'string' &&
  typeof at(value, 'ProductArn') === 'string' &&
  typeof at(value, 'GeneratorId') === 'string' &&
  typeof at(value, 'UpdatedAt') === 'string'

/** The severities that are no levels by name. */
const LEVELS: Readonly<Record<string, string>> = {
  HIGH: 'error',
  MEDIUM: 'warn',
  LOW: 'notice',
  INFORMATIONAL: 'info',
  CRITICAL: 'critical',
}

export const adapter = jsonFormat({
  title: 'AWS Security Hub findings',
  lists: [['Findings'], ['findings'], ['detail', 'findings']],
  isRecord: isFinding,
  read: (finding) => {
    const fields = fieldsOf(finding, TABLE, SKIP)
    fields['cloud.provider'] = 'aws'
    const label = textOf(at(finding, 'Severity', 'Label'))
    const level = LEVELS[label ?? '']
    if (level !== undefined) fields['log.level'] = level
    const updated = textOf(at(finding, 'UpdatedAt'))
    const resources = at(finding, 'Resources')
    const resource = Array.isArray(resources) ? textOf(at(resources[0], 'Id')) : undefined
    const state = textOf(at(finding, 'Compliance', 'Status')) ?? textOf(at(finding, 'RecordState'))
    const title = textOf(at(finding, 'Title'))
    return {
      time: jsonStamp(updated),
      message: told(phrase(title, resource && `on ${resource}`), state),
      fields,
      nativeId: `security hub ${textOf(at(finding, 'Id'))} ${updated}`,
    }
  },
})
