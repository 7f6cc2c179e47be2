import { afterEach, beforeEach, expect, test } from 'vitest'
import { openLearning, waitForFacts } from './support/learning.ts'
import { tokenFor, type Edge } from './support/edge.ts'
import { chat, closePages, openPage, stored } from './support/page.ts'

beforeEach(startAnew)
afterEach(closePages)

/** As on a device that holds nothing. */
async function startAnew() {
  await openPage().edgewise.clear('device')
}

const openVisit = (given: Parameters<typeof openLearning>[0] = {}) =>
  openLearning({ org: 'demo', token: () => undefined, ...given })

const devices = (edge: Edge) => edge.calls('/v1/devices')

test('a visitor without a token gets one of their device, and what they tell is learned', async () => {
  const { edge, edgewise } = await openVisit()
  expect(devices(edge)).toMatchObject([{ body: JSON.stringify({ org: 'demo' }) }])
  await chat(edgewise, 'I am vegetarian')
  await waitForFacts(edgewise, [{ text: 'The user is vegetarian.' }])
})

test('the visitor is known again only where storing was agreed to', async () => {
  const { edge, edgewise } = await openVisit({ storage: 'ask' })
  await openVisit({ edge, storage: 'ask' })
  expect(devices(edge)).toHaveLength(2)
  expect((await stored())?.get('visitor')).toBeUndefined()
  await edgewise.consent('device')
  const { edgewise: again } = await openVisit({ edge, storage: 'ask' })
  again.stop()
  expect(devices(edge)).toHaveLength(2)
  await edgewise.consent('memory')
  await openVisit({ edge, storage: 'ask' })
  expect(devices(edge)).toHaveLength(3)
})

test('an app’s own token goes first, and without an organisation there is no visitor', async () => {
  const { edge } = await openLearning({ org: 'demo' })
  expect(devices(edge)).toEqual([])
  const { edge: other, edgewise } = await openLearning({ token: () => undefined })
  expect(devices(other)).toEqual([])
  expect(edgewise.state.value.session).toMatchObject({ cause: { code: 'token_missing' } })
})

test('at login what the device has learned becomes the user’s, with their agreement', async () => {
  const { edge, edgewise } = await openVisit()
  await chat(edgewise, 'I am vegetarian')
  await waitForFacts(edgewise, [{ text: 'The user is vegetarian.' }])
  await edgewise.switchUser({ token: tokenFor('ada-at-login') })
  await waitForFacts(edgewise, [])
  expect(await edgewise.merge({ consent: true })).toMatchObject({ value: { merged: 1 } })
  await waitForFacts(edgewise, [{ text: 'The user is vegetarian.' }])
  expect(edge.understanding.merged).toMatchObject([{ consent: 'edge' }])
  // Once: a second time there is nothing left.
  expect(await edgewise.merge({ consent: true })).toMatchObject({ value: { merged: 0 } })
  expect(edge.understanding.merged).toHaveLength(1)
})

test('a login on another page finds what the visitor left on this device', async () => {
  const { edge, edgewise } = await openVisit({ storage: 'device' })
  await edgewise.consent('device')
  await chat(edgewise, 'I am vegetarian')
  await waitForFacts(edgewise, [{}])
  edgewise.stop()
  const token = tokenFor(`ada-${crypto.randomUUID()}`)
  const { edgewise: later } = await openLearning({ edge, org: 'demo', token })
  expect(await later.merge({ consent: true })).toMatchObject({ value: { merged: 1 } })
  await waitForFacts(later, [{ text: 'The user is vegetarian.' }])
})
