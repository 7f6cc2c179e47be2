import { afterEach, expect, test } from 'vitest'
import type { Outcome } from '../../shared/schema/experiment.ts'
import { createEdge } from './support/edge.ts'
import { chat, closePages, openPage } from './support/page.ts'

afterEach(closePages)

const counted = () =>
  new Response(JSON.stringify({ id: 'x', counted: true }), {
    headers: { 'content-type': 'application/json' },
  })

/** A page of a user who agreed to this, and the reports that arrived at the edge. */
function openReporting(storage: 'edge' | 'device' = 'edge', answer = counted) {
  const edge = createEdge()
  edge.fails.set('/v1/outcomes', () => answer())
  const page = openPage({ edge, storage })
  const reports = (): Outcome[] =>
    edge.calls('/v1/outcomes').map(({ body }) => JSON.parse(typeof body === 'string' ? body : ''))
  return { ...page, edge, reports }
}

test('an outcome says what happened with the last answer, under an id of its own', async () => {
  const { edgewise, reports } = openReporting()
  await chat(edgewise, 'What is a good dinner?')
  await expect.poll(() => edgewise.receipts().length).toBe(1)
  expect(await edgewise.outcome('done')).toEqual({ ok: true, value: { counted: true } })
  await edgewise.outcome('rating', 4, { receipt: 'an-earlier-one' })
  const [first, second] = reports()
  expect(first).toMatchObject({
    name: 'done',
    value: 1,
    consent: 'edge',
    receipt: edgewise.receipts()[0]?.receipt.id,
  })
  expect(first?.session).toMatch(/^[\w-]{8,64}$/)
  expect(second).toMatchObject({ name: 'rating', value: 4, receipt: 'an-earlier-one' })
  expect(first?.id).not.toBe(second?.id)
  expect(JSON.stringify(reports())).not.toContain('dinner')
})

test('a device whose clock is wrong says no time: outcomes count from the answer on, by the clock of the edge', async () => {
  const { edgewise, reports } = openReporting()
  await edgewise.outcome('done')
  expect(reports()[0]).not.toHaveProperty('at')
})

test('before the user agreed to the edge nothing is sent', async () => {
  const { edgewise, reports } = openReporting('device')
  expect(await edgewise.outcome('done')).toEqual({
    ok: true,
    value: { counted: false, refused: 'no_consent' },
  })
  expect(reports()).toEqual([])
})

test('a report that did not arrive goes out again under the same id', async () => {
  let calls = 0
  const { edgewise, reports } = openReporting('edge', () => {
    calls += 1
    if (calls === 1) throw new TypeError('no network')
    return counted()
  })
  expect(await edgewise.outcome('done')).toMatchObject({ ok: true, value: { counted: true } })
  const [first, second, ...more] = reports()
  expect(first?.id).toBe(second?.id)
  expect(more).toEqual([])
})
