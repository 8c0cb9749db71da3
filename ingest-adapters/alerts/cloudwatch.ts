/**
 * CloudWatch alarms, https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-notification-message.html: the message for SNS alone and wrapped by SNS
 * as JSON in a string (https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html), the state change of EventBridge, and what `describe-alarm-history`
 * and `describe-alarms` print. All other notifications of SNS, with subscriptions, have the time at which SNS got them.
 */
import { alertAction, alertText } from '../shared/alert-state.ts'
import { momentOf, type Told } from '../shared/event-items.ts'
import { at, isObject, parseJson, text, type JsonObject } from '../shared/json.ts'
import { variantsAdapter, type Variant } from '../shared/json-variants.ts'

const isAlarm = (value: unknown): value is JsonObject =>
  typeof at(value, 'AlarmName') === 'string' && typeof at(value, 'NewStateValue') === 'string'

const told = (
  name: unknown,
  state: unknown,
  reason: unknown,
  time: Told['time'],
  fields: Told['fields'],
): Told => {
  const action = alertAction(state)
  const when = typeof time === 'object' ? time.original : ''
  return {
    time,
    message: alertText(action, name, reason),
    fields: { 'event.action': action, 'rule.name': name, 'labels.state': state, ...fields },
    nativeId: `cloudwatch ${text(fields['rule.id']) ?? text(name)} ${when} ${text(state)}`,
  }
}

const alarmTold = (alarm: JsonObject): Told =>
  told(
    at(alarm, 'AlarmName'),
    at(alarm, 'NewStateValue'),
    at(alarm, 'NewStateReason'),
    momentOf(at(alarm, 'StateChangeTime')),
    {
      'rule.id': at(alarm, 'AlarmArn'),
      'rule.description': at(alarm, 'AlarmDescription'),
      'cloud.account.id': at(alarm, 'AWSAccountId'),
      'cloud.region': at(alarm, 'Region'),
      'labels.previous_state': at(alarm, 'OldStateValue'),
      'labels.metric': at(alarm, 'Trigger', 'MetricName'),
      'labels.namespace': at(alarm, 'Trigger', 'Namespace'),
    },
  )

const alarm: Variant = {
  is: isAlarm,
  *events(value) {
    yield alarmTold(value)
  },
}

const notification: Variant = {
  is: (value) =>
    typeof at(value, 'Type') === 'string' &&
    typeof at(value, 'TopicArn') === 'string' &&
    typeof at(value, 'Message') === 'string' &&
    at(value, 'MessageId') !== undefined,
  *events(value) {
    const message = String(at(value, 'Message'))
    const inner = message.startsWith('{') ? parseJson(message) : undefined
    if (inner !== undefined && 'value' in inner && isAlarm(inner.value)) {
      yield alarmTold(inner.value)
      return
    }
    const subject = text(at(value, 'Subject'))
    yield {
      time: momentOf(at(value, 'Timestamp')),
      message: subject === undefined ? message : `${subject}: ${message}`,
      fields: {
        'event.action':
          at(value, 'Type') === 'Notification'
            ? 'notified'
            : String(at(value, 'Type'))
                .replace(/(?<=[a-z])[A-Z]/g, '-$&')
                .toLowerCase(),
        'labels.topic': at(value, 'TopicArn'),
      },
      nativeId: `sns ${text(at(value, 'MessageId'))}`,
    }
  },
}

/** What SNS hands to a Lambda function: https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html */
const record: Variant = {
  is: (value) => isObject(at(value, 'Sns')) && at(value, 'EventSource') === 'aws:sns',
  events: (value) => notification.events(at(value, 'Sns') as JsonObject),
}

const stateChange: Variant = {
  is: (value) =>
    at(value, 'detail-type') === 'CloudWatch Alarm State Change' && isObject(at(value, 'detail')),
  *events(value) {
    const detail = at(value, 'detail')
    const state = at(detail, 'state')
    yield told(
      at(detail, 'alarmName'),
      at(state, 'value'),
      at(state, 'reason'),
      momentOf(at(state, 'timestamp')) ?? momentOf(at(value, 'time')),
      {
        'cloud.account.id': at(value, 'account'),
        'cloud.region': at(value, 'region'),
        'rule.description': at(detail, 'configuration', 'description'),
        'labels.previous_state': at(detail, 'previousState', 'value'),
      },
    )
  },
}

const historyItem: Variant = {
  is: (value) =>
    typeof at(value, 'AlarmName') === 'string' && typeof at(value, 'HistoryItemType') === 'string',
  *events(value) {
    const data = parseJson(text(at(value, 'HistoryData')) ?? 'null')
    const state = 'value' in data ? at(data.value, 'newState') : undefined
    const type = String(at(value, 'HistoryItemType'))
    const time = momentOf(at(value, 'Timestamp'))
    yield type === 'StateUpdate'
      ? told(
          at(value, 'AlarmName'),
          at(state, 'stateValue') ??
            / to (\w+)$/.exec(text(at(value, 'HistorySummary')) ?? '')?.[1],
          at(state, 'stateReason') ?? at(value, 'HistorySummary'),
          time,
          {},
        )
      : {
          time,
          message: `${text(at(value, 'AlarmName'))}: ${text(at(value, 'HistorySummary')) ?? type}`,
          fields: {
            'event.action': type === 'Action' ? 'notified' : 'configured',
            'rule.name': at(value, 'AlarmName'),
          },
        }
  },
}

const described: Variant = {
  is: (value) =>
    typeof at(value, 'AlarmName') === 'string' && typeof at(value, 'StateValue') === 'string',
  *events(value) {
    yield told(
      at(value, 'AlarmName'),
      at(value, 'StateValue'),
      at(value, 'StateReason'),
      momentOf(at(value, 'StateTransitionedTimestamp')) ??
        momentOf(at(value, 'StateUpdatedTimestamp')),
      {
        'rule.id': at(value, 'AlarmArn'),
        'rule.description': at(value, 'AlarmDescription'),
        'labels.metric': at(value, 'MetricName'),
        'labels.namespace': at(value, 'Namespace'),
      },
    )
  },
}

export const adapter = variantsAdapter(
  'CloudWatch alarms and SNS notifications',
  [alarm, notification, record, stateChange, historyItem, described],
  [['Records'], ['AlarmHistoryItems'], ['MetricAlarms'], ['CompositeAlarms']],
)
