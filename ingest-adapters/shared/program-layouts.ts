/**
 * What stands between the stamp and the message in the lines of Java loggers and of Python's logging. The two share many shapes;
 * `family` says whose a layout is, so that `logs/log4j` and `logs/python-logging` never both recognize a file. A layout that both write has none:
 * its lines are read, but they do not decide. Java loggers are classes (`a.b.Class`), Python's are modules (`a.b.module`).
 * Java: https://logging.apache.org/log4j/2.x/manual/pattern-layout.html, https://logback.qos.ch/manual/layouts.html
 * Python: https://docs.python.org/3/library/logging.html#logrecord-attributes and the defaults of the projects named below.
 */

export type Family = 'java' | 'python'

/** What the groups of a pattern are. */
export type Part =
  | 'level'
  | 'thread'
  | 'logger'
  | 'pid'
  | 'process'
  | 'user'
  | 'node'
  | 'brackets'
  | 'context'
  | 'source'
  | 'line'
  | 'function'
  | 'session'

export interface Layout {
  family?: Family
  /** From the end of the stamp to the beginning of the message. */
  pattern: RegExp
  parts: readonly Part[]
  /** What follows the message on its line: `(logger)` of Kafka, `| logger | thread` of ActiveMQ. */
  tail?: 'logger' | 'pipes'
}

export const LEVELS =
  'TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|FATAL|CRIT(?:ICAL)?|SEVERE|CONFIG|FINE(?:R|ST)?|AUDIT'
const CLASS = String.raw`((?:[\w$-]+\.)*[A-Z][\w$]*)`
const PATH_TO_CLASS = String.raw`((?:[\w$-]+\.)+[A-Z][\w$]*(?:\.[\w$<>]+)?)`
const MODULE = String.raw`([a-z_][\w.-]*)`
/** supervisord has no logger: its messages begin `spawned: 'web' with pid 12`. */
const NOT_VERB = '(?!(?:spawned|success|exited|stopped|reaped|waiting|exception): )'

function layout(
  family: Family | undefined,
  pattern: string,
  parts: string,
  tail?: 'logger' | 'pipes',
): Layout {
  const made: Layout = {
    pattern: new RegExp(pattern.replaceAll('LEVEL', `(${LEVELS})`), 'y'),
    parts: parts.split(' ') as Part[],
  }
  if (family) made.family = family
  if (tail) made.tail = tail
  return made
}
const java = (pattern: string, parts: string, tail?: 'logger' | 'pipes'): Layout =>
  layout('java', pattern, parts, tail)
const python = (pattern: string, parts: string): Layout => layout('python', pattern, parts)
const either = (pattern: string, parts: string, tail?: 'logger' | 'pipes'): Layout =>
  layout(undefined, pattern, parts, tail)

const LEVEL_FIRST = [
  // Spring Boot, from 3.2 with application and correlation in brackets too. Bounded, because a logger may hold brackets as well.
  java(
    String.raw` +LEVEL +(\d+) --- ((?:\[[^\]]{0,200}\] ?){1,4}) *(\S{1,300}) *: ?`,
    'level pid brackets logger',
  ),
  // JBoss, WildFly, Quarkus
  java(String.raw` +LEVEL +\[([^\]]*)\] \(([^)]*)\) ?`, 'level logger thread'),
  // log4j, Hadoop, Tomcat, Confluence
  java(String.raw` +LEVEL +\[([^\]]*)\] +([\w.$@/#-]+(?::\d+)?) *(?:- |: )`, 'level thread logger'),
  java(String.raw` +LEVEL +\[([^\]]*)\] +${PATH_TO_CLASS} ?`, 'level thread logger'),
  java(String.raw` +LEVEL +\[([^\]]*)\] \[([^\]]*)\] ?`, 'level thread logger'),
  either(String.raw` +LEVEL +\[([\w.$/:-]+)\]: ?`, 'level logger'),
  java(String.raw` +LEVEL +\[([^\]]*)\] ?`, 'level thread'),
  // Home Assistant
  python(String.raw` +LEVEL +\(([\w-]+)\) \[([a-z_][\w.]*)\] `, 'level thread logger'),
  // Solr
  java(String.raw` +LEVEL +\(([^)]*)\) \[([^\]]*)\] (\S+) `, 'level thread session logger'),
  // Flink, Spark, Cassandra, %p %c{1}:%L
  java(String.raw` +LEVEL +${CLASS}(?:\[\])?(?::\d+)? *(?:\[[^\]]*\] )?(?:- |: )`, 'level logger'),
  // Flask
  python(String.raw` +LEVEL in ([\w.]+): `, 'level logger'),
  python(String.raw` +LEVEL +${NOT_VERB}${MODULE}(?:\[\d+\])?(?:: | - )`, 'level logger'),
  either(String.raw` +LEVEL(?![\w.])[: ]*`, 'level'),
]

