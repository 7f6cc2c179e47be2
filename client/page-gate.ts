import type { Gate, GateFact } from '../shared/gate/port.ts'
import type { EdgewiseState } from './types.ts'

/** The page's gate: a port with a life of its own. */
export type PageGate = Gate & {
  status(): 'cold' | 'lite' | 'full' | 'failed'
  /** Encodes facts before they are asked for. */
  prepare(facts: readonly GateFact[]): void
  /** Drops what is kept of facts. */
  forget(): void
  stop(): void
}

export type PageGateOptions = {
  base: () => URL
  now: () => number
  full: boolean
  /** Told when the status may have changed. */
  progressed: (status: EdgewiseState['gate']) => void
}

/** The built-in gate: its code and weights are fetched at the first need; a failure is not remembered. */
export function createLazyGate({ base, now, full, progressed }: PageGateOptions): PageGate {
  let loading: Promise<PageGate> | undefined
  let loaded: PageGate | undefined
  let failed = false
  let waiting: readonly GateFact[] = []
  const status = () => (failed ? 'failed' : (loaded?.status() ?? 'cold'))
  const tell = () => progressed(status())

  async function start(): Promise<PageGate> {
    try {
      const { createPageGate } = await import('./gate/index.ts')
      const gate: PageGate = createPageGate({ base: base(), now, full, onProgress: tell })
      gate.prepare(waiting)
      loaded = gate
      failed = false
      return gate
    } catch (cause) {
      loading = undefined
      failed = true
      throw cause
    } finally {
      tell()
    }
  }
  const load = () => (loading ??= start())

  return {
    status,
    async decide(input, options) {
      const gate = await load()
      try {
        return await gate.decide(input, options)
      } finally {
        tell()
      }
    },
    prepare(facts) {
      waiting = facts
      if (loaded) loaded.prepare(facts)
      else load().catch(() => undefined)
    },
    forget() {
      waiting = []
      loaded?.forget()
    },
    stop() {
      loaded?.stop()
    },
  }
}

/** A gate that the app brought along. */
export const wrapGate = (gate: Gate): PageGate => ({
  decide: (input, options) => gate.decide(input, options),
  status: () => 'lite',
  prepare() {},
  forget() {},
  stop() {},
})
