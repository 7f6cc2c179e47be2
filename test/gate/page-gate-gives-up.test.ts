import { afterAll, describe, expect, it } from 'vitest'
import { startGatePage } from '../../tools/gate-page.ts'
import { decide, lastWord, makeGate, statusOf, warm } from './page.ts'

/** The page's gate in a real Chromium, with the committed models and the real worker. */
const site = await startGatePage({
  page: 'test/gate/in-page.ts',
  'gate-worker': 'client/gate/full-worker.ts',
})
afterAll(site.close)

describe('the large tier gives up, and the small one answers', { timeout: 60_000 }, () => {
  const cases: [name: string, reason: string, setup: { policy?: string; before?: () => void }][] = [
    [
      'when the user saves data',
      'the user saves data',
      {
        before: () => Object.defineProperty(navigator, 'connection', { value: { saveData: true } }),
      },
    ],
    [
      'when there is little memory',
      'the device has little memory',
      { before: () => Object.defineProperty(navigator, 'deviceMemory', { value: 2 }) },
    ],
    [
      'without WebAssembly',
      'the browser has no WebAssembly',
      { before: () => Reflect.deleteProperty(globalThis, 'WebAssembly') },
    ],
    [
      'when the policy refuses WebAssembly',
      'WebAssembly',
      { policy: "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'" },
    ],
    [
      'when the policy refuses the worker',
      'worker',
      { policy: "default-src 'none'; script-src 'self'; worker-src 'none'; connect-src 'self'" },
    ],
    [
      'when Trusted Types do not know it',
      'does not allow the worker',
      {
        policy:
          "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types other",
      },
    ],
  ]

  it.each(cases)('%s', async (_name, reason, setup) => {
    const page = await site.open(setup)
    await makeGate(page, { full: true, unsure: true })
    await warm(page)
    expect(await lastWord(page)).toMatchObject({
      state: 'given_up',
      reason: expect.stringContaining(reason),
    })
    const decision = await decide(page, 'dinner ideas for tonight?')
    expect(decision.tier).toBe('lite')
    expect(await statusOf(page)).toBe('lite')
    await page.context().close()
  })

  it('when its files are missing', async () => {
    const page = await site.open()
    await page.context().route('**/model_quantized.onnx', (route) => route.fulfill({ status: 404 }))
    await makeGate(page, { full: true, unsure: true })
    await warm(page)
    expect((await lastWord(page))?.state).toBe('given_up')
    expect((await decide(page, 'dinner ideas for tonight?')).tier).toBe('lite')
    await page.context().close()
  })
})
