import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { startEdgewise } from './start.ts'

const developmentToken = () =>
  execFileSync('npm', ['run', '-s', 'token', '--', '--user', 'ada'], { encoding: 'utf8' }).trim()

test('npm start gives the Worker its environment as it is, and in production no development key', async () => {
  const token = String.raw`reads $HOME, "all" metrics\n of ${'$'}{PATH} # 0123456789`
  const edgewise = await startEdgewise({
    ENVIRONMENT: 'production',
    EDGEWISE_NAMING_SECRET: 'n'.repeat(32),
    EDGEWISE_ROOT_SECRETS: 'r'.repeat(32),
    EDGEWISE_METRICS_TOKEN: token,
  })
  try {
    const get = (path: string, given: string) =>
      fetch(`${edgewise.url}${path}`, { headers: { authorization: `Bearer ${given}` } })
    expect((await get('/metrics', token)).status).toBe(200)
    expect((await get('/demo/token', '')).status).toBe(404)
    const refused = await get('/v1/self-model', developmentToken())
    expect(await refused.json()).toMatchObject({ code: 'no_keys_configured' })
  } finally {
    await edgewise.stop()
  }
})
