import type { ExtractedFact } from '../../shared/extract/port.ts'
import { learnable } from '../../shared/learnable.ts'
import type { Category } from '../../shared/schema/fact.ts'
import type { Sighting } from '../../shared/self-model.ts'
import type { Api } from '../api.ts'
import { unwanted } from '../known.ts'
import type { OpenSession } from '../session.ts'
import type { UserRecord } from '../store/record.ts'
import type { FindFacts } from '../types.ts'
import type { UserStore } from '../user-store.ts'
import { learnedOf, tidied } from './device-model.ts'
import { createFinder } from './find.ts'
import { followEdge, learnFound } from './learn.ts'
import { marksOf, sourceOf, type Said } from './provenance.ts'
import { createSender } from './send.ts'

export type LearnerOptions = {
  api: Api
  session: OpenSession
  users: UserStore
  now: () => number
  /** Folder of `models/`. */
  base: () => URL
  feature?: string
  /** A finder of the app's own. */
  findFacts: FindFacts | undefined
}

/** Messages that may wait to be read; the oldest go first. */
const WAITING = 8
/** Messages remembered, so that what is only sent again is not read again. */
const READ = 64

/**
 * Learns from messages that were sent, one at a time: finds facts on the device, keeps them, and brings
 * them to the edge where the user agreed to that. Messages are never kept and never leave through here.
 */
export function createLearner(options: LearnerOptions) {
  const { api, session, users, now, feature = '', findFacts } = options
  const find = findFacts ?? createFinder(options.base)
  const sender = createSender({ api, users, now })
  const waiting: (Said & { life: number })[] = []
  const read = new Set<string>()
  const addresses = addressesOfPage()
  let reading = false

  /** Categories that nothing is learned of; `undefined` where nothing at all is. */
  function blocked(): readonly Category[] | undefined {
    const { value } = users
    const gate = session.live()?.gates[feature]
    const may = users.consent() !== 'memory' && !value.paused && learnedOf(value).learn
    return gate && !gate.off && may ? [...gate.blocked, ...unwanted(value)] : undefined
  }

  async function learn({ life, ...said }: Said & { life: number }): Promise<void> {
    const opened = await session.ready()
    if (!opened.ok || !blocked() || life !== users.life) return
    const key = JSON.stringify([opened.value.id, said.text])
    if (read.has(key)) return
    read.add(key)
    if (read.size > READ) read.delete(read.values().next().value ?? '')
    const found = await find(said.text)
    const none = blocked()
    // Cleared, switched or refused while it was read.
    if (life !== users.life || !none) return
    const sightings = sift(found, { said, none })
    if (sightings.length === 0) return
    const travels = users.consent() === 'edge'
    const at = now()
    await users.change((old) => learnFound(old, { sightings, travels, now: at }))
    if (travels) void sender.send()
  }

  function sift(
    found: readonly ExtractedFact[],
    { said, none }: { said: Said; none: readonly Category[] },
  ): Sighting[] {
    const marks = marksOf(said, addresses)
    return found.flatMap(({ category, text, span, supersedes }) => {
      const fit = learnable({ category, text })
      if (none.includes(category) || 'refused' in fit) return []
      const source = sourceOf(said, marks, span)
      const taken = supersedes === undefined || source !== 'typed' ? {} : { supersedes }
      return [{ category, text: fit.text, source, at: now(), ...taken }]
    })
  }

  async function readAll(): Promise<void> {
    if (reading) return
    reading = true
    try {
      for (let said = waiting.shift(); said; said = waiting.shift()) await learn(said)
    } catch {
      // Without weights nothing is learned; the next message asks for them again.
    } finally {
      reading = false
    }
  }

  return {
    said(message: Said): void {
      waiting.push({ ...message, life: users.life })
      waiting.splice(0, waiting.length - WAITING)
      void readAll()
    },
    /** Sends what waits, after what the edge has shown since. What is over goes. */
    async send(): Promise<void> {
      const opened = await session.ready()
      if (!opened.ok) return
      const { persona, fetched } = opened.value
      const seen = { epoch: persona.epoch, facts: persona.facts, at: fetched }
      const at = now()
      const follow = (old: UserRecord) => tidied(followEdge(old, seen), at)
      const { value } = users
      if (follow(value) !== value) await users.change(follow)
      await sender.send()
    },
    stop(): void {
      waiting.length = 0
      sender.stop()
    },
  }
}

/** Those of now and of when the page was loaded: an app may have cleaned up behind itself. */
function addressesOfPage(): string[] {
  const loaded = performance.getEntriesByType('navigation').map(({ name }) => name)
  return [globalThis.location?.href ?? '', ...loaded]
}
