import type { GateConfig } from '../../shared/gate/config.ts'
import type { GateFact, GateInput, GateOptions } from '../../shared/gate/port.ts'
import type { Decision } from '../../shared/schema/decision.ts'
import type { FromWorker, ToWorker } from './messages.ts'
import { obstacle } from './obstacles.ts'
import type { GateProgress } from './progress.ts'

/** The page's side of the large gate. */
export type FullClient = {
  isWarm: () => boolean
  /** Undefined when it is late, fails, or a newer request takes its place: the small tier's answer stands. */
  decide: (
    input: GateInput,
    options: GateOptions & { within: number },
  ) => Promise<Decision | undefined>
  prepare: (facts: readonly GateFact[]) => void
  forget: () => void
  stop: () => void
}

export type FullClientOptions = {
  start: () => Worker
  base: string
  config: GateConfig
  cache: boolean
  onProgress: (progress: GateProgress) => void
}

type Job = { id: number; answer: (decision: Decision | undefined) => void }

/** Starts loading at once, unless the device or the page's policy is against it; then it never gets warm. */
export function createFullClient(options: FullClientOptions): FullClient {
  const { base, config, cache, onProgress } = options
  let worker: Worker | undefined
  let warm = false
  let lastId = 0
  let job: Job | undefined

  /** At most one job: whoever is told to make way hears `undefined`. */
  const settle = (decision?: Decision) => {
    const settled = job
    job = undefined
    settled?.answer(decision)
  }
  const post = (message: ToWorker) => worker?.postMessage(message, [])
  const stop = () => {
    worker?.terminate()
    worker = undefined
    warm = false
    settle()
  }
  const giveUp = (reason: string) => {
    stop()
    onProgress({ part: 'full', state: 'given_up', reason })
  }
  const hear = ({ data }: MessageEvent<FromWorker>) => {
    if (data.kind === 'progress') {
      onProgress({ part: 'full', state: 'loading', loaded: data.loaded, total: data.total })
    } else if (data.kind === 'warm') {
      warm = true
      onProgress({ part: 'full', state: 'ready' })
    } else if (data.kind === 'failed') {
      giveUp(data.reason)
    } else if (data.id === job?.id) {
      settle(data.kind === 'decided' ? data.decision : undefined)
    }
  }

  const begin = () => {
    const reason = obstacle()
    if (reason !== undefined) return giveUp(reason)
    try {
      worker = options.start()
    } catch {
      return giveUp('the page does not allow the worker')
    }
    worker.addEventListener('message', hear)
    worker.addEventListener('error', () => giveUp('the worker could not run'))
    worker.addEventListener('messageerror', () => giveUp('the worker was not understood'))
    post({ kind: 'start', base, config, cache })
  }
  begin()

  return {
    isWarm: () => warm,
    decide(input, { within, ...gateOptions }) {
      settle()
      const id = ++lastId
      return new Promise((resolve) => {
        const timer = setTimeout(() => id === job?.id && settle(), Math.max(0, within))
        const answer = (decision: Decision | undefined) => {
          clearTimeout(timer)
          resolve(decision)
        }
        job = { id, answer }
        post({ kind: 'decide', id, input, options: gateOptions })
      })
    },
    prepare: (facts) => post({ kind: 'prepare', facts }),
    forget: () => post({ kind: 'forget' }),
    stop,
  }
}
