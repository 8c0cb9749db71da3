/**
 * The fields of the Elastic Common Schema (https://www.elastic.co/guide/en/ecs/current/ecs-field-reference.html) that are taken over
 * under their own name. Those that Recount fills itself (event.id, event.kind, event.dataset, event.original) are not among them.
 */
const NAMES: ReadonlySet<string> = new Set(
  `host.name host.id service.name service.version service.environment log.level log.logger log.origin.file.name log.origin.file.line
  log.origin.function log.syslog.facility.code log.syslog.severity.code log.syslog.msgid process.name process.pid
  process.thread.name process.thread.id process.executable process.command_line user.name user.id user.email source.ip source.port
  client.ip client.port destination.ip destination.port server.address http.request.method http.request.referrer http.request.id
  http.request.body.bytes http.response.status_code http.response.body.bytes http.version url.original url.full url.domain url.path
  url.query user_agent.original error.message error.type error.code error.id error.stack_trace trace.id span.id transaction.id event.action
  event.outcome event.code event.reason event.severity event.provider event.reference event.duration rule.name rule.id
  container.id container.name container.image.name orchestrator.namespace orchestrator.cluster.name orchestrator.resource.name
  cloud.provider cloud.region cloud.availability_zone cloud.account.id cloud.instance.id cloud.project.id file.name file.path`.split(
    /\s+/,
  ),
)

export const isEcsField = (name: string): boolean => NAMES.has(name)
