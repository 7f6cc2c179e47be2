import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, expect, test } from 'vitest'
import { orgEntry } from '../../worker/adapters/kv-orgs.ts'
import { createNames } from '../../worker/adapters/names.ts'
import { createVault } from '../../worker/adapters/vault.ts'
import { readConfig } from '../../worker/config.ts'
import { acme, bindings, keysOf, someone } from './harness.ts'
import { consumersOf, realNow } from './learners.ts'
import { migrate } from './migrate.ts'

/* How long an org lets facts be kept, and that nobody has to come by for it. */

beforeAll(migrate)

const DAY = 86_400_000
const { secrets } = readConfig(bindings())
if (!secrets) throw new Error('no secrets')
const sealing = { names: createNames(secrets.naming), vault: createVault(secrets.roots) }

/** Somebody of an org of their own, of whom two things are known. */
async function somebody(retentionDays?: number) {
  const org = `org-${someone()}`
  const keys = await keysOf(someone(), org)
  const stub = env.SELF_MODELS.getByName(keys.userKey)
  const { selfModels } = consumersOf().ports
  const subject = { ...keys, ...(retentionDays ? { retentionDays } : {}) }
  const fish = await selfModels.addFact(subject, { category: 'diet', text: 'I eat no fish' })
  if (!fish.ok) throw new Error('not added')
  await runDurableObjectAlarm(stub)
  const later = (days: number, alarms = 1) =>
    runInDurableObject(stub, async (instance, { storage }) => {
      const { deps } = instance as unknown as { deps: { clock: () => number } }
      deps.clock = () => realNow() + days * DAY
      for (let i = 0; i < alarms; i++) await instance.alarm()
      return {
        known: JSON.stringify(storage.sql.exec('SELECT * FROM facts').toArray()),
        history: JSON.stringify(storage.sql.exec('SELECT * FROM history').toArray()),
        next: await storage.getAlarm(),
      }
    })
  return { org, keys, subject, selfModels, fish: fish.value.fact, later }
}

test('what is not kept any longer stands in no history either, which goes by itself', async () => {
  const { selfModels, subject, fish, later } = await somebody(30)
  // An edit that is no new sighting: its words are younger than what they are about.
  await selfModels.changeFact(subject, { id: fish.id, change: { pinned: true } })
  expect((await later(20)).history).toContain('fish')
  const after = await later(31)
  expect(after.known).not.toContain('fish')
  expect(after.history).not.toContain('fish')
  expect(after.next).toBeLessThan(realNow() + 62 * DAY)
  expect((await later(62)).history).toBe('[]')
})

test('a yes of its owner counts as said on that day, and keeps it as long as a new statement', async () => {
  const { selfModels, subject, fish, later } = await somebody(30)
  await later(20)
  const said = await selfModels.changeFact(subject, { id: fish.id, change: { status: 'active' } })
  expect(said.ok && Math.round((said.value.fact.lastSeen - fish.lastSeen) / DAY)).toBe(20)
  expect((await later(31)).known).toContain('fish')
  expect((await later(52)).known).not.toContain('fish')
})

test('an org that shortens what it keeps is obeyed for users who never come back', async () => {
  const { org, later } = await somebody()
  expect((await later(40)).known).toContain('fish')
  const { key, value } = await orgEntry(acme({ id: org, retentionDays: 30 }), sealing)
  await env.ORGS.put(key, value)
  const after = await later(42, 2)
  expect(after.known).not.toContain('fish')
  expect(after.history).not.toContain('fish')
})

test('where the org cannot be read, the rule that was known stands', async () => {
  const { org, later } = await somebody(30)
  await env.ORGS.put((await orgEntry(acme({ id: org }), sealing)).key, 'damaged')
  expect((await later(29, 2)).known).toContain('fish')
  expect((await later(31)).known).not.toContain('fish')
})
