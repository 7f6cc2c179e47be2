import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Org } from '../shared/schema/org.ts'
import { orgEntry } from '../worker/adapters/kv-orgs.ts'
import { createNames } from '../worker/adapters/names.ts'
import { createVault } from '../worker/adapters/vault.ts'
import { readConfig } from '../worker/config.ts'
import { developmentKey } from './development-key.ts'
import { readSecrets } from './secrets.ts'

const help = `Writes and reads the record of an organisation: its keys, texts, budgets, allowed origins and models.

  npm run -s org -- put FILE.json [--local]
  npm run -s org -- get ID [--local]

FILE.json, at the least: {"v": 1, "id": "acme", "keys": [{"kid": "1", "alg": "HS256", "secret": "…32 characters or more"}]}
--local works on the data of npm start, otherwise on the deployed Worker's (wrangler login).
Records are sealed with the deployment's secrets before they leave this machine.
`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { local: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
})
const [command, argument] = positionals
if (values.help || !argument || (command !== 'put' && command !== 'get')) {
  ;(values.help ? process.stdout : process.stderr).write(help)
  process.exitCode = values.help ? 0 : 2
} else if (command === 'put') await put(argument)
else await get(argument)

function sealing() {
  const given = values.local
    ? { ENVIRONMENT: 'development', DEVELOPMENT_KEY: developmentKey() }
    : readSecrets()
  const { secrets } = readConfig(given)
  if (!secrets) throw new Error('the secrets are missing or shorter than 32 characters')
  return { names: createNames(secrets.naming), vault: createVault(secrets.roots) }
}

const place = values.local ? ['--local', '--persist-to', '.wrangler/state'] : ['--remote']

function keyCommand(...args: string[]) {
  return spawnSync('wrangler', ['kv', 'key', ...args, '--binding', 'ORGS', ...place], {
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1 << 26,
  })
}

async function put(file: string): Promise<void> {
  const read = Org.safeParse(JSON.parse(readFileSync(file, 'utf8')))
  if (!read.success) {
    const issue = read.error.issues[0]
    process.stderr.write(`${file}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not an org record'}\n`)
    process.exitCode = 1
    return
  }
  const { key, value } = await orgEntry(read.data, sealing())
  const folder = mkdtempSync(join(tmpdir(), 'edgewise-org-'))
  const sealed = join(folder, 'record')
  writeFileSync(sealed, Buffer.from(value))
  const { status } = keyCommand('put', key, '--path', sealed)
  rmSync(folder, { recursive: true })
  process.exitCode = status ?? 1
  if (status === 0) process.stdout.write(`Wrote the record of "${read.data.id}"; it holds everywhere within a minute.\n`)
}

async function get(id: string): Promise<void> {
  const { names, vault } = sealing()
  const { orgKey, record } = await names.orgKeys(id)
  const { status, stdout } = keyCommand('get', record)
  if (status !== 0 || stdout.length === 0) {
    process.stderr.write(`There is no record of "${id}".\n`)
    process.exitCode = 1
    return
  }
  const sealed = new Uint8Array(stdout).buffer
  const org = await vault.open({ orgKey, name: record }, sealed)
  process.stdout.write(`${JSON.stringify(org, null, 2)}\n`)
}
