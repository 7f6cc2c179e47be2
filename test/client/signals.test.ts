import { afterEach, expect, test, vi } from 'vitest'
import type { Decision } from '../../shared/schema/decision.ts'
import { chat, closePages, decision, openPage, ready } from './support/page.ts'

afterEach(closePages)

const gateOf = (slices: Partial<Decision['slices']>) => ({
  decide: () => {
    const decided = decision({})
    return { ...decided, slices: { ...decided.slices, ...slices } }
  },
})

test.each([
  ['session', { session: true }],
  ['style', { style: true }],
])('a request that needs %s says where the user is just now', async (_, slices) => {
  const { edge, edgewise } = openPage({
    gate: gateOf(slices),
    page: () => 'checkout, step 2',
    locale: 'de-DE',
  })
  await ready(edgewise)
  await vi.waitFor(async () => {
    await chat(edgewise, `which one? ${crypto.randomUUID()}`)
    expect(edge.contexts().at(-1)?.signals).toMatchObject({
      device: expect.stringMatching(/^(phone|tablet|desktop)$/),
      page: 'checkout step 2',
      locale: 'de-DE',
      daytime: expect.stringMatching(/^(morning|afternoon|evening|night)$/),
    })
  })
})

test('a request that needs neither tells nothing', async () => {
  const { edge, edgewise } = openPage({ gate: gateOf({}), page: () => 'checkout' })
  await ready(edgewise)
  await chat(edgewise, 'what is the capital of France?')
  expect(edge.contexts().at(-1)).not.toHaveProperty('signals')
})

test('the scores of chosen facts travel, in hundredths, and no other score', async () => {
  const gate = {
    decide: ({ facts }: { facts: readonly { id: string }[] }) => {
      const ids = facts.map(({ id }) => id)
      const decided = decision({ facts: ids })
      return {
        ...decided,
        scores: { ...decided.scores, facts: Object.fromEntries(ids.map((id) => [id, 0.837])) },
      }
    },
  }
  const { edge, edgewise, user } = openPage({ gate })
  await edge.seed(user, { category: 'diet', text: 'vegetarian' })
  await ready(edgewise)
  await chat(edgewise, 'dinner?')
  expect(edge.contexts().at(-1)?.decision).toMatchObject({ weights: [84] })
  expect(edge.contexts().at(-1)?.decision).not.toHaveProperty('scores')
})
