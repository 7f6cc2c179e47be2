import { describe, expect, test } from 'vitest'
import type { Org } from '../../shared/schema/org.ts'
import { acme, acmeToken, createHarness, orgsOf, receiptOf, someone } from './harness.ts'
import { chatBody, context, decision } from './people.ts'

/* Questions whose answers can do harm, as they reach the provider. */

const at = (org: Partial<Org> = {}) => createHarness({ ports: () => ({ orgs: orgsOf(acme(org)) }) })
const strict: Partial<Org> = { settings: { offAtHighStakes: true } }
const question = 'Can I take ibuprofen with my blood pressure medicine?'
const pills = { id: 'p', category: 'health' as const, text: 'Takes ramipril' }
const view = { id: 'b', category: 'belief' as const, text: 'Thinks that doctors overprescribe' }
const given = (stakes: 'none' | 'medical') =>
  context({ decision: decision({ stakes, facts: ['p', 'b'] }), facts: [pills, view] })

async function ask(harness: ReturnType<typeof at>, sent: object, body = chatBody(question)) {
  const headers = { authorization: `Bearer ${await acmeToken(someone())}` }
  const response = await harness.chat(body, { headers, ...sent })
  return { receipt: receiptOf(response), body: harness.provider.last() }
}

describe('where the stakes are high', () => {
  test('facts of the domain go along, opinions do not, and the model is asked to find out first', async () => {
    const { receipt, body } = await ask(at(), { context: given('medical') })
    expect(receipt).toMatchObject({ why: 'attached', stakes: 'medical' })
    expect(receipt.facts.map(({ id }) => id)).toEqual(['p'])
    expect(body).toContain('ramipril')
    expect(body).toContain('ask for what is missing before agreeing')
    expect(body).not.toContain('overprescribe')
  })

  test('an org that wants no personalization there sends what the app sent, byte for byte', async () => {
    const { receipt, body } = await ask(at(strict), { context: given('medical') })
    expect(receipt).toMatchObject({ why: 'high_stakes', stakes: 'medical', slices: [], tokens: 0 })
    expect(receipt.rules).toContain('offAtHighStakes=org')
    expect(body).toBe(chatBody(question))
    const plain = await ask(at(strict), { context: given('none') })
    expect(plain.receipt.why).toBe('attached')
  })

  test('so it is where the edge decides', async () => {
    const session = context({ facts: [{ ...pills, vital: true }] })
    const before = await ask(at(), { context: session })
    expect(before.receipt).toMatchObject({ decidedBy: 'edge', stakes: 'medical' })
    expect(before.receipt.why).not.toBe('high_stakes')
    const { receipt, body } = await ask(at(strict), { context: session })
    expect(receipt).toMatchObject({ decidedBy: 'edge', stakes: 'medical', why: 'high_stakes' })
    expect(body).toBe(chatBody(question))
  })

  test("no cohort's words stand in the prefix there either", async () => {
    const own = 'You are the assistant of a pharmacy with many branches. '.repeat(120)
    const body = JSON.stringify({
      model: 'gpt-5.4',
      messages: [
        { role: 'system', content: own },
        { role: 'user', content: question },
      ],
    })
    const device = { store: 'edge', gate: 'ready', cohort: 'expert-brief-free' } as const
    const shared: Partial<Org> = { cohorts: { on: true }, requestsPerMinute: 12 }
    const sent = (stakes: 'none' | 'medical') => ({
      context: context({ device, decision: decision({ stakes }) }),
    })
    const usual = await ask(at(shared), sent('medical'), body)
    expect(usual.body).toContain('Form of answers')
    const off = at({ ...shared, ...strict })
    expect((await ask(off, sent('none'), body)).body).toContain('Form of answers')
    expect((await ask(off, sent('medical'), body)).body).not.toContain('Form of answers')
    // Before the edge has decided nobody knows: then they are left out as well.
    const undecided = await ask(off, { context: context({ device }) }, body)
    expect(undecided.body).not.toContain('Form of answers')
  })
})
