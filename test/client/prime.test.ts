import { afterEach, expect, test } from 'vitest'
import { closePages, openPage, ready, storedOf, texts } from './support/page.ts'

afterEach(closePages)

const account = { role: 'a nurse', expertise: { Python: 'advanced', SQL: 'beginner' } } as const
const told = [
  'The user is an expert in Python.',
  'The user is new to SQL.',
  'The user works as a nurse.',
]

test('what the app knows of the account is there before the first message, and comes from the app', async () => {
  const { edge, edgewise, user } = openPage({ storage: 'edge' })
  const primed = await edgewise.prime(account)
  expect(primed.ok && primed.value.map(({ text }) => text).toSorted()).toEqual(told)
  expect(edge.modelOf(user).facts.map(({ source, status }) => [source, status])).toEqual(
    told.map(() => ['app', 'active']),
  )
  const { facets } = await edgewise.facts.list()
  expect(facets.expertise).toMatchObject([
    { area: 'Python', level: 'advanced' },
    { area: 'SQL', level: 'beginner' },
  ])
})

test('it may be called on every page: nothing is told twice, and where all is known nothing is read', async () => {
  const { edge, edgewise, user } = openPage({ storage: 'edge' })
  await Promise.all([edgewise.prime(account), edgewise.prime(account)])
  expect(edge.modelOf(user).facts.map(({ times }) => times)).toEqual([1, 1, 1])
  const next = openPage({ edge, user, storage: 'edge' })
  await ready(next.edgewise)
  const reads = edge.calls('/v1/self-model').length
  expect(await next.edgewise.prime(account)).toEqual({ ok: true, value: [] })
  expect(edge.calls('/v1/self-model').length).toBe(reads)
  expect(edge.modelOf(user).facts.map(({ times }) => times)).toEqual([1, 1, 1])
})

test('before the user has agreed to anything it stays in this page', async () => {
  const { edge, edgewise, user } = openPage()
  await edgewise.prime(account)
  expect(await texts(edgewise)).toEqual(told)
  expect(edge.modelOf(user).facts).toEqual([])
  expect(await storedOf(user)).toBe('')
})

test.for(['device', 'edge'] as const)(
  'what the user has deleted or changed is theirs: it does not come back (%s)',
  async (storage) => {
    const { edge, edgewise, user } = openPage({ storage })
    await edgewise.prime(account)
    const { facts } = await edgewise.facts.list()
    const idOf = (text: string) => facts.find((fact) => fact.text === text)?.id ?? ''
    await edgewise.facts.remove(idOf('The user works as a nurse.'))
    await edgewise.facts.edit(idOf('The user is new to SQL.'), { text: 'Knows some SQL' })
    const left = ['Knows some SQL', 'The user is an expert in Python.']
    expect(await edgewise.prime(account)).toEqual({ ok: true, value: [] })
    expect(await texts(edgewise)).toEqual(left)
    const other = openPage({ edge, user, storage })
    await other.edgewise.prime(account)
    expect(await texts(other.edgewise)).toEqual(left)
  },
)

test('a kind of fact of which the user has spoken is not filled, another is', async () => {
  const { edgewise } = openPage()
  await edgewise.facts.add({ category: 'role', text: 'Builds bridges for a living' })
  await edgewise.prime({ role: 'a nurse', length: 'brief', language: 'de' })
  expect(await texts(edgewise)).toEqual([
    'Builds bridges for a living',
    'The user prefers brief answers.',
    'The user wants answers in German.',
  ])
})

test('who has had everything forgotten is not met with it again', async () => {
  const { edgewise } = openPage({ storage: 'edge' })
  await edgewise.prime(account)
  await edgewise.clear('everything')
  await edgewise.prime(account)
  expect(await texts(edgewise)).toEqual([])
})

test('with learning off, while paused, and in kinds that the user keeps out, nothing is told', async () => {
  const { edgewise } = openPage()
  await ready(edgewise)
  edgewise.pause()
  await edgewise.prime(account)
  edgewise.resume()
  await edgewise.learning('off')
  await edgewise.prime(account)
  expect(await texts(edgewise)).toEqual([])
  await edgewise.learning('on')
  await edgewise.learning({ blocked: ['role'] })
  await edgewise.prime(account)
  expect(await texts(edgewise)).toEqual(told.slice(0, 2))
})

test('what is empty or no value says nothing; an edge that cannot be read is said', async () => {
  const { edge, edgewise } = openPage()
  const odd = { role: ' ', language: 'not a language', expertise: { Go: 'guru' as 'advanced' } }
  expect(await edgewise.prime(odd)).toEqual({ ok: true, value: [] })
  edge.fails.set('/v1/self-model', () => new Response('{}', { status: 503 }))
  expect(await edgewise.prime(account)).toMatchObject({ problem: { code: 'edge_unreachable' } })
  edge.fails.clear()
  expect(await edgewise.prime(account)).toMatchObject({ ok: true })
  expect(await texts(edgewise)).toEqual(told)
})
