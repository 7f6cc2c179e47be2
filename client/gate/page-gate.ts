import type { GateFact, GateInput, GateOptions } from '../../shared/gate/port.ts'
import { limits } from '../../shared/limits.ts'
import type { Decision } from '../../shared/schema/decision.ts'
import { createFullClient, type FullClient } from './full-client.ts'
import { loadLite, type LoadedLite } from './load-lite.ts'
import { isNear } from './near.ts'
import type { GateProgress } from './progress.ts'
import { startWorker } from './start-worker.ts'

type PageGateOptions = {
  /** Folder of `models/`, `wasm/` and `gate-worker.js`. */
  base: URL | string
  /** Monotonic clock, ms. */
  now: () => number
  /** Also load the large tier (24 MB and its runtime). */
  full?: boolean
  onProgress?: (progress: GateProgress) => void
  /** Starts the large tier's worker; `gate-worker.js` in `base` where left out. */
  worker?: () => Worker
  fetch?: typeof fetch
  /** Keep the large tier's weights in Cache Storage; yes, where left out. */
  cache?: boolean
}

type PageDecideOptions = GateOptions & {
  /** Milliseconds that the large tier may take (`limits.fullDeadline`); then the small one's answer stands. */
  deadline?: number
}

export type PageGate = {
  /** Rejects only when the small tier cannot be loaded (after `stop` it is not loaded any more). */
  decide: (input: GateInput, options: PageDecideOptions) => Promise<Decision>
  status: () => 'cold' | 'lite' | 'full' | 'failed'
  /** Reads facts before a request needs them; starts loading. */
  prepare: (facts: readonly GateFact[]) => void
  /** Drops what is kept of facts, here and in the worker. */
  forget: () => void
  /** Ends the worker; what it was asked is answered by the small tier. */
  stop: () => void
}

const warmUp: GateInput = {
  query: 'hello',
  history: [],
  notes: [],
  facts: [{ id: 'a', text: 'hello', vital: true }],
}

/** The gate in a page: the small tier at once, the large one where the small one is unsure. */
export function createPageGate(options: PageGateOptions): PageGate {
  const { now, onProgress = () => undefined } = options
  const base = new URL('.', new URL(options.base, location.href)).href
  const stopping = new AbortController()
  let loading: Promise<LoadedLite> | undefined
  let lite: LoadedLite | undefined
  let failed = false
  let full: FullClient | undefined
  let waiting: readonly GateFact[] = []

  const opened = ({ gate, config }: LoadedLite): LoadedLite => {
    lite = { gate, config }
    failed = false
    gate.prepare(waiting)
    // The first decision compiles the code: better now than while a request waits.
    gate.decide(warmUp, { mode: 'balanced', maxFacts: 0, blocked: [] })
    onProgress({ part: 'lite', state: 'ready' })
    if (options.full && config.tiers.full && !stopping.signal.aborted) {
      const start = options.worker ?? (() => startWorker(new URL('gate-worker.js', base)))
      full = createFullClient({ start, base, config, cache: options.cache ?? true, onProgress })
      full.prepare(waiting)
    }
    return lite
  }

  /** Opened once and shared; a failure is forgotten, so that the next request tries again. */
  const open = (): Promise<LoadedLite> => {
    const fetchOne: typeof fetch = options.fetch ?? ((input, init) => fetch(input, init))
    loading ??= loadLite({ base, now, fetch: fetchOne, signal: stopping.signal }).then(
      opened,
      (cause: unknown) => {
        loading = undefined
        failed = true
        onProgress({ part: 'lite', state: 'given_up', reason: String(cause) })
        throw cause
      },
    )
    return loading
  }

  return {
    async decide(input, { deadline = limits.fullDeadline, ...gateOptions }) {
      const start = now()
      const { gate, config } = lite ?? (await open())
      const decision = gate.decide(input, gateOptions)
      const margin = config.tiers.lite?.margin
      if (!full?.isWarm() || !margin || !isNear(decision, margin)) return decision
      const within = deadline - (now() - start)
      const better = await full.decide(input, { ...gateOptions, within })
      return better ? { ...better, ms: now() - start } : decision
    },
    status: () => (full?.isWarm() ? 'full' : lite ? 'lite' : failed ? 'failed' : 'cold'),
    prepare(facts) {
      waiting = facts
      lite?.gate.prepare(facts)
      full?.prepare(facts)
      if (!lite) open().catch(() => undefined)
    },
    forget() {
      waiting = []
      lite?.gate.forget()
      full?.forget()
    },
    stop() {
      stopping.abort(new Error('the gate was stopped'))
      full?.stop()
    },
  }
}
