import { describe, expect, test } from 'vitest'
import type { Org } from '../../shared/schema/org.ts'
import type { SelfModelView, Session } from '../../shared/schema/session.ts'
import { acme, acmeToken, createHarness, orgsOf, receiptOf, someone } from './harness.ts'
import { consumersOf, newcomer, realNow } from './learners.ts'
import { context, decision } from './people.ts'

const WEEK = 7 * 24 * 3600 * 1000
const own = 'You are the assistant of a shop for tools and garden machines. '.repeat(120)
const on: Partial<Org> = { cohorts: { on: true }, requestsPerMinute: 12 }

const shop = (rest: Partial<Org> = on) =>
  createHarness({ ports: () => ({ orgs: orgsOf(acme(rest)) }) })

async function wish(harness: ReturnType<typeof shop>, user: string, ...texts: string[]) {
  for (const text of texts) {
    await harness.fetch('/v1/self-model/facts', {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await acmeToken(user)}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ category: 'style', text }),
    })
  }
  const opened = await harness.fetch('/v1/sessions', {
    method: 'POST',
    headers: { authorization: `Bearer ${await acmeToken(user)}` },
  })
  return opened.json<Session>()
}

type Asked = {
  cohort?: Session['cohort']
  style?: boolean
  model?: string
  system?: string
  gate?: 'paused'
}

async function ask(harness: ReturnType<typeof shop>, user: string, asked: Asked = {}) {
  const { cohort, style = false, model = 'gpt-5.4', system = own, gate = 'ready' } = asked
  const slices = { style, session: false, profile: false }
  const device = { store: 'edge', gate, ...(cohort ? { cohort } : {}) } as const
  const messages = [
    { role: 'system', content: system },
    { role: 'user', content: `How do I sharpen a saw? (${user})` },
  ]
  const response = await harness.chat(
    { model, messages },
    {
      context: context({ device, decision: decision({ slices }) }),
      headers: { authorization: `Bearer ${await acmeToken(user)}` },
    },
  )
  const sent: { messages: { role: string; content: unknown }[] } = JSON.parse(
    harness.provider.last(),
  )
  return { sent, receipt: receiptOf(response) }
}

const prefixOf = ({ messages }: { messages: { role: string; content: unknown }[] }) =>
  JSON.stringify(messages.filter(({ role }) => role === 'system'))

describe('where an org shares templates', () => {
  test('two users of one cohort have equal bytes up to the first words of their own', async () => {
    const harness = shop()
    const [ada, ben] = [someone(), someone()]
    const first = await wish(harness, ada, 'Keep answers short, as bullet points')
    const second = await wish(harness, ben, 'Be brief and use lists')
    expect([first.cohort, second.cohort]).toEqual([
      'usual-brief-structured',
      'usual-brief-structured',
    ])
    const style = { style: true, model: 'gpt-5.4' }
    const one = await ask(harness, ada, { cohort: first.cohort, ...style })
    const raw = harness.provider.last()
    const two = await ask(harness, ben, { cohort: second.cohort, ...style })
    const end = raw.indexOf('How do I sharpen')
    expect(end).toBeGreaterThan(own.length)
    expect(harness.provider.last().slice(0, end)).toBe(raw.slice(0, end))
    expect(prefixOf(one.sent)).toContain('Form of answers: brief; bullet points')
    // The style line has left the block.
    expect(JSON.stringify(one.sent)).not.toContain('user_context')
    expect(two.receipt).toMatchObject({ cohort: 'usual-brief-structured', slices: ['org'] })
  })

  test.each<[string, Partial<Org>, Asked]>([
    ['the org has it off', { requestsPerMinute: 12 }, {}],
    ['too few requests would share it', { cohorts: { on: true }, requestsPerMinute: 2 }, {}],
    ['the prefix is too short to be kept', on, { system: 'Be kind.' }],
    ['nothing is known of the model', on, { model: 'a-model-of-our-own' }],
    ['the user has paused', on, { gate: 'paused' }],
    ['the org keeps style out', { ...on, settings: { blocked: ['style'] } }, {}],
  ])('it is left out where %s', async (_, org, asked) => {
    const harness = shop(org)
    const user = someone()
    const { cohort } = await wish(harness, user, 'Keep answers short')
    const { sent } = await ask(harness, user, { cohort, model: 'gpt-5.4', ...asked })
    expect(JSON.stringify(sent)).not.toContain('Form of answers')
  })

  test('the style line stays in the block where the template is left out', async () => {
    const harness = shop({})
    const user = someone()
    const { cohort } = await wish(harness, user, 'Keep answers short')
    const { sent, receipt } = await ask(harness, user, { cohort, style: true, model: 'gpt-5.4' })
    expect(JSON.stringify(sent)).toContain('brief')
    expect(receipt).toMatchObject({ cohort: 'usual-brief-free', slices: ['style'] })
  })
})

test('a cohort changes at most once a week, ends with an erasure, and follows a wish to keep style out', async () => {
  const { keys } = await newcomer()
  const { ports } = consumersOf()
  const { selfModels } = ports
  const view = (): Promise<SelfModelView> => selfModels.view(keys)
  const told = (text: string, made: number) =>
    selfModels.learn(keys, [
      {
        v: 1,
        made,
        cause: 'learned',
        blocked: [],
        messages: [{ id: text, facts: [{ category: 'style', text, source: 'typed', at: made }] }],
      },
    ])
  const now = realNow()
  await told('Keep answers short', now - 2 * WEEK + 60_000)
  expect((await view()).persona.cohort).toBe('usual-brief-free')
  await told('Answer in detail', now)
  expect((await view()).persona).toMatchObject({ cohort: 'usual-brief-free', style: 'thorough' })
  await selfModels.settings(keys, { limits: { blocked: ['style'] } })
  expect((await view()).persona.cohort).toBeUndefined()
  await selfModels.settings(keys, { limits: {} })
  expect((await view()).persona.cohort).toBe('usual-brief-free')
  await selfModels.forget(keys)
  expect((await view()).persona.cohort).toBeUndefined()
})
