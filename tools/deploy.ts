import { spawnSync } from 'node:child_process'
import { buildAssets } from './build.ts'
import { readSecrets, secretsFile } from './secrets.ts'

const help = `Builds and deploys the Worker with wrangler; KV and Durable Objects are made at the first deploy.

  npm run deploy [-- --dry-run] [-- any option of wrangler deploy]

Needs: npm run setup (secrets), wrangler login (account).
`
const options = process.argv.slice(2)
if (options.includes('--help') || options.includes('-h')) process.stdout.write(help)
else {
  readSecrets()
  await buildAssets()
  const { status } = spawnSync('wrangler', ['deploy', '--secrets-file', secretsFile, ...options], {
    stdio: 'inherit',
  })
  process.exitCode = status ?? 1
}
