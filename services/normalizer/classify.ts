import type { Kind } from '../../schemas/timeline-event.ts'

const KINDS: Readonly<Record<string, Kind>> = {
  logs: 'log',
  chat: 'chat',
  alerts: 'alert',
  email: 'email',
  changes: 'change',
  tickets: 'ticket',
  status: 'status',
  metrics: 'metric',
  notes: 'note',
}

/** The kind of an event, from the folder of its adapter. */
export const kindOf = (dataset: string): Kind =>
  KINDS[dataset.slice(0, dataset.indexOf('/'))] ?? 'log'

const LEVELS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    emergency: 'emerg emergency panic 0',
    alert: 'alert',
    critical: 'crit critical fatal f ftl dpanic severe_error',
    error: 'err error e eror errors erro severe sev failure failed fail',
    warn: 'warn warning w wrn warnings',
    notice: 'notice note n',
    info: 'info information informational i inf log config ok success',
    debug: 'debug d dbg debug1 debug2 debug3 debug4 debug5 fine verbose v dbug',
    trace: 'trace t trc finer finest silly',
  }).flatMap(([level, words]) => words.split(' ').map((word) => [word, level] as const)),
)

/** One of emergency, alert, critical, error, warn, notice, info, debug, trace; undefined for a word that is no level. */
export const levelOf = (written: string): string | undefined =>
  LEVELS.get(written) ?? LEVELS.get(written.toLowerCase())
