import * as z from 'zod/mini'
import type { Files } from '../evaluate/files.ts'
import { Conversations, SpokenFact, SpokenTurn } from '../evaluate/formats.ts'
import { learnAll, type Fate, type Find, type Written } from './lessons.ts'

/**
 * Of conversations over months. `stated`: observations that people have noted, with the turns that say so;
 * `found`: something was found in such a turn; `kept`: and it stands in the self-model at the end. Of the
 * findings: their fate, and how many come from turns of which nobody has noted anything (`unnoted`).
 */
export type Locomo = {
  people: number
  turns: number
  stated: number
  found: number
  kept: number
  findings: number
  unnoted: number
  fates: Record<Fate, number>
  facts: number[]
}

type Person = { conv: string; name: string; written: Written[] }

/** Undefined where the files are not there. Every speaker is a person with a self-model of their own. */
export async function measureLocomo(files: Files, find: Find): Promise<Locomo | undefined> {
  const text = files.readText('dev/locomo/locomo.json')
  const observations = files.read('dev/locomo/observations.jsonl', SpokenFact)
  if (text === undefined || observations === undefined) return undefined
  const people = peopleOf(Conversations.parse(JSON.parse(text)))
  const total: Locomo = {
    people: people.length,
    turns: 0,
    stated: 0,
    found: 0,
    kept: 0,
    findings: 0,
    unnoted: 0,
    fates: { kept: 0, replaced: 0, gone: 0, refused: 0 },
    facts: [],
  }
  for (const { conv, name, written } of people) {
    const learned = await learnAll(written, find)
    const own = observations.filter((one) => one.conv === conv && one.speaker === name)
    const noted = new Set(own.flatMap(({ evidence }) => evidence))
    for (const { evidence } of own) {
      const turns = [evidence].flat()
      const said = learned.filter(({ message }) => turns.includes(message))
      total.stated++
      if (said.length > 0) total.found++
      if (said.some(({ fate }) => fate === 'kept')) total.kept++
    }
    for (const { fate } of learned) total.fates[fate]++
    total.turns += written.length
    total.findings += learned.length
    total.unnoted += learned.filter(({ message }) => !noted.has(message)).length
    total.facts.push(learned.filter(({ fate }) => fate === 'kept').length)
  }
  return total
}

function peopleOf(conversations: z.infer<typeof Conversations>): Person[] {
  const people = new Map<string, Person>()
  for (const [conv, parts] of Object.entries(conversations)) {
    for (let n = 1; parts[`session_${n}`] !== undefined; n++) {
      const date = String(parts[`session_${n}_date_time`]).split(' on ')[1] ?? ''
      const day = Date.parse(`${date} UTC`)
      const turns = z.array(SpokenTurn).parse(parts[`session_${n}`])
      turns.forEach(({ speaker, dia_id: id, text }, i) => {
        const key = `${conv} ${speaker}`
        const person = people.get(key) ?? { conv, name: speaker, written: [] }
        person.written.push({ id, text, at: day + i })
        people.set(key, person)
      })
    }
  }
  return [...people.values()]
}
