import { expect, test } from 'vitest'
import { unstable_readConfig } from 'wrangler'

test('the platform keeps no record of requests: it would hold what Edgewise-Context says of users', () => {
  const { observability } = unstable_readConfig({ config: 'wrangler.toml' })
  expect(observability?.logs).toMatchObject({ enabled: true, invocation_logs: false })
})
