import { mintToken } from '../client/server.ts'
import { developmentKey } from './development-key.ts'
import { readArgs } from './read-args.ts'

const help = `Mints an app token for local development and prints it.

  npm run -s token -- --org demo --user ada [--ttl 3600] [--scope org:admin]

  --org   organisation (only "demo" has the development key)
  --user  user id in that organisation
  --ttl   life in seconds, at most 86400 (3600)
  --scope what it allows beyond asking for its user; "org:admin" to change the org's record
`

const { values } = readArgs({
  options: {
    org: { type: 'string', default: 'demo' },
    user: { type: 'string' },
    ttl: { type: 'string', default: '3600' },
    scope: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
})
const ttl = Number(values.ttl)
if (values.help) process.stdout.write(help)
else if (!values.user || !Number.isInteger(ttl) || ttl < 1 || ttl > 86_400) {
  process.stderr.write(help)
  process.exitCode = 2
} else {
  const key = { kid: 'development', alg: 'HS256' as const, secret: developmentKey() }
  const scope = values.scope === undefined ? {} : { scope: values.scope }
  const token = await mintToken({ key, org: values.org, user: values.user, ttl, ...scope })
  process.stdout.write(`${token}\n`)
}
