/** What tells Grafana's alerts from those of Alertmanager, whose payload they extend. */
import { at, type JsonObject } from './json.ts'

const OWN = ['silenceURL', 'dashboardURL', 'panelURL', 'valueString', 'imageURL'] as const

export const isGrafanaAlert = (value: unknown): boolean =>
  OWN.some((key) => typeof at(value, key) === 'string')

export function isGrafanaGroup(value: JsonObject): boolean {
  const alerts = at(value, 'alerts')
  if (!Array.isArray(alerts)) return false
  return typeof at(value, 'orgId') === 'number' || isGrafanaAlert(alerts[0])
}
