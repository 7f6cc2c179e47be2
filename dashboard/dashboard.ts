import type { GroupBy, MetricsReport } from '../shared/schema/metrics.ts'
import { createAccess, orgOf } from './access.ts'
import { build, part } from '../client/page-element.ts'
import { loadExperiments } from './experiments.ts'
import { isRange, loadReport, ranges, type Loaded, type RangeName } from './load.ts'
import { createLook } from './look.ts'
import { isLatency, latencies, type Latency } from './more-sections.ts'
import { createPage } from './page.ts'

/** Seconds between two looks at the figures, and at experiments, whose results take longer. */
const EVERY = 10
const SELDOM = 60

const access = createAccess()
const page = createPage()
const controls = part('controls', HTMLDivElement)
const figures = part('figures', HTMLDivElement)
const signIn = part('sign-in', HTMLFormElement)
const field = part('token', HTMLTextAreaElement)
const development = part('development', HTMLButtonElement)
const problem = part('problem', HTMLParagraphElement)
const chosen = part('experiment', HTMLSelectElement)
const updated = part('updated', HTMLSpanElement)

let range: RangeName = '1h'
let by: Exclude<GroupBy, 'none'> = 'arm'
let latency: Latency = 'provider'
let latest: MetricsReport | undefined
/** A development token is had anew when it has expired. */
let isDevelopment = false

const atFigures = createLook({
  token: () => access.token(),
  load: (token) => loadReport(token, { range, by, now: Date.now() }),
  show: showFigures,
})
const atExperiments = createLook({
  token: () => access.token(),
  load: (token) => loadExperiments(token, chosen.value || undefined),
  show: (experiments) => page.showExperiments(experiments),
})

choices(
  'range',
  Object.entries(ranges).map(([name, { label }]) => [name, label]),
  (name) => {
    if (isRange(name)) range = name
    void atFigures.now()
  },
).value = range
choices(
  'by',
  [
    ['arm', 'Arm'],
    ['tier', 'Tier'],
    ['cohort', 'Cohort'],
  ],
  (name) => {
    if (name === 'arm' || name === 'tier' || name === 'cohort') by = name
    void atFigures.now()
  },
)
choices('latency', Object.entries(latencies), (name) => {
  if (isLatency(name)) latency = name
  if (latest) page.show(latest, latency)
})

chosen.addEventListener('change', () => void atExperiments.now())
part('leave', HTMLButtonElement).addEventListener('click', () => {
  access.forget()
  isDevelopment = false
  void askForToken()
})
signIn.addEventListener('submit', (event) => {
  event.preventDefault()
  access.set(field.value)
  field.value = ''
  refresh()
})
development.addEventListener('click', () => void useDevelopmentToken())
document.addEventListener('visibilitychange', () => document.hidden || refresh())
setInterval(() => document.hidden || atFigures.again(), EVERY * 1000)
setInterval(() => document.hidden || atExperiments.again(), SELDOM * 1000)
if (access.token() === '') void askForToken()
else refresh()

function refresh(): void {
  void atFigures.now()
  void atExperiments.now()
}

function showFigures(loaded: Loaded): void {
  if (loaded.status === 'refused') {
    if (isDevelopment) {
      isDevelopment = false
      return void useDevelopmentToken()
    }
    access.forget()
    return void askForToken(loaded.why)
  }
  say(loaded.status === 'failed' ? `${loaded.why} Trying again every ${EVERY} seconds.` : '')
  signIn.hidden = true
  controls.hidden = false
  part('org', HTMLSpanElement).textContent = orgOf(access.token())
  if (loaded.status === 'failed') return
  latest = loaded.report
  figures.hidden = false
  updated.textContent = `Updated ${new Date().toLocaleTimeString('en', { hour12: false })}`
  page.show(latest, latency)
}

async function askForToken(why = ''): Promise<void> {
  latest = undefined
  page.hideExperiments()
  say(why)
  figures.hidden = true
  controls.hidden = true
  signIn.hidden = false
  part('org', HTMLSpanElement).textContent = ''
  field.focus()
  development.hidden = (await access.ofDevelopment()) === undefined
}

async function useDevelopmentToken(): Promise<void> {
  const token = await access.ofDevelopment()
  if (token === undefined) return askForToken('This deployment hands out no development tokens.')
  access.set(token)
  void atExperiments.now()
  await atFigures.now()
  isDevelopment = true
}

function say(text: string): void {
  problem.hidden = text === ''
  if (problem.textContent !== text) problem.textContent = text
}

function choices(
  id: string,
  options: readonly (readonly [string, string])[],
  pick: (name: string) => void,
): HTMLSelectElement {
  const select = part(id, HTMLSelectElement)
  select.append(...options.map(([value, text]) => build('option', { text, attributes: { value } })))
  select.addEventListener('change', () => pick(select.value))
  return select
}
