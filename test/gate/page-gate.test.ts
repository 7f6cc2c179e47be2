import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { startGatePage } from '../../tools/gate-page.ts'
import { decide, facts, lastWord, makeGate, options, progressOf, statusOf, warm } from './page.ts'

/** The page's gate in a real Chromium, with the committed models and the real worker. */
const site = await startGatePage({
  page: 'test/gate/in-page.ts',
  'gate-worker': 'client/gate/full-worker.ts',
})
afterAll(site.close)
beforeEach(() => void (site.requests.length = 0))

describe('the small tier in a page', { timeout: 60_000 }, () => {
  it('is fetched with the first decision, once, and answers', async () => {
    const page = await site.open()
    await makeGate(page)
    expect(await statusOf(page)).toBe('cold')
    const before = site.requests.length
    const [a, b] = await Promise.all([
      decide(page, 'dinner ideas for tonight?'),
      decide(page, 'What is the capital of France?'),
    ])
    expect(a.slices.profile).toBe(true)
    expect(b.slices.profile).toBe(false)
    expect(site.requests.slice(before).toSorted()).toEqual([
      '/models/gate.json',
      '/models/lite.bin',
    ])
    expect(await statusOf(page)).toBe('lite')
    await page.context().close()
  })

  it('tries again after a failure', async () => {
    const page = await site.open()
    await makeGate(page, { failFirst: true })
    await expect(decide(page, 'hello')).rejects.toThrow('no network')
    expect(await statusOf(page)).toBe('failed')
    expect((await decide(page, 'hello')).tier).toBe('lite')
    expect(await statusOf(page)).toBe('lite')
    await page.context().close()
  })
})

describe('the large tier in a page', { timeout: 120_000 }, () => {
  it('decides what the small one is unsure of, from files of the own origin only', async () => {
    const page = await site.open()
    const asked: string[] = []
    page.context().on('request', (request) => asked.push(request.url()))
    await makeGate(page, { full: true, unsure: true })
    const early = await decide(page, 'dinner ideas for tonight?')
    expect(early.tier).toBe('lite')
    await warm(page)
    expect(await lastWord(page)).toEqual({ part: 'full', state: 'ready' })
    expect(await statusOf(page)).toBe('full')
    const loading = (await progressOf(page)).filter(
      ({ part, state }) => part === 'full' && state === 'loading',
    )
    expect(loading.length).toBeGreaterThan(1)
    const decision = await decide(page, 'dinner ideas for tonight?')
    expect(decision.tier).toBe('full')
    expect(decision.ms).toBeGreaterThan(0)
    expect(asked.filter((url) => !url.startsWith(site.address))).toEqual([])
    expect(site.requests).toContain('/models/full/onnx/model_quantized.onnx')
    await page.context().close()
  })

  it('is not asked where the small one is sure', async () => {
    const page = await site.open()
    await page.route('**/gate.json', async (route) => {
      const config = await (await route.fetch()).json()
      config.tiers.lite.margin = { profile: 0, fact: 0 }
      await route.fulfill({ json: config })
    })
    await makeGate(page, { full: true })
    await warm(page)
    expect((await decide(page, 'dinner ideas for tonight?')).tier).toBe('lite')
    await page.context().close()
  })

  it('has only its deadline: then the small one answers', async () => {
    const page = await site.open()
    await makeGate(page, { full: true, unsure: true })
    await warm(page)
    expect((await decide(page, 'What should I read next?', { deadline: 0 })).tier).toBe('lite')
    expect((await decide(page, 'What should I read next?')).tier).toBe('full')
    await page.context().close()
  })

  it('has one job at a time: the newest wins, the older is answered by the small one', async () => {
    const page = await site.open()
    await makeGate(page, { full: true, unsure: true })
    await warm(page)
    const tiers = await page.evaluate(
      async ([known, chosen]) => {
        const ask = (query: string) =>
          window.held.gate.decide({ query, history: [], notes: [], facts: known }, chosen)
        const decisions = await Promise.all(
          ['first question?', 'second question?', 'third question?'].map(ask),
        )
        return decisions.map(({ tier }) => tier)
      },
      [facts, options] as const,
    )
    expect(tiers).toEqual(['lite', 'lite', 'full'])
    await page.context().close()
  })

  it('answers its callers when it is stopped', async () => {
    const page = await site.open()
    await makeGate(page, { full: true, unsure: true })
    await warm(page)
    const tier = await page.evaluate(
      async ([known, chosen]) => {
        const { gate } = window.held
        const answer = gate.decide(
          { query: 'What should I cook?', history: [], notes: [], facts: known },
          chosen,
        )
        await Promise.resolve()
        gate.stop()
        return (await answer).tier
      },
      [facts, options] as const,
    )
    expect(tier).toBe('lite')
    expect(await statusOf(page)).toBe('lite')
    expect((await decide(page, 'What should I cook?')).tier).toBe('lite')
    await page.context().close()
  })

  it('is fetched once: the next visit finds it in the cache', async () => {
    const page = await site.open()
    const graph = '/models/full/onnx/model_quantized.onnx'
    for (const times of [1, 1]) {
      await makeGate(page, { full: true })
      await warm(page)
      expect(await statusOf(page)).toBe('full')
      expect(site.requests.filter((path) => path === graph)).toHaveLength(times)
      await page.reload()
    }
    await page.context().close()
  })

  it('comes from another origin too, where the page allows that', async () => {
    const page = await site.open()
    const base = site.address.replace('127.0.0.1', 'localhost')
    await makeGate(page, { base, full: true, unsure: true })
    await warm(page)
    expect(await lastWord(page)).toEqual({ part: 'full', state: 'ready' })
    expect((await decide(page, 'dinner ideas for tonight?')).tier).toBe('full')
    await page.context().close()
  })

  it('runs under a strict policy with Trusted Types', async () => {
    const page = await site.open({
      policy:
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types edgewise",
    })
    await makeGate(page, { full: true, unsure: true })
    await warm(page)
    expect(await lastWord(page)).toEqual({ part: 'full', state: 'ready' })
    expect((await decide(page, 'dinner ideas for tonight?')).tier).toBe('full')
    await page.context().close()
  })
})
