import { describe, expect, test } from 'vitest'
import type { Org } from '../../shared/schema/org.ts'
import type { ContextReply } from '../../shared/schema/session.ts'
import { acme, acmeToken, createHarness, orgsOf, someone } from './harness.ts'

/* What `POST /v1/context` says of the provider's cache to an app that calls its provider itself. */

const own = 'You are the assistant of a shop for tools and garden machines. '.repeat(120)
const system = { role: 'system', content: own }
const before = [
  { role: 'user', content: 'How do I sharpen a saw?' },
  { role: 'assistant', content: 'With a file.' },
]
const facts = [{ id: 'f1', category: 'diet', text: 'I am allergic to peanuts', vital: true }]

async function hintsOf(asked: object, org: Partial<Org> = {}) {
  const harness = createHarness({ ports: () => ({ orgs: orgsOf(acme(org)) }) })
  const response = await harness.fetch('/v1/context', {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await acmeToken(someone())}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ query: 'Dinner ideas for tonight?', facts, ...asked }),
  })
  expect(response.status).toBe(200)
  return response.json<ContextReply>()
}

describe('the hints on the cache', () => {
  test('name the end of what is shared and of the words, in front of the block', async () => {
    const messages = [system, ...before]
    const { cache, block } = await hintsOf({ messages, model: 'claude-sonnet-5' })
    expect(block).toContain('peanuts')
    expect(cache).toEqual({
      why: 'planned',
      field: 'cache_control',
      markers: [{ after: 'shared' }, { after: 'query' }],
      exclusive: false,
    })
  })
  test('name the earlier message where the model looks at markers alone, and the key', async () => {
    const { cache } = await hintsOf({ messages: [system, ...before], model: 'gpt-5.6' })
    expect(cache).toEqual({
      why: 'planned',
      field: 'prompt_cache_breakpoint',
      markers: [{ after: 'shared' }, { after: 'message', message: 1 }, { after: 'query' }],
      exclusive: true,
      key: expect.stringMatching(/^ew-.{48}-0$|^ew-[^-]+-0$/),
    })
  })
  test('are the key alone where every prefix is kept', async () => {
    const { cache } = await hintsOf({ messages: [system], model: 'gpt-5.4' })
    expect(cache).toMatchObject({ why: 'implicit', markers: [], key: expect.any(String) })
  })
  test('count what the app says of its tools, and the markers that it has set', async () => {
    const model = 'claude-sonnet-5'
    expect((await hintsOf({ model })).cache.why).toBe('below_minimum')
    const told = (await hintsOf({ model, sharedTokens: 3000 })).cache
    expect(told.markers).toEqual([{ after: 'shared' }, { after: 'query' }])
    const part = { type: 'text', text: own, cache_control: { type: 'ephemeral' } }
    const marked = { role: 'system', content: [part, part, part] }
    expect((await hintsOf({ model, messages: [marked] })).cache.markers).toEqual([
      { after: 'query' },
    ])
    const full = { role: 'system', content: [part, part, part, part] }
    expect((await hintsOf({ model, messages: [full] })).cache.why).toBe('no_marker_left')
  })
  test.each<[string, string | undefined, Partial<Org>]>([
    ['no_model', undefined, {}],
    ['no_cache', 'a-model-of-our-own', {}],
    ['off', 'claude-sonnet-5', { cache: 'off' }],
  ])('say %s where nothing can be said', async (why, model, org) => {
    const { cache } = await hintsOf({ messages: [system], model }, org)
    expect(cache).toEqual({ why, markers: [], exclusive: false })
  })
})
