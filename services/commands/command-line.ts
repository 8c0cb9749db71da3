import { existsSync } from 'node:fs'
import { text as textOf } from 'node:stream/consumers'
import { Command as Program, Option } from 'commander'
import { MARGIN } from '../../schemas/window.ts'
import type { Config } from '../config.ts'
import { ownFormats } from '../ingest/own-formats.ts'
import { WrongUse, type ExitStatus, type Output } from './command.ts'
import { intoFile } from './into-file.ts'
import { controlsOf, count, kinds, roles, workspaceName } from './option-values.ts'
import { packageVersion } from './package-version.ts'
import { run, type Invocation } from './run.ts'

interface Shared {
  data: string
  workspace: string
}

interface WithFormats extends Shared {
  formats?: string
}

/** The options with the formats themselves in place of their folder. */
async function withFormats({
  formats: folder,
  ...options
}: WithFormats): Promise<Shared & Record<string, unknown>> {
  if (folder === undefined) return options
  const formats = await ownFormats(folder)
  if (typeof formats === 'string') throw new WrongUse(`--formats: ${formats}`)
  return { ...options, formats }
}

const MOST_ENTRIES = { from: 1, to: 1000 }
const MOST_MINUTES = { to: MARGIN.most }

const ERASED = `
It holds for what is imported later too, and after a rebuild. In a data folder the bytes are overwritten. Kafka cannot overwrite: there they are hidden, and
stay in the topics of the workspace until these are deleted. To be rid of them, restore a backup of it into a new workspace.`

