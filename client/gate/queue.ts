import type { FullGate } from '../../shared/gate/full.ts'
import type { GateFact } from '../../shared/gate/port.ts'
import type { FromWorker, ToWorker } from './messages.ts'

type Ask = Extract<ToWorker, { kind: 'decide' }>

/** One job at a time. A request goes before facts, a newer request takes an older one's place. */
export type Queue = {
  open: (gate: FullGate) => void
  add: (message: Exclude<ToWorker, { kind: 'start' }>) => void
}

/** Facts read between two looks at whether a request waits. */
const factsAtOnce = 4

export function createQueue(say: (message: FromWorker) => void): Queue {
  let gate: FullGate | undefined
  let asked: Ask | undefined
  let facts: readonly GateFact[] = []
  let busy = false

  const answer = async ({ id, input, options }: Ask, opened: FullGate) => {
    try {
      say({ kind: 'decided', id, decision: await opened.decide(input, options) })
    } catch {
      say({ kind: 'passed', id })
    }
  }

  const work = async () => {
    if (busy) return
    busy = true
    for (;;) {
      const opened = gate
      const next = asked
      if (!opened || (!next && facts.length === 0)) break
      asked = undefined
      if (next) {
        await answer(next, opened)
      } else {
        const some = facts.slice(0, factsAtOnce)
        facts = facts.slice(factsAtOnce)
        // A fact that could not be read is read again with the request that needs it.
        await opened.prepare(some).catch(() => undefined)
      }
      // Messages that have come in the meantime are heard before the next job begins.
      await new Promise((resolve) => setTimeout(resolve))
    }
    busy = false
  }

  return {
    open(opened) {
      gate = opened
      say({ kind: 'warm' })
      void work()
    },
    add(message) {
      if (message.kind === 'forget') {
        facts = []
        gate?.forget()
      } else if (message.kind === 'prepare') {
        facts = message.facts
      } else {
        if (asked) say({ kind: 'passed', id: asked.id })
        asked = message
      }
      void work()
    },
  }
}
