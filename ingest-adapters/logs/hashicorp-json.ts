/**
 * Logs of HashiCorp's programs as JSON: Consul, Nomad, Vault, Boundary, Terraform's TF_LOG=JSON (go-hclog,
 * https://pkg.go.dev/github.com/hashicorp/go-hclog: `@timestamp`, `@level`, `@message`, `@module`), and Vault's audit device
 * (https://developer.hashicorp.com/vault/docs/audit#json: `time`, `type`, `auth`, `request`, `response`). The steps of `terraform apply -json`
 * are changes, and another format.
 */
import { at, isObject, text as textOf, type JsonObject } from '../shared/json.ts'
import { fieldsOf, jsonFormat, phrase, told, type FieldTable } from '../shared/json-format.ts'
import { jsonStamp } from '../shared/json-stamp.ts'

const LOG_TABLE: FieldTable = [
  ['log.level', '@level'],
  ['log.logger', '@module'],
  ['log.origin.file.name', '@caller'],
  ['error.message', 'error'],
  ['error.message', 'err'],
]
const LOG_SKIP = ['@timestamp', '@message']

const AUDIT_TABLE: FieldTable = [
  ['event.action', 'request', 'operation'],
  ['url.original', 'request', 'path'],
  ['source.ip', 'request', 'remote_address'],
  ['source.port', 'request', 'remote_port'],
  ['http.request.id', 'request', 'id'],
  ['user.name', 'auth', 'display_name'],
  ['user.id', 'auth', 'entity_id'],
  ['error.message', 'error'],
]
const AUDIT_SKIP = ['time']

const isLine = (value: unknown): value is JsonObject =>
  typeof at(value, '@timestamp') === 'string' &&
  typeof at(value, '@level') === 'string' &&
  typeof at(value, '@message') === 'string' &&
  at(value, '@module') !== 'terraform.ui'

const isAudit = (value: unknown): value is JsonObject =>
  typeof at(value, 'time') === 'string' &&
  (at(value, 'type') === 'request' || at(value, 'type') === 'response') &&
  isObject(at(value, 'request')) &&
  typeof at(value, 'request', 'path') === 'string' &&
  typeof at(value, 'request', 'operation') === 'string'

const ORIGIN = /^(.*):(\d{1,7})$/

export const adapter = jsonFormat({
  title: 'HashiCorp JSON log',
  isRecord: (value) => isLine(value) || isAudit(value),
  read: (value) => {
    if (isAudit(value)) {
      const request = at(value, 'request')
      const who = textOf(at(value, 'auth', 'display_name'))
      const done = phrase(
        textOf(at(value, 'type')),
        textOf(at(request, 'operation')),
        textOf(at(request, 'path')),
        who && `by ${who}`,
      )
      return {
        time: jsonStamp(at(value, 'time')),
        message: told(done, textOf(at(value, 'error'))),
        fields: fieldsOf(value, AUDIT_TABLE, AUDIT_SKIP),
      }
    }
    const fields = fieldsOf(value, LOG_TABLE, LOG_SKIP)
    const origin = ORIGIN.exec(textOf(at(value, '@caller')) ?? '')
    if (origin) {
      fields['log.origin.file.name'] = origin[1]!
      fields['log.origin.file.line'] = Number(origin[2])
    }
    const error = textOf(at(value, 'error')) ?? textOf(at(value, 'err'))
    return {
      time: jsonStamp(at(value, '@timestamp')),
      message: told(textOf(at(value, '@message'))?.trim(), error),
      fields,
    }
  },
})
