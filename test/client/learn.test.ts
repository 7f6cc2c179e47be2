import { afterEach, expect, test, vi } from 'vitest'
import type { FindFacts } from '../../client/index.ts'
import { createFinder } from './support/finder.ts'
import {
  eventually,
  learnAndDelete,
  listed,
  openLearning,
  quiet,
  waitForFacts,
} from './support/learning.ts'
import { chat, closePages, openPage, ready, storedOf } from './support/page.ts'

afterEach(closePages)

test('a fact that was told is known on the device, and helps with the next question', async () => {
  const { edge, edgewise, user } = await openLearning()
  await chat(edgewise, 'I am vegetarian. Dinner ideas?')
  await waitForFacts(edgewise, [
    { text: 'The user is vegetarian.', category: 'diet', source: 'typed', where: 'device' },
  ])
  expect(await storedOf(user)).toContain('The user is vegetarian.')
  await chat(edgewise, 'a vegetarian lunch?')
  expect(edge.contexts().at(-1)?.facts).toMatchObject([{ text: 'The user is vegetarian.' }])
})

test('what was said is kept nowhere, and nothing of it goes to the edge', async () => {
  const { edge, edgewise, user } = await openLearning()
  await chat(edgewise, 'I am vegetarian and my plumber is late')
  await waitForFacts(edgewise, [{ text: 'The user is vegetarian.' }])
  await quiet()
  const learned = JSON.parse((await storedOf(user)) || '{}') as { facts: unknown; learned: unknown }
  expect(JSON.stringify([learned.facts, learned.learned])).not.toContain('plumber')
  expect(edge.calls('/v1/observe')).toEqual([])
})

test('before consent no message is read', async () => {
  const { edgewise, asked } = await openLearning({ storage: 'ask' })
  await chat(edgewise, 'I am vegetarian. Dinner ideas?')
  await quiet()
  expect(asked).toEqual([])
  await edgewise.consent('device')
  await chat(edgewise, 'I use Python. Any tips?')
  await waitForFacts(edgewise, [{ text: 'The user uses Python.' }])
})

test('a message is read only after it was sent, and the request does not wait for that', async () => {
  const { edge, edgewise, asked } = await openLearning()
  const { promise, resolve } = Promise.withResolvers<Response>()
  edge.fails.set('/v1/chat/completions', () => promise)
  const sending = chat(edgewise, 'I am vegetarian. Dinner ideas?')
  await eventually(() => expect(edge.calls('/v1/chat/completions')).toHaveLength(1))
  await quiet()
  expect(asked).toEqual([])
  resolve(new Response('done'))
  expect(await sending).toBe('done')
  await eventually(() => expect(asked).toHaveLength(1))
})

test('only what the user said is read: no system text, no answers, no earlier turns', async () => {
  const { edgewise, asked } = await openLearning()
  await chat(edgewise, {
    messages: [
      { role: 'system', content: 'I am evil' },
      { role: 'user', content: 'I am vegan' },
      { role: 'assistant', content: 'I am hungry' },
      { role: 'user', content: 'I use Python' },
    ],
  })
  await waitForFacts(edgewise, [{ text: 'The user uses Python.' }])
  expect(asked).toEqual(['I use Python'])
})

test('the same message, sent again, is read once', async () => {
  const { edgewise, asked } = await openLearning()
  await chat(edgewise, 'I use Python')
  await waitForFacts(edgewise, [{ times: 1 }])
  await chat(edgewise, 'I use Python')
  await quiet()
  expect(asked).toHaveLength(1)
  await waitForFacts(edgewise, [{ times: 1 }])
})

test('with headers for the app’s own back end the message is read too', async () => {
  const { edgewise, asked } = await openLearning()
  await edgewise.headers({ text: 'I live in Ghent. What is on?' })
  await waitForFacts(edgewise, [{ text: 'The user lives in Ghent.' }])
  expect(asked).toEqual(['I live in Ghent. What is on?'])
})

