import type { Outcome } from './run.ts'
import { dollars, renderTable, whole } from './table.ts'

export type Way = 'implicit' | 'breakpoints'

/** Outcome of the policy with this name; throws where it was not played. */
export function outcomeOf(outcomes: readonly Outcome[], name: string): Outcome {
  const found = outcomes.find(({ policy }) => policy.name === name)
  if (!found) throw new Error(`The policy "${name}" was not played.`)
  return found
}

/** Billed-equivalent input tokens of one policy against another under one way of caching. */
export function ratio(outcomes: readonly Outcome[], names: [string, string], way: Way): number {
  const [of, to] = names.map((name) => outcomeOf(outcomes, name)[way].billed)
  return (of ?? 0) / (to ?? 1)
}

const perRequest = (outcome: Outcome, way: Way): number => outcome[way].billed / outcome.requests

/** All policies side by side, both ways of caching. Money is for input only: answers cost all the same. */
export function renderOutcomes(outcomes: readonly Outcome[]): string {
  const head = ['', 'implicit', '/none', 'cached', '$/1M req', 'breakpoints', '/none', 'cached']
  const rows = outcomes.map((outcome) => [
    outcome.policy.label,
    ...cells(outcomes, outcome, 'implicit'),
    ...cells(outcomes, outcome, 'breakpoints'),
    (outcome.personal / outcome.requests).toFixed(0),
    `${((100 * outcome.attached) / outcome.requests).toFixed(0)}%`,
  ])
  return renderTable([[...head, '$/1M req', 'about user', 'turns'], ...rows])
}

function cells(outcomes: readonly Outcome[], outcome: Outcome, way: Way): string[] {
  const { cached, input, micro } = outcome[way]
  // Without markers asked for, the implicit way is the same as that of "no personalization".
  if (way === 'implicit' && outcome.policy.marking !== 'plan') return ['', '', '', '']
  return [
    whole(perRequest(outcome, way)),
    ratio(outcomes, [outcome.policy.name, 'none'], way).toFixed(2),
    `${((100 * cached) / input).toFixed(0)}%`,
    dollars(micro / outcome.requests),
  ]
}

/** What is worth saying in words about a run. */
export function renderNotes(outcomes: readonly Outcome[]): string {
  const edgewise = outcomeOf(outcomes, 'edgewise')
  const kept = outcomeOf(outcomes, 'kept')
  const block = edgewise.personal / Math.max(1, edgewise.attached)
  const markers = ratio(outcomes, ['newest', 'none'], 'breakpoints')
  const nothing = ratio(outcomes, ['unmarked', 'none'], 'breakpoints')
  if (edgewise.personal === 0) return `Nothing was attached.\n${markersNote(markers, nothing)}`
  return [
    `A block has ${block.toFixed(0)} tokens and stands on ${((100 * edgewise.attached) / edgewise.requests).toFixed(0)}% of the turns; keeping every block shows ${(kept.personal / edgewise.personal).toFixed(1)} times the personal tokens.`,
    markersNote(markers, nothing),
  ].join('\n')
}

const markersNote = (newest: number, none: number): string =>
  `Breakpoints alone: ${newest.toFixed(2)}x against a marker at the newest message only (OpenAI's default), ${none.toFixed(2)}x against none (Anthropic's), with or without personalization.`

/** The last line of the output, for scripts. */
export function lastLine(outcomes: readonly Outcome[]): string {
  const of = (name: string, way: Way) => ratio(outcomes, [name, 'none'], way).toFixed(2)
  return `edgewise/none implicit ${of('edgewise', 'implicit')} breakpoints ${of('edgewise', 'breakpoints')} | naive/none ${of('naive', 'implicit')} | retrieval/none ${of('retrieval', 'implicit')}`
}
