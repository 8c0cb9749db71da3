/**
 * Lines of Java's loggers, with their stack traces.
 * log4j: https://logging.apache.org/log4j/2.x/manual/pattern-layout.html; logback: https://logback.qos.ch/manual/layouts.html;
 * Spring Boot: https://docs.spring.io/spring-boot/reference/features/logging.html; java.util.logging.SimpleFormatter in two lines;
 * the layouts of Hadoop, Spark, Kafka, Elasticsearch, ZooKeeper, Tomcat, JBoss, Solr, Cassandra, ActiveMQ, Akka, Jenkins and Jetty.
 * Local time without a zone unless the pattern has one. Which lines are Java's and which Python's: shared/program-layouts.ts.
 */
import type { LineAdapter } from '../adapter.ts'
import { beginsProgramLine } from '../shared/program-line.ts'
import { familyOf, programRecords } from '../shared/program-records.ts'

export const adapter: LineAdapter = {
  title: 'Java log (log4j, logback, java.util.logging)',
  unit: 'lines',
  recognizes: (head) => familyOf(head) === 'java',
  begins: beginsProgramLine,
  parse: () => programRecords,
}
