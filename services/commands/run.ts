import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import pino, { type Logger } from 'pino'
import type { Config } from '../config.ts'
import { callOwner, NoAnswer } from './call-owner.ts'
import type { Command, ExitStatus, Output } from './command.ts'
import { WrongUse } from './command.ts'
import { inputFiles } from './input-files.ts'
import { aborted, own, ownerOf, type Owner } from './owner.ts'

export interface Invocation {
  name: string
  options: Record<string, unknown>
  paths: string[]
  data: string
  workspace: string
}

/** Loaded when they are run: a command pays only for what it needs. */
const COMMANDS: Readonly<Record<string, () => Promise<Command<never>>>> = {
  import: async () => (await import('./import.ts')).importCommand,
  timeline: async () => (await import('./timeline.ts')).timelineCommand,
  draft: async () => (await import('./draft.ts')).draftCommand,
  windows: async () => (await import('./windows.ts')).windowsCommand,
  rebuild: async () => (await import('./rebuild.ts')).rebuildCommand,
  doctor: async () => (await import('./doctor.ts')).doctorCommand,
  'sources-list': async () => (await import('./sources.ts')).sourcesListCommand,
  'sources-remove': async () => (await import('./sources.ts')).sourcesRemoveCommand,
  backup: async () => (await import('./backup.ts')).backupCommand,
  restore: async () => (await import('./restore.ts')).restoreCommand,
  delete: async () => (await import('./erase.ts')).deleteCommand,
  redact: async () => (await import('./erase.ts')).redactCommand,
  'sources-show': async () => (await import('./sources-time.ts')).sourcesShowCommand,
  'sources-suggest': async () => (await import('./sources-time.ts')).sourcesSuggestCommand,
  'sources-set-zone': async () => (await import('./sources-time.ts')).sourcesSetZoneCommand,
  'sources-set-clock': async () => (await import('./sources-time.ts')).sourcesSetClockCommand,
  'dead-letters-list': async () => (await import('./dead-letters.ts')).deadLettersListCommand,
  'dead-letters-replay': async () => (await import('./dead-letters.ts')).deadLettersReplayCommand,
}

/** Commands as the owner runs them for others: loaded on the first call. */
const lazily: Readonly<Record<string, Command<never>>> = Object.fromEntries(
  Object.entries(COMMANDS).map(([name, load]): [string, Command<never>] => [
    name,
    async (setting, options) => (await load())(setting, options),
  ]),
)

/** Commands that make a data folder. */
const MAKE = new Set(['import', 'serve', 'restore'])

/** Another command may be about to leave the folder: so long its owner may take to do so. */
const PATIENCE_MS = 5000

/** Runs a command here when the data folder is free, else in the process that owns it. */
export async function run(
  config: Config,
  invocation: Invocation,
  output: Output,
): Promise<ExitStatus> {
  const logger: Logger = pino(
    { level: config.logLevel, redact: ['*.authorization'] },
    pino.destination(2),
  )
  const { name, options, data, workspace } = invocation
  const { cluster } = config
  if (cluster) return runOnCluster({ ...config, cluster }, invocation, output, logger)
  if (name === 'setup') {
    throw new WrongUse(
      'setup is for Kafka and Elasticsearch: set RECOUNT_KAFKA_BROKERS and RECOUNT_ELASTICSEARCH_URL; a data folder needs none',
    )
  }
  if (!MAKE.has(name) && !existsSync(data)) {
    throw new WrongUse(
      `there is no data folder ${data}: name it with --data or RECOUNT_DATA; import, serve and restore make one`,
    )
  }
  const files = await inputFiles(invocation.paths, data)
  try {
    if (name === 'serve') {
      const { serve } = await import('./serve.ts')
      return await serve({
        data,
        workspace,
        options,
        logger,
        output,
        allowedHosts: config.allowedHosts,
        own: (says) => own(data, logger, lazily, says),
      })
    }
    const nowMs = Date.now()
    for (const until = Date.now() + PATIENCE_MS; ;) {
      const owner = await own(data, logger, lazily, `recount ${name}`)
      if (owner) {
        try {
          const command = lazily[name] as Command<unknown>
          return await command(
            { ...output, timeline: owner.timeline, workspace, nowMs, files: files.each },
            options,
          )
        } finally {
          await owner.release()
        }
      }
      try {
        const call = { name, options, workspace, nowMs, terminal: output.terminal }
        return await callOwner(data, call, files.each(), output)
      } catch (error) {
        if (!(error instanceof NoAnswer)) {
          throw new WrongUse(
            `${ownerOf(data)}, which has the data folder ${data}, ended before its answer did (${(error as Error).message}): run the command again`,
          )
        }
        if (Date.now() > until) {
          throw new WrongUse(
            `the data folder ${data} is in use by ${ownerOf(data)}, which does not answer: ${error.message}`,
          )
        }
        await sleep(50)
      }
    }
  } finally {
    await files.done()
  }
}

/** Runs a command here, on Kafka and Elasticsearch: nobody owns them. */
async function runOnCluster(
  { cluster: settings, allowedHosts }: Config & Required<Pick<Config, 'cluster'>>,
  { name, options, paths, data, workspace }: Invocation,
  output: Output,
  logger: Logger,
): Promise<ExitStatus> {
  const { openCluster } = await import('../cluster.ts')
  const files = await inputFiles(paths, data)
  const cluster = openCluster(
    name === 'setup'
      ? { ...settings, ...(options as { partitions?: number; replicas?: number }) }
      : settings,
    logger,
  )
  try {
    if (name === 'serve') {
      const { serve } = await import('./serve.ts')
      const own = async (): Promise<Owner> => ({
        timeline: cluster,
        release: (late) => Promise.race([cluster.close(), aborted(late)]),
      })
      return await serve({ data, workspace, options, logger, output, own, allowedHosts, cluster })
    }
    if (name === 'setup') {
      await cluster.setUp(workspace, options)
      await output.notes('Topics and index templates are there.\n')
      return 0
    }
    const setting = {
      ...output,
      timeline: cluster,
      workspace,
      nowMs: Date.now(),
      files: files.each,
    }
    return await (lazily[name] as Command<unknown>)(setting, options)
  } finally {
    await cluster.close()
    await files.done()
  }
}
