import { spawnSync } from 'node:child_process'
import { buildAssets } from './build.ts'
import { readSecrets, secretsFile } from './secrets.ts'

const help = `Builds and deploys the Worker with wrangler, then applies the migrations of its database. KV, queues, the
database and Durable Objects are made at the first deploy.

  npm run deploy [-- --dry-run] [-- any option of wrangler deploy]

Needs: npm run setup (secrets), wrangler login (account).
`
const options = process.argv.slice(2)
if (options.includes('--help') || options.includes('-h')) process.stdout.write(help)
else {
  readSecrets()
  await buildAssets()
  const deployed = wrangler('deploy', '--secrets-file', secretsFile, ...options)
  // Not before: the first deploy makes the database. Until then what needs a table fails and says so.
  process.exitCode =
    deployed === 0 && !options.some((option) => /^--dry-?run(?:=(?!false)|$)/i.test(option))
      ? wrangler('d1', 'migrations', 'apply', 'METRICS', '--remote', ...whichOf(options))
      : deployed
}

/** The options that say which Worker is meant: they hold for its database, too. */
function whichOf(given: readonly string[]): string[] {
  return given.flatMap((option, i) => {
    if (/^(?:--(?:env|config|cwd)=|-[ec].)/.test(option)) return [option]
    const isNamed = /^(?:--(?:env|config|cwd)|-[ec])$/.test(option)
    return isNamed ? [option, given[i + 1] ?? ''] : []
  })
}

function wrangler(...args: string[]): number {
  return spawnSync('wrangler', args, { stdio: 'inherit' }).status ?? 1
}
