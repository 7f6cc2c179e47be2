import type { MetricsReport } from '../shared/schema/metrics.ts'
import { build, part } from '../client/page-element.ts'
import {
  armsPlot,
  armsTable,
  classesTable,
  guardsTable,
  stepsTable,
  warningOf,
  type Experiments,
} from './experiments.ts'
import {
  budgetCurve,
  groupsTable,
  latencyOverTime,
  troubleOverTime,
  type Latency,
} from './more-sections.ts'
import { createPlot } from './plot.ts'
import {
  attachOverTime,
  cacheOverTime,
  costOverTime,
  countsOf,
  sharesOf,
  showTiles,
  type Shown,
} from './sections.ts'
import { showTable, type Table } from './table.ts'

/** Everything below the bar, from one report. */
export type Page = {
  show(report: MetricsReport, latency: Latency): void
  showExperiments(experiments: Experiments | undefined): void
  /** What the next one who signs in must not see. */
  hideExperiments(): void
}

export function createPage(): Page {
  const pairs = ['cost', 'attach', 'cache', 'latency', 'budget', 'trouble'] as const
  const plots = new Map(
    pairs.map((name) => [name, createPlot(part(`${name}-plot`, HTMLDivElement))]),
  )
  const table = (name: string, what: Table) =>
    showTable(part(`${name}-table`, HTMLDivElement), what)

  function pair(name: (typeof pairs)[number], { plot, table: numbers }: Shown): void {
    plots.get(name)?.draw(plot)
    table(name, numbers)
  }

  function groups(report: MetricsReport): void {
    const shown = groupsTable(report)
    table('groups', shown)
    const note = part('groups-empty', HTMLParagraphElement)
    const only = shown.rows.length <= 1
    note.hidden = !only
    note.textContent = {
      arm: 'All requests are in one arm.',
      tier: 'All requests were decided by one tier of the gate.',
      cohort: 'No cohorts yet: all requests are in one.',
      none: '',
    }[report.by]
  }

  const arms = createPlot(part('arms-plot', HTMLDivElement))

  function showChoice({ list, results }: Experiments): void {
    const select = part('experiment', HTMLSelectElement)
    select.hidden = list.length < 2
    const known = [...select.options].map(({ value }) => value)
    if (known.join() !== list.map(({ id }) => id).join()) {
      select.replaceChildren(
        ...list.map(({ id }) => build('option', { text: id, attributes: { value: id } })),
      )
    }
    if (results) select.value = results.experiment
  }

  return {
    showExperiments(experiments) {
      const note = part('arms-note', HTMLParagraphElement)
      const place = part('arms', HTMLDivElement)
      if (experiments) showChoice(experiments)
      const results = experiments?.results
      place.hidden = results === undefined
      if (!results) {
        note.textContent =
          experiments?.list.length === 0
            ? 'No experiment yet. Arms (none, summary, full) stand in the org’s record; outcomes come from your app.'
            : 'The results cannot be read just now.'
        return
      }
      note.textContent = `${results.experiment}, by ${results.outcome}. Intervals hold whenever you look. ${warningOf(results)}`
      arms.draw(armsPlot(results))
      table('arms', armsTable(results))
      table('classes', classesTable(results))
      table('steps', stepsTable(results))
      table('guards', guardsTable(results))
    },
    hideExperiments() {
      part('arms-note', HTMLParagraphElement).textContent = ''
      part('arms', HTMLDivElement).hidden = true
      part('experiment', HTMLSelectElement).replaceChildren()
      part('experiment', HTMLSelectElement).hidden = true
    },
    show(report, latency) {
      const all = countsOf(report)
      showTiles(part('tiles', HTMLDListElement), all)
      // Refusals and erasures are something too.
      const isEmpty = Object.keys(all).length === 0
      part('empty', HTMLParagraphElement).hidden = !isEmpty
      // Experiments are not of this time: they show in any case.
      for (const id of ['filled', 'filled-too']) part(id, HTMLDivElement).hidden = isEmpty
      if (isEmpty) return
      pair('cost', costOverTime(report, all))
      pair('attach', attachOverTime(report))
      table('why', sharesOf(all, { prefix: 'why', caption: 'Requests by reason' }))
      table('slice', sharesOf(all, { prefix: 'slice', caption: 'Requests by what they carried' }))
      pair('cache', cacheOverTime(report))
      pair('latency', latencyOverTime(report, latency))
      groups(report)
      pair('budget', budgetCurve(report))
      pair('trouble', troubleOverTime(report, all))
    },
  }
}
