import { expect, test } from 'vitest'
import type { Session } from '../../shared/schema/session.ts'
import {
  acme,
  acmeToken,
  createHarness,
  orgsOf,
  receiptOf,
  someone,
  type Harness,
} from './harness.ts'
import { chatBody, context, decision, idOf, introduce, publish } from './people.ts'

/* What a user gives up in the panel, on the way to the device's gate and to the block. */

const json = { 'content-type': 'application/json' }

const giveUp = (harness: Harness, as: string, body: object) =>
  harness.fetch('/v1/self-model/settings', {
    as,
    method: 'PATCH',
    headers: json,
    body: JSON.stringify(body),
  })

test('the next session tells the gate what its owner keeps out, and that it was they', async () => {
  const harness = createHarness()
  const as = someone()
  await introduce(harness, as)
  expect((await giveUp(harness, as, { limits: { blocked: ['diet'] } })).status).toBe(200)
  const response = await harness.fetch('/v1/sessions', { as, method: 'POST' })
  expect(await response.json<Session>()).toMatchObject({
    gate: { blocked: ['diet'], why: { blocked: 'user' } },
  })
})

test('a decision of a device that has not heard of it attaches nothing of that kind', async () => {
  const harness = createHarness()
  const person = await introduce(harness, someone())
  await giveUp(harness, person.user, { limits: { blocked: ['diet'] } })
  await publish(person.user)
  const ask = (words: string) =>
    createHarness().chat(chatBody('dinner?'), {
      as: person.user,
      context: context({ decision: decision({ facts: [idOf(person, words)] }) }),
    })
  expect(receiptOf(await ask('vegetarian'))).toMatchObject({
    why: 'blocked_by_user',
    facts: [],
    rules: 'blocked=user',
  })
  expect(receiptOf(await ask('peanuts'))).toMatchObject({ why: 'attached' })
})

test('a visit that asks for less gets less, whatever the org gives', async () => {
  const harness = createHarness({
    ports: () => ({ orgs: orgsOf(acme({ settings: { mode: 'generous', budget: 400 } })) }),
  })
  const facts = [{ id: 'f1', category: 'diet' as const, text: 'I eat vegetarian food' }]
  const ask = async (limits: object) =>
    receiptOf(
      await harness.chat(chatBody('dinner?'), {
        headers: { authorization: `Bearer ${await acmeToken(someone())}` },
        context: context({ facts, decision: decision({ facts: ['f1'] }), ...limits }),
      }),
    )
  expect(await ask({})).toMatchObject({ why: 'attached', rules: 'mode=org budget=org' })
  expect(await ask({ limits: { budget: 10 } })).toMatchObject({ why: 'over_budget' })
  expect(await ask({ limits: { blocked: ['diet'] } })).toMatchObject({ why: 'blocked_by_user' })
  expect(await ask({ limits: { off: true } })).toMatchObject({ why: 'paused' })
  expect(await ask({ limits: { budget: 500 } })).toMatchObject({ rules: 'mode=org budget=org' })
})
