/**
 * Lines of Python's logging (https://docs.python.org/3/library/logging.html#logrecord-attributes), with their tracebacks, in the layouts of
 * oslo.log (OpenStack, https://docs.openstack.org/oslo.log/latest/configuration/index.html), gunicorn, Celery, Flask, Airflow, loguru, Salt,
 * Scrapy, Ansible, cloud-init, fail2ban, Odoo. Local time without a zone unless the format has one. `LEVEL:name:message`, the default of
 * `basicConfig`, has no time. Which lines are Python's and which Java's: shared/program-layouts.ts.
 */
import type { LineAdapter } from '../adapter.ts'
import { beginsProgramLine } from '../shared/program-line.ts'
import { familyOf, programRecords } from '../shared/program-records.ts'

export const adapter: LineAdapter = {
  title: 'Python log',
  unit: 'lines',
  recognizes: (head) => familyOf(head) === 'python',
  begins: beginsProgramLine,
  parse: () => programRecords,
}
