import { get, Problem, type Source } from './api.ts'
import { readBins, readCore, type Bins, type Core } from './bins.ts'
import { events, part } from './element.ts'
import { createEventPanel } from './event-panel.ts'
import { createFilters } from './filters.ts'
import { createHistogram } from './histogram.ts'
import { isoOf, spanWords } from './instant.ts'
import { createList } from './list.ts'
import { busy, clearEmpty, clearProblem, isAbort, showEmpty, showProblem } from './notices.ts'
import { followPosition } from './position.ts'
import { printedLine } from './printed-line.ts'
import { filterOf, readView, urlOf, type View } from './view.ts'
import { createWindowBar } from './window-bar.ts'
import { createZonePicker } from './zone-picker.ts'

const BAR_PIXELS = 6

let view = readView(location)
let sources: readonly Source[] = []
let core: Core | undefined
let bins: Bins | undefined
let run = new AbortController()
let firstWorkspace = ''

/** Changes what is shown: into the URL, then onto the page. */
function go(change: Partial<View>): void {
  const next = { ...view, ...change }
  if (urlOf(next) === urlOf(view)) return
  history.pushState(null, '', urlOf(next))
  apply(next)
}

function apply(next: View, again = false): void {
  const before = view
  view = next
  showControls()
  const dataOf = (v: View): string => filterOf(v).toString()
  if (again || next.workspace !== before.workspace) void loadWorkspace()
  else if (dataOf(next) !== dataOf(before)) void loadEvents()
  else {
    if (next.at !== before.at) void loadList().catch(failed)
    else list.look(view, next.zone !== before.zone)
    if (next.zone !== before.zone) showBins()
  }
  void panel.show(view)
}

function failed(error: unknown): void {
  const unknown = error instanceof Problem && error.code === 'unknown-workspace'
  if (unknown) showProblem(error, 'Open the first workspace', () => location.assign('/'))
  else showProblem(error, 'Try again', () => apply(view, true))
}

const query = part('query', HTMLInputElement)
const workspace = part('workspace', HTMLSelectElement)
const histogram = createHistogram({
  zoom: (span) => bar.zoom(span),
  zoomOut: () => bar.zoomOut(),
  jump: (seconds) => go({ at: isoOf(seconds) }),
})
const bar = createWindowBar(go)
const filters = createFilters(go)
const zonePicker = createZonePicker((zone) => go({ zone }))
const ask = followPosition(
  () => view.zone,
  (span) => histogram.here(span),
)
const list = createList({
  came(found) {
    filters.came(found)
    clearEmpty()
    ask()
  },
  empty: () => showEmpty(view, sources.length === 0, go),
  failed,
})
const panel = createEventPanel({
  go,
  view: () => view,
  failed,
  changed: () => apply({ ...view, at: '' }, true),
})

function showControls(): void {
  query.value = view.q
  workspace.value = view.workspace
  zonePicker.show(view.zone)
  bar.show(view)
  filters.show(view)
  part('zone-here').textContent = view.zone
}

function showBins(): void {
  bar.bins(bins)
  histogram.show(bins, view.zone)
  if (bins) filters.levels(bins)
  const length =
    bins && (view.from || view.to) ? ` in ${spanWords(bins.span.to - bins.span.from)}` : ''
  part('summary').textContent = bins ? `${events(bins.total)}${length}` : ''
  ask()
}

async function loadList(): Promise<void> {
  const wasDown = scrollY > part('timeline').offsetTop
  await busy(list.load(view))
  if (wasDown) part('top').scrollIntoView()
  ask()
}

async function loadEvents(): Promise<void> {
  run.abort()
  run = new AbortController()
  const { signal } = run
  const bars = Math.max(30, Math.min(240, Math.floor(part('chart').clientWidth / BAR_PIXELS)))
  try {
    const reading = busy(readBins(view, core, bars, signal)).then((read) => {
      bins = read
      showBins()
    })
    await Promise.all([reading, loadList()])
    clearProblem()
    document.body.classList.remove('stale')
    document.body.classList.add('loaded')
  } catch (error) {
    if (signal.aborted || isAbort(error)) return
    document.body.classList.add('stale')
    failed(error)
  }
}

async function loadWorkspace(): Promise<void> {
  run.abort()
  run = new AbortController()
  const { signal } = run
  try {
    if (view.workspace === '' || workspace.options.length === 0) await loadWorkspaces()
    const query = new URLSearchParams({ workspace: view.workspace })
    const read = await busy(get<{ sources: Source[] }>('sources', query, signal))
    sources = read.sources
    core = await busy(readCore(view.workspace, sources, signal))
    filters.workspace(sources, core)
  } catch (error) {
    if (!signal.aborted) failed(error)
    return
  }
  if (view.event && !view.at) {
    const at = await panel.instantOf(view)
    if (at) view = { ...view, at }
  }
  showControls()
  await loadEvents()
}

async function loadWorkspaces(): Promise<void> {
  const { workspaces, default: first } = await busy(
    get<{ workspaces: string[]; default: string }>('workspaces', new URLSearchParams()),
  )
  workspace.replaceChildren(...workspaces.map((name) => new Option(name, name)))
  part('workspace-box').hidden = workspaces.length < 2
  firstWorkspace = first
  view = { ...view, workspace: view.workspace || first }
  if (!workspaces.includes(view.workspace)) {
    const title = `There is no workspace “${view.workspace}” here`
    throw new Problem(title, 404, 'unknown-workspace', `There is: ${workspaces.join(', ')}.`)
  }
}

query.form!.addEventListener('submit', (event) => {
  event.preventDefault()
  go({ q: query.value.trim(), at: '' })
})
query.addEventListener('change', () => go({ q: query.value.trim(), at: '' }))
query.addEventListener('search', () => go({ q: query.value.trim(), at: '' }))
workspace.addEventListener('change', () =>
  go({ ...readView({ search: '', hash: '' }), zone: view.zone, workspace: workspace.value }),
)
addEventListener('popstate', () => {
  const next = readView(location)
  apply({ ...next, workspace: next.workspace || firstWorkspace })
})

addEventListener('beforeprint', () => {
  part('printed').textContent = printedLine(view, bins?.total ?? 0)
})

showControls()
void loadWorkspace().then(() => panel.show(view))