/** Reads the arguments, runs the command, resolves to the exit status. Rejects with WrongUse or a CommanderError. */
export async function commandLine(
  config: Config,
  argv: readonly string[],
  output: Output,
): Promise<ExitStatus> {
  let status: ExitStatus = 0
  const invoke = async (
    name: string,
    options: Shared & Record<string, unknown>,
    paths: string[] = [],
    to = output,
  ): Promise<void> => {
    const { data, workspace, ...rest } = options
    const invocation: Invocation = { name, options: rest, paths, data, workspace }
    status = await run(config, invocation, to)
  }
  const program = new Program('recount')
    .description('One UTC timeline of everything that was recorded about an event.')
    .version(await packageVersion())
    .exitOverride()
    .configureOutput({
      writeErr: (text) => void output.notes(text),
      writeOut: (text) => void output.out(text),
    })
  const command = (usage: string, description: string, of: Program = program): Program =>
    of
      .command(usage)
      .description(description)
      .option('--data <folder>', 'the data folder', config.data)
      .option('--workspace <name>', 'the workspace', workspaceName, config.workspace)
  const reading = (of: Program): Program =>
    of.option(
      '--formats <folder>',
      'formats of your own, files *.format in this folder',
      config.formats,
    )
  reading(
    command(
      'import <path...>',
      'read files, folders and archives (- reads a pipe) and print what became of every line',
    ),
  )
    .option(
      '--zone <zone>',
      'zone of stamps that have none: an IANA name or an offset such as -04:00',
    )
    .option('--source <name>', 'name of the source of all records')
    .option('--json', 'print the ledger as JSON')
    .action(async (paths: string[], options: WithFormats) => {
      const missing = paths.find((path) => path !== '-' && !existsSync(path))
      if (missing !== undefined) throw new WrongUse(`${missing}: there is no such file or folder`)
      await invoke('import', await withFormats(options), paths)
    })
  const filtered = (of: Program): Program =>
    of
      .option('--from <instant>', 'from this instant on, such as 2024-05-01T10:00:00Z')
      .option('--to <instant>', 'before this instant')
      .option('--query <text>', 'words, "phrases", field:value, -not')
      .option(
        '--kind <kinds>',
        'log, chat, alert, email, change, ticket, status, metric, note',
        kinds,
      )
  filtered(command('timeline', 'print the timeline'))
    .option('--limit <count>', 'at most so many events', count('--limit'))
    .addOption(
      new Option('--format <format>').choices(['text', 'jsonl', 'csv', 'md']).default('text'),
    )
    .option('--no-fold', 'in text and md: also show twice what came through two channels')
    .action((options: Shared) => invoke('timeline', { ...options }))
  command(
    'draft',
    'write the timeline of a window as a person would: the lines that matter, each with its evidence',
  )
    .requiredOption('--from <instant>', 'from this instant on, such as 2024-05-01T10:00:00Z')
    .requiredOption('--to <instant>', 'before this instant')
    .option('--entries <count>', 'at most so many lines', count('--entries', MOST_ENTRIES), 40)
    .option(
      '--lead <minutes>',
      'how much before the window may have led up to it',
      count('--lead', MOST_MINUTES),
      MARGIN.usual,
    )
    .option(
      '--trail <minutes>',
      'how much after the window it was made good in',
      count('--trail', MOST_MINUTES),
      MARGIN.usual,
    )
    .option(
      '--controls <file>',
      'a JSON list of what should have left a record, such as [{"title":"page to the person on call","query":"paged"}]',
      controlsOf,
    )
    .option('--reword', 'let the language model of RECOUNT_MODEL_URL word the lines')
    .addOption(new Option('--format <format>').choices(['md', 'json', 'html']).default('md'))
    .action(async ({ reword, ...options }: Shared & { reword?: boolean }) => {
      if (reword && !config.languageModel)
        throw new WrongUse('--reword wants RECOUNT_MODEL_URL and RECOUNT_MODEL')
      await invoke('draft', { ...options, ...(reword && { languageModel: config.languageModel }) })
    })
  command('windows', 'propose windows to draft: where alerts fired and errors came in bursts')
    .option('--from <instant>', 'from this instant on')
    .option('--to <instant>', 'before this instant')
    .option('--json', 'print as JSON')
    .action((options: Shared) => invoke('windows', { ...options }))
  reading(command('serve', 'serve the page and the API'))
    .option('--host <address>', 'address to listen on', config.host)
    .option('--port <port>', 'port to listen on', count('--port', { to: 65_535 }), config.port)
    .option('--sample', 'serve the bundled sample incident beside your own workspace')
    .option(
      '--roles <roles>',
      'on Kafka and Elasticsearch: which of ingest, normalizer and api this process is',
      roles,
    )
    .action(async (options: WithFormats) => invoke('serve', await withFormats(options)))
  command('setup', 'make the topics of Kafka and the index templates of Elasticsearch')
    .option('--partitions <count>', 'partitions of the records', count('--partitions', { from: 1 }))
    .option('--replicas <count>', 'replicas of every topic', count('--replicas', { from: 1 }))
    .option('--no-feed', 'without the topic in which other programs find the events')
    .action((options: Shared) => invoke('setup', { ...options }))
  const erasing = (of: Program): Program =>
    filtered(of)
      .option('--source <names...>', 'only of these sources')
      .option('--yes', 'do it; without this, only what would be hit is shown')
  erasing(command('delete', 'delete events for ever; imported again, they are counted as rejected'))
    .option(
      '--id <ids...>',
      'these events and dead letters; both are listed with their ids by --format jsonl',
    )
    .addHelpText('after', ERASED)
    .action((options: Shared) => invoke('delete', { ...options }))
  erasing(
    command('redact <text>', 'mask a text for ever wherever it stands (- reads it from a pipe)'),
  )
    .addHelpText(
      'after',
      `
A text on the command line stands in the history of the shell and in the list of processes: a pipe keeps it out of both.
Upper and lower case count. Escaped in JSON, HTML or a URL it is found too, in a base64 body it is not.
Without filters, dead letters and what sources remove took back are masked too. The names of files stay as they are.
${ERASED}`,
    )
    .action(async (given: string, options: Shared) => {
      const text = given === '-' ? (await textOf(process.stdin)).replace(/\r?\n$/, '') : given
      await invoke('redact', { ...options, text })
    })
  command('rebuild', 'build the timeline anew from the log of record').action((options: Shared) =>
    invoke('rebuild', { ...options }),
  )
  command('doctor', 'look for what is wrong with the data folder').action((options: Shared) =>
    invoke('doctor', { ...options }),
  )
  command('backup <file>', 'write everything of the workspace into one file (- for a pipe)')
    .option('--force', 'overwrite the file')
    .action(async (file: string, { force = false, ...options }: Shared & { force?: boolean }) => {
      if (file === '-') return invoke('backup', options)
      await intoFile(file, force, async (out) => {
        await invoke('backup', options, [], { ...output, out })
        return status
      })
    })
  command('restore <file>', 'fill an empty workspace with a backup (- reads a pipe)').action(
    async (file: string, options: Shared) => {
      if (file !== '-' && !existsSync(file)) throw new WrongUse(`${file}: there is no such file`)
      await invoke('restore', { ...options }, [file])
    },
  )
  const sources = program.command('sources').description('what was imported')
  command('list', 'every source and every file, with its counts', sources)
    .option('--json', 'print as JSON')
    .action((options: Shared) => invoke('sources-list', { ...options }))
  command(
    'remove <name>',
    'take back a source, or everything from a path; importing it again brings it back',
    sources,
  ).action((name: string, options: Shared) => invoke('sources-remove', { ...options, name }))
  command(
    'show [name]',
    'what is assumed, told and worked out about the time of a source or file, or of all',
    sources,
  )
    .option('--json', 'print as JSON')
    .action((name: string | undefined, options: Shared) =>
      invoke('sources-show', { ...options, ...(name !== undefined && { name }) }),
    )
  command(
    'set-zone <name> [zone]',
    'date the stamps of a source or file that say no zone by this one, also those that are there',
    sources,
  )
    .option('--reset', 'take it back')
    // An offset such as -04:00 is no option.
    .allowUnknownOption()
    .action((name: string, zone: string | undefined, options: Shared) =>
      invoke('sources-set-zone', { ...options, name, ...(zone !== undefined && { zone }) }),
    )
  command(
    'set-clock <name> [offset]',
    'correct the clock of a source or file: what to add to its stamps, such as +7m or -1h30m',
    sources,
  )
    .option('--drift <offset>', 'so much more for each day after --from: --drift=-2s')
    .option('--from <instant>', 'see --drift')
    .option('--suggested', 'take stamps that are contradicted as the other records suggest')
    .option('--reset', 'take it back')
    // An offset such as -04:00 is no option.
    .allowUnknownOption()
    .action((name: string, add: string | undefined, options: Shared) =>
      invoke('sources-set-clock', { ...options, name, ...(add !== undefined && { add }) }),
    )
  command(
    'suggest',
    'look for clocks and zones that are wrong, in what several sources saw',
    sources,
  )
    .option('--json', 'print as JSON')
    .action((options: Shared) => invoke('sources-suggest', { ...options }))
  const letters = program.command('dead-letters').description('what could not be read')
  command('list', 'every rejection with its place and reason', letters)
    .addOption(new Option('--format <format>').choices(['text', 'jsonl']).default('text'))
    .action((options: Shared) => invoke('dead-letters-list', { ...options }))
  reading(
    command(
      'replay',
      'try again what was refused, as after an upgrade, and put what can be read now onto the timeline',
      letters,
    ),
  )
    .option('--json', 'print as JSON')
    .action(async (options: WithFormats) =>
      invoke('dead-letters-replay', await withFormats(options)),
    )
  await program.parseAsync([...argv])
  return status
}