const BRACKET_FIRST = [
  // Jenkins
  java(String.raw` +\[id=(\d+)\]\s+LEVEL\s+(\S+): `, 'thread level logger'),
  // ZooKeeper
  java(
    String.raw` +\[([^\]]*)\] - LEVEL +\[([^@]{1,200}):([\w.$]+)@\d+\] - `,
    'session level thread logger',
  ),
  // logback
  java(String.raw` +\[([^\]]*)\] +LEVEL +(\S+) +(?:\[[^\]]*\] +)*- `, 'thread level logger'),
  java(String.raw` +\[([^\]]*)\] +LEVEL +([\w.$@/:#-]+): `, 'thread level logger'),
  java(String.raw` +\[([^\]]*)\] +LEVEL +${PATH_TO_CLASS} `, 'thread level logger'),
  either(String.raw` +\[(\d+)\] +LEVEL +`, 'pid level'),
  java(String.raw` +\[([^\]]*)\] +LEVEL +`, 'thread level'),
  // Play
  java(String.raw` +\[LEVEL *\] from (\S+) in (\S+) - `, 'level logger thread'),
  java(String.raw` +\[LEVEL *\] ${PATH_TO_CLASS}(?: - |: )`, 'level logger'),
  // Salt
  python(String.raw` +\[([\w.]+) *:(\d+) *\]\[LEVEL *\](?:\[(\d+)\])? *`, 'logger line level pid'),
  // Scrapy
  python(String.raw` +\[([\w.]+)\] LEVEL: `, 'logger level'),
  python(String.raw` +\[LEVEL *\] +${MODULE}: `, 'level logger'),
  either(String.raw` +\[LEVEL *\][: ]*`, 'level'),
]

const BRACKETED_STAMP = [
  // Elasticsearch, Logstash
  java(String.raw`\]\[LEVEL *\]\[([^\]]*)\] ?(?:\[([^\]]*)\] ?)?`, 'level logger node'),
  // gunicorn
  python(String.raw`\] \[(\d+)\] \[LEVEL\] `, 'pid level'),
  // Akka
  java(
    String.raw`\] \[LEVEL\] \[([^\]]*)\] \[([^\]]*)\] (?:\[[^\]]*\] - )?`,
    'level logger thread',
  ),
  python(String.raw`\] LEVEL in ([\w.]+): `, 'level logger'),
  // Airflow
  python(String.raw`\] \{([^}]*)\} LEVEL - `, 'source level'),
  // Kafka
  java(String.raw`\] LEVEL (?:\[([^\]]*)\]:? )?(?=.*\([\w.$]+\)$)`, 'level thread', 'logger'),
  either(String.raw`\] LEVEL (?:\[([^\]]*)\]:? )?`, 'level thread', 'logger'),
]

const DASH = [
  // cloud-init
  python(String.raw` - (\S+)\[LEVEL\]: ?`, 'logger level'),
  python(String.raw` - (\S+) - LEVEL(?: - |[: ] *)`, 'logger level'),
  python(String.raw` - ([\w.]+) - ([\w.<>-]+) - LEVEL(?: - |[: ] *)`, 'logger process level'),
  python(String.raw` - LEVEL - ([A-Za-z_][\w.]*) - (?!- )`, 'level logger'),
  python(String.raw` - LEVEL(?: - |[: ] *)`, 'level'),
]

const PIPE = [
  // loguru
  python(String.raw` \| LEVEL +\| ([\w.]*):([\w<>]*):(\d+) - `, 'level logger function line'),
  java(String.raw` \| LEVEL +\| ${PATH_TO_CLASS} (?:-|\|) `, 'level logger'),
  // ActiveMQ
  java(String.raw` \| LEVEL +\| (?=.* \| \S+ \| \S)`, 'level', 'pipes'),
  either(String.raw` \| LEVEL +\| `, 'level'),
]

const DIGIT = [
  // oslo.log of OpenStack
  python(String.raw` (\d+) LEVEL (\S+) \[([^\]]*)\] ?`, 'pid level logger context'),
  // Odoo
  python(String.raw` (\d+) LEVEL (\S+) ([\w.]+): `, 'pid level session logger'),
  python(String.raw` (\d+) LEVEL ([a-z_][\w.]*\.\w+) `, 'pid level logger'),
]

const LETTER = [
  // fail2ban
  python(String.raw` ([\w.-]+) +\[(\d+)\]: LEVEL +`, 'logger pid level'),
  // Ansible
  python(String.raw` p=(\d+) u=(\S+) (?:n=(\S+) )?\| `, 'pid user process'),
  python(String.raw`(?<=,\d{3}) ${MODULE} +LEVEL:? +`, 'logger level'),
]

const COLON = [
  // Celery
  python(String.raw`: LEVEL\/([^\]]*)\] ?`, 'level process'),
  // Jetty
  java(String.raw`(?<=\.\d{3}):LEVEL:([\w.$]+):(?:([\w-]+): )?`, 'level logger thread'),
  python(String.raw`: ?LEVEL:([\w.]+):`, 'level logger'),
  python(String.raw`: ?LEVEL: ?`, 'level'),
]

const NONE: readonly Layout[] = []
const A_LEVEL = new RegExp(` +(?:${LEVELS})(?![\\w.])`, 'y')

/** The layouts that a line can have which has this text behind its stamp, at `at`: the first that matches is its own. */
export function layoutsAt(line: string, at: number): readonly Layout[] {
  const c = line.charCodeAt(at)
  if (c === 93) return BRACKETED_STAMP
  if (c === 58) return COLON
  if (c !== 32) return NONE
  let i = at + 1
  while (line.charCodeAt(i) === 32) i++
  const d = line.charCodeAt(i)
  if (d === 91) return BRACKET_FIRST
  if (d === 45) return DASH
  if (d === 124) return PIPE
  if (d >= 48 && d <= 57) return DIGIT
  A_LEVEL.lastIndex = at
  return A_LEVEL.test(line) ? LEVEL_FIRST : LETTER
}