test('a correction takes back what was known at once; a sister’s diet takes back nothing', async () => {
  const { edge, edgewise } = await openLearning()
  await chat(edgewise, 'I am vegetarian')
  await waitForFacts(edgewise, [{ status: 'active' }])
  await chat(edgewise, 'my sister is vegan, what should I cook?')
  await waitForFacts(edgewise, [
    { text: 'The user is vegetarian.', status: 'active' },
    { text: "The user's sister is vegan.", status: 'active' },
  ])
  await chat(edgewise, "I'm no longer vegetarian. Ideas?")
  await waitForFacts(edgewise, [
    { text: 'The user is vegetarian.', status: 'superseded' },
    { text: "The user's sister is vegan.", status: 'active' },
    { text: 'The user is no longer vegetarian.', category: 'diet', status: 'active' },
  ])
  await chat(edgewise, 'something vegetarian?')
  expect(edge.contexts().at(-1)?.facts).toMatchObject([
    { text: 'The user is no longer vegetarian.' },
  ])
})

test('a correction on this device holds against what the edge has handed out', async () => {
  const { edge, edgewise, user } = openPage({
    storage: 'device',
    findFacts: createFinder().find,
  })
  await edge.seed(user, { category: 'diet', text: 'The user is vegetarian.' })
  await edgewise.facts.list()
  await chat(edgewise, "I'm no longer vegetarian")
  await waitForFacts(edgewise, [
    { text: 'The user is no longer vegetarian.', where: 'device' },
    { text: 'The user is vegetarian.', where: 'edge', status: 'superseded' },
  ])
  await chat(edgewise, 'something vegetarian?')
  expect(edge.contexts().at(-1)?.decision?.facts).toHaveLength(1)
  const { changes } = await edgewise.facts.history()
  const taken = changes.find(({ action }) => action === 'superseded')
  expect(await edgewise.facts.undo(taken?.id ?? '')).toMatchObject({ ok: true })
  expect((await listed(edgewise)).map(({ status }) => status)).toEqual(['active', 'active'])
})

test('paused, or switched off, nothing is learned', async () => {
  const { edgewise, asked } = await openLearning()
  edgewise.pause()
  await chat(edgewise, 'I am vegetarian')
  edgewise.resume()
  expect(await edgewise.learning('off')).toMatchObject({ value: { learn: false } })
  await chat(edgewise, 'I use Python')
  await quiet()
  expect(asked).toEqual([])
  await edgewise.learning('on')
  expect(edgewise.state.value.learning).toEqual({ learn: true, blocked: [] })
  await chat(edgewise, 'I live in Ghent')
  await waitForFacts(edgewise, [{ text: 'The user lives in Ghent.' }])
})

test('categories that the org or the user keeps out are neither learned nor used', async () => {
  const { edge, edgewise } = await openLearning()
  await edgewise.facts.add({ category: 'tool', text: 'uses Python' })
  const { edgewise: strict } = await openLearning({
    edge: Object.assign(edge, { blocked: ['diet'] }),
  })
  expect(await strict.learning({ blocked: ['tool'] })).toMatchObject({
    value: { blocked: ['tool'] },
  })
  await chat(strict, 'I am vegetarian. I use Python. I live in Ghent')
  await waitForFacts(strict, [{ text: 'The user lives in Ghent.' }])
  await edgewise.learning({ blocked: ['tool'] })
  expect(edgewise.state.value.learning.blocked).toEqual(['tool'])
})

test('a deleted fact stays away until it is said again', async () => {
  const { edgewise } = await openLearning()
  await learnAndDelete(edgewise, { message: 'I use Python', where: 'device' })
  expect(await listed(edgewise)).toEqual([])
  await chat(edgewise, 'Well, I use Python now')
  await waitForFacts(edgewise, [{ text: 'The user uses Python.' }])
})

