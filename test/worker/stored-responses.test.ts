import { beforeAll, expect, test } from 'vitest'
import type { Org } from '../../shared/schema/org.ts'
import { acme, acmeToken, createHarness, orgsOf, receiptOf, someone } from './harness.ts'
import { context, decision, idOf, introduce, type Person } from './people.ts'

const asOrg = (rest: Partial<Org>) => createHarness({ ports: () => ({ orgs: orgsOf(acme(rest)) }) })
const path = '/v1/responses'
const ask = (rest = '') => `{"model":"m",${rest}"input":"dinner ideas?"}`

const usual = createHarness()
let ada: Person
beforeAll(async () => {
  ada = await introduce(usual, someone())
})
const dinner = () => context({ decision: decision({ facts: [idOf(ada, 'peanuts')] }) })

test.each([
  ['where nothing is said', ''],
  ['with store: true', '"store":true,'],
  ['with store: null', '"store":null,'],
  ['after an earlier response', '"previous_response_id":"r",'],
  ['in a conversation', '"conversation":"c",'],
  ['in a conversation, whatever store says', '"store":false,"conversation":"c",'],
])('what the provider keeps carries nothing of the user: %s', async (_what, rest) => {
  const response = await usual.chat(ask(rest), { as: ada.user, path, context: dinner() })
  expect(usual.provider.last()).toBe(ask(rest))
  expect(receiptOf(response)).toMatchObject({
    why: 'stored_conversation',
    slices: [],
    facts: [],
    tokens: 0,
    decidedBy: 'device',
  })
})

test('nor does it where the edge would have decided', async () => {
  const response = await usual.chat(ask(), { as: ada.user, path })
  expect(usual.provider.last()).toBe(ask())
  expect(receiptOf(response)).toMatchObject({ why: 'stored_conversation', decidedBy: 'none' })
})

test.each(['"store":false,', '"store":false,"previous_response_id":"r",'])(
  'what is not kept carries the block: %s',
  async (rest) => {
    const response = await usual.chat(ask(rest), { as: ada.user, path, context: dinner() })
    expect(usual.provider.last()).toContain('allergic to peanuts')
    expect(receiptOf(response).why).toBe('attached')
  },
)

test('where nothing was needed the receipt says that, kept or not', async () => {
  const plain = context({ decision: decision() })
  const response = await usual.chat(ask('"max_output_tokens":9,'), {
    as: ada.user,
    path,
    context: plain,
  })
  expect(receiptOf(response).why).toBe('not_needed')
})

test.each([
  [{ storedResponses: 'allow' }, 'attached'],
  [{ storedResponses: 'refuse' }, 'stored_conversation'],
  [{}, 'stored_conversation'],
] as const)('an org may allow it: %j', async (rest, why) => {
  const harness = asOrg(rest)
  const device = { category: 'health', id: 'd1', text: 'is allergic to peanuts' } as const
  const headers = { authorization: `Bearer ${await acmeToken(someone())}` }
  const response = await harness.chat(ask(), {
    path,
    headers,
    context: context({ facts: [device], decision: decision({ facts: ['d1'] }) }),
  })
  expect(receiptOf(response).why).toBe(why)
  expect(harness.provider.last().includes('allergic to peanuts')).toBe(why === 'attached')
})

test("the org's own rules go along all the same: they are nobody's secret to clear", async () => {
  const harness = asOrg({ systemPrompt: 'Answer as ACME.' })
  const headers = { authorization: `Bearer ${await acmeToken(someone())}` }
  const response = await harness.chat(ask(), { path, headers, context: dinner() })
  expect(harness.provider.last()).toContain('Answer as ACME.')
  expect(receiptOf(response)).toMatchObject({ why: 'stored_conversation', slices: ['org'] })
})

test('every arm of an experiment goes without in what is kept, and says the same', async () => {
  const headers = { 'edgewise-arm': 'none' }
  const response = await usual.chat(ask(), { as: ada.user, path, context: dinner(), headers })
  expect(receiptOf(response)).toMatchObject({ why: 'stored_conversation', arm: 'none' })
})
