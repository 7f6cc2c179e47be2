import { createPageGate, type GateProgress, type PageGate } from '../../client/gate/index.ts'

/** What the tests call in the page. */
export type Setup = { base?: string; full?: boolean; unsure?: boolean; failFirst?: boolean }
type InPage = { gate: PageGate; progress: GateProgress[] }

declare global {
  interface Window {
    makeGate: (setup: Setup) => void
    held: InPage
  }
}

/** `unsure`: the small tier finds itself unsure of everything. `failFirst`: the first fetch fails. */
window.makeGate = ({ base = '/', full = false, unsure, failFirst }) => {
  const progress: GateProgress[] = []
  let failed = false
  const fetchOne: typeof fetch = async (input, init) => {
    if (failFirst && !failed) {
      failed = true
      throw new TypeError('no network')
    }
    const response = await fetch(input, init)
    if (!unsure || typeof input !== 'string' || !input.endsWith('gate.json')) return response
    const config = await response.json()
    config.tiers.lite.margin = { profile: 99, fact: 99 }
    return Response.json(config)
  }
  const gate = createPageGate({
    base,
    now: () => performance.now(),
    full,
    fetch: fetchOne,
    onProgress: (step) => progress.push(step),
  })
  window.held = { gate, progress }
}
