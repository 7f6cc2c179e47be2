import { afterEach, expect, test } from 'vitest'
import type { EarnedReport } from '../../shared/schema/fact.ts'
import type * as z from 'zod/mini'
import { createEdge, ENDPOINT } from './support/edge.ts'
import { chat, closePages, openPage, openSeeded } from './support/page.ts'

/* What each attached fact brings is counted on the device, by the words of the answer. */

afterEach(closePages)

const quiet = () => new Promise((wake) => setTimeout(wake, 400))
const noodles = { category: 'preference', text: 'I like noodles with tofu' } as const

async function openOnDevice(says: string) {
  const edge = createEdge()
  edge.says = says
  const page = openPage({ edge, storage: 'device' })
  await page.edgewise.facts.add(noodles)
  const earned = async () => (await page.edgewise.facts.list()).facts[0]?.earned
  return { ...page, earned }
}

test('a fact that only this device knows counts the answers that it went along with', async () => {
  const { edgewise, edge, earned } = await openOnDevice('Fried tofu with noodles.')
  await chat(edgewise, 'Which noodles for tonight?')
  await expect.poll(earned).toEqual({ attached: 1, used: 1, corrected: 0 })
  edge.says = 'Spaghetti.'
  await chat(edgewise, 'Which noodles for tomorrow?')
  await expect.poll(earned).toEqual({ attached: 2, used: 1, corrected: 0 })
  await chat(edgewise, 'Who wrote Emma?')
  await quiet()
  expect(await earned()).toEqual({ attached: 2, used: 1, corrected: 0 })
  expect(edge.calls('/v1/self-model/earned')).toEqual([])
})

test('an answer that says nothing tells nothing', async () => {
  const { edgewise, earned } = await openOnDevice('')
  await chat(edgewise, 'Which noodles for tonight?')
  await quiet()
  expect(await earned()).toBeUndefined()
})

test('an answer that ends by calling a tool tells nothing: its turn goes on', async () => {
  const { edgewise, edge, earned } = await openOnDevice('Fried tofu with noodles.')
  const { headers } = await edgewise.fetch(`${ENDPOINT}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ messages: [{ role: 'user', content: 'Which noodles?' }] }),
  })
  const events = [
    { choices: [{ index: 0, delta: { content: 'Let me look for tofu.' } }] },
    { choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] },
  ].map((event) => `data: ${JSON.stringify(event)}\n\n`)
  const called = () => new Response(`${events.join('')}data: [DONE]\n\n`, { headers })
  edge.fails.set('/v1/chat/completions', called)
  expect(await chat(edgewise, 'Which noodles?')).toContain('tofu')
  await quiet()
  expect(await earned()).toBeUndefined()
})

test('who pauses while an answer comes is not counted', async () => {
  const { edgewise, earned } = await openOnDevice('Fried tofu with noodles.')
  const stop = edgewise.onReceipt(() => edgewise.pause())
  await chat(edgewise, 'Which noodles for tonight?')
  await quiet()
  stop()
  expect(edgewise.receipts()[0]?.facts).toHaveLength(1)
  expect(await earned()).toBeUndefined()
})

test('what was counted on the device goes along when its facts move to the edge', async () => {
  const { edgewise, earned } = await openOnDevice('Fried tofu with noodles.')
  await chat(edgewise, 'Which noodles for tonight?')
  await expect.poll(earned).toEqual({ attached: 1, used: 1, corrected: 0 })
  await edgewise.consent('edge')
  const { device } = await edgewise.export()
  expect(JSON.stringify(device)).toMatch(/"earned":\{"f\d+":\{"attached":1,"used":1/)
})

test('the edge is told of many answers at once, by numbers', async () => {
  const edge = createEdge()
  edge.says = 'A vegetarian ramen.'
  edge.fails.set('/v1/self-model/earned', () => Response.json({ counted: 1 }))
  const { edgewise } = await openSeeded({ edge, storage: 'edge' })
  const told = () =>
    edge
      .calls('/v1/self-model/earned')
      .map(({ body }): z.infer<typeof EarnedReport> =>
        JSON.parse(typeof body === 'string' ? body : ''),
      )
  for (let i = 0; i < 15; i++) await chat(edgewise, `Which noodles on day ${i}?`)
  await quiet()
  expect(told()).toEqual([])
  await chat(edgewise, 'Which noodles on the last day?')
  await expect.poll(told).toHaveLength(1)
  const [report] = told()
  const id = edgewise.receipts()[0]?.facts[0]?.id ?? ''
  expect(report).toEqual({
    consent: 'edge',
    facts: { [id]: { attached: 16, used: 16, corrected: 0 } },
  })
  expect(JSON.stringify(await edgewise.export())).not.toContain('"attached":16')
})

test('who takes the agreement back has nothing waiting for the edge any more', async () => {
  const edge = createEdge()
  edge.says = 'A vegetarian ramen.'
  const { edgewise } = await openSeeded({ edge, storage: 'edge' })
  await chat(edgewise, 'Which noodles for tonight?')
  const waits = async () => JSON.stringify((await edgewise.export()).device).includes('"earned"')
  await expect.poll(waits).toBe(true)
  await edgewise.consent('device')
  expect(await waits()).toBe(false)
})
