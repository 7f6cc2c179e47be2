import { expect, test } from 'vitest'
import type { Org } from '../../shared/schema/org.ts'
import { acme, acmeToken, createHarness, orgsOf } from './harness.ts'
import { chatBody } from './people.ts'

const withAcme = (rest: Partial<Org> = {}) =>
  createHarness({ ports: () => ({ orgs: orgsOf(acme(rest)) }) })

async function askAcme(rules: Partial<Org>, members: string) {
  const harness = withAcme(rules)
  const headers = { authorization: `Bearer ${await acmeToken('ada')}` }
  return { harness, response: await harness.chat(`{${members}}`, { headers }) }
}

test.each([
  ['twice, the other one first', '"model":"large","model":"small"'],
  ['twice, the other one last', '"model":"small","model":"large"'],
  ['in capitals', '"model":"small","MODEL":"large"'],
  ['with an escape', String.raw`"model":"small","mod\u0065l":"large"`],
  [
    'with an escape that V8 takes for another name',
    String.raw`"model":"small","messages":[{"role":"user","content":"hi"}],"\u006dodel":"large"`,
  ],
  ['with the long s', '"model":"small","model\u017f":["large"]'],
  ['as one of several', '"model":"small","models":["small","large"]'],
  ['as what comes next', '"model":"small","fallbacks":[{"small":["large"]}]'],
  [
    'as what comes when it is too long',
    '"model":"small","context_window_fallbacks":[{"small":["large"]}]',
  ],
  ['in a gateway’s options', '"model":"small","providerOptions":{"gateway":{"models":["large"]}}'],
  ['in a tool', '"model":"small","tools":[{"type":"advisor","name":"advisor","model":"large"}]'],
  ['hidden by its repetition', '"model":"small","fallbacks":[{"model":"large","model":"small"}]'],
  ['as a deployment', '"model":"small","deployment_id":"large"'],
  [
    'deeper than anybody looks',
    `"model":"small","x":${'['.repeat(80)}{"model":"large"}${']'.repeat(80)}`,
  ],
])('a model that is not allowed gets through in no spelling: %s', async (_, named) => {
  // What V8 remembers of this one, it mistakes the escaped name for (nodejs/node#63785).
  JSON.parse(String.raw`{"model":[],"messages":[],"\\u006":0}`)
  const { response, harness } = await askAcme({ models: ['small'] }, named)
  expect([400, 403]).toContain(response.status)
  expect((await response.json<{ error: { code: string } }>()).error.code).toMatch(
    /^(model_not_allowed|bad_request)$/,
  )
  expect(harness.provider.sent).toEqual([])
})

test.each([
  ['as one of several', '"models":["small","tiny"],"fallbacks":[{"model":"tiny"},null]'],
  ['as what comes next', '"fallbacks":[{"small":["tiny"]}],"models":null'],
  ['in a tool', '"tools":[{"type":"image_generation","model":"tiny"}]'],
  [
    'as a topic',
    '"metadata":{"model":"T"},"tools":[{"type":"function","function":{"name":"f","parameters":{"properties":{"model":{"type":"string"}},"required":["model"]}}}]',
  ],
  [
    'in an example',
    '"tools":[{"name":"f","input_schema":{"properties":{"model":true}},"input_examples":[{"model":"Corolla"}]},{"type":"mcp","headers":{"x-model-version":"2"}}]',
  ],
  [
    'in the answer’s form',
    '"text":{"format":{"schema":{"properties":{"models":{"type":"array"}}}}}',
  ],
])('a model that is allowed, or is only spoken of, gets through: %s', async (_, rest) => {
  const messages =
    '"messages":[{"role":"user","content":[{"type":"text","text":"hi","model":"x"}]}]'
  const { response, harness } = await askAcme(
    { models: ['small', 'tiny'] },
    `"model":"small",${messages},${rest}`,
  )
  expect(response.status).toBe(200)
  expect(harness.provider.sent).toHaveLength(1)
})

test.each(['"Messages":[]', '"messages":[]', '"N":100', String.raw`"\u006d\u0065ssages":[]`])(
  'where the org has rules, a body that servers read in two ways is refused: %s',
  async (twice) => {
    const asked = `"model":"m","n":1,"messages":[{"role":"user","content":"hi"}]`
    const { response } = await askAcme({ compliance: ['Be kind.'] }, `${asked},${twice}`)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { code: 'bad_request' } })
    const plain = await askAcme({}, `${asked},${twice}`)
    expect(plain.response.status).toBe(200)
  },
)

test('an org with rules gets no body past them by making it unreadable', async () => {
  const harness = withAcme({ models: ['small'] })
  const headers = { authorization: `Bearer ${await acmeToken('ada')}` }
  const large = chatBody('hi', { filler: 'y'.repeat(4.5 * 1024 * 1024) })
  expect((await harness.chat(large, { headers })).status).toBe(413)
  expect((await harness.chat('{"model":', { headers })).status).toBe(400)
  expect(harness.provider.sent).toEqual([])
})