test('the history tells what was learned, and each change can be taken back', async () => {
  const { edgewise } = await openLearning()
  await chat(edgewise, 'I use Python')
  await waitForFacts(edgewise, [{}])
  const [fact] = await listed(edgewise)
  await edgewise.facts.remove(fact?.id ?? '')
  const { changes } = await edgewise.facts.history()
  expect(changes).toMatchObject([
    {
      action: 'removed',
      cause: 'owner',
      where: 'device',
      before: { text: 'The user uses Python.' },
    },
    { action: 'added', cause: 'learned', after: { source: 'typed' } },
  ])
  expect(await edgewise.facts.undo(changes[0]?.id ?? '')).toMatchObject({ ok: true })
  await waitForFacts(edgewise, [{ text: 'The user uses Python.', source: 'typed' }])
  expect((await edgewise.facts.history()).changes[0]).toMatchObject({ action: 'restored' })
  expect(await edgewise.facts.undo('d999')).toMatchObject({ problem: { code: 'not_found' } })
})

test('the words of a deleted fact are kept for a day, and stand in no change after it', async () => {
  const { edge, edgewise, user } = await openLearning()
  await chat(edgewise, 'I use Python')
  await waitForFacts(edgewise, [{}])
  const [fact] = await listed(edgewise)
  await edgewise.facts.remove(fact?.id ?? '')
  const learned = async () => JSON.stringify(JSON.parse(await storedOf(user)).learned)
  expect(await learned()).toContain('Python')
  edgewise.stop()
  const later = Date.now() + 25 * 3600 * 1000
  const clock = vi.spyOn(Date, 'now').mockImplementation(() => later)
  const { edgewise: again } = openPage({ edge, user, storage: 'device' })
  await ready(again)
  await eventually(async () => expect(await learned()).not.toContain('Python'))
  expect((await again.facts.history()).changes.map(({ action }) => action)).toEqual([
    'removed',
    'added',
  ])
  clock.mockRestore()
})

test('what has expired leaves the device after the time in which it can still be seen', async () => {
  const { edge, edgewise, user } = await openLearning()
  const at = Date.now()
  const expires = at + 1000
  await edgewise.facts.add({ category: 'goal', text: 'run a marathon', expires })
  await edgewise.facts.add({ category: 'goal', text: 'learn to sail' })
  edgewise.stop()
  const clock = vi.spyOn(Date, 'now').mockImplementation(() => at + 31 * 24 * 3600 * 1000)
  const { edgewise: again } = openPage({ edge, user, storage: 'device' })
  await ready(again)
  await waitForFacts(again, [{ text: 'learn to sail' }])
  const { changes } = await again.facts.history()
  expect(changes[0]).toMatchObject({ action: 'expired', cause: 'time' })
  clock.mockRestore()
})

test('what is cleared while a message is being read is not learned', async () => {
  const { edgewise, user } = await openLearning({
    findFacts: async (message) => {
      await edgewise.clear('device')
      return createFinder().find(message)
    },
  })
  await chat(edgewise, 'I use Python')
  await quiet()
  expect(await listed(edgewise)).toEqual([])
  expect(await storedOf(user)).not.toContain('Python')
})

test('a finder that fails costs nothing but what it would have found', async () => {
  const find = vi.fn<FindFacts>().mockRejectedValueOnce(new Error('no weights'))
  const { edgewise } = await openLearning({ findFacts: find })
  find.mockImplementation(createFinder().find)
  expect(await chat(edgewise, 'I use Python')).toContain('Hi')
  await eventually(() => expect(find).toHaveBeenCalledTimes(1))
  await chat(edgewise, 'I live in Ghent')
  await waitForFacts(edgewise, [{ text: 'The user lives in Ghent.' }])
})

test('with the built-in weights statements are found, and questions that anybody asks are none', async () => {
  const { edgewise } = openPage({ storage: 'device', assets: '/' })
  await edgewise.facts.list()
  await chat(edgewise, 'What is the capital of France?')
  await quiet()
  expect(await listed(edgewise)).toEqual([])
  for (const message of [
    'I am allergic to peanuts, so no satay please.',
    'I am a vegetarian, what should I cook tonight?',
    'I live in Ghent with my two kids.',
    'I prefer short answers.',
  ]) {
    await chat(edgewise, message)
  }
  await eventually(async () => expect(await listed(edgewise)).not.toEqual([]))
})
