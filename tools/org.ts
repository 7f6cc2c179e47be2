import { readFileSync } from 'node:fs'
import type { Result } from '../shared/problem.ts'
import type { Org } from '../shared/schema/org.ts'
import { apiStore } from './org-api.ts'
import { wranglerStore } from './org-store.ts'
import { readArgs } from './read-args.ts'
import { sentence } from './sentence.ts'

const help = `Writes and reads the record of an organisation: its keys, texts, budgets, sources, allowed origins and models.

  npm run -s org -- put FILE.json [--local]
  npm run -s org -- get ID [--local]
  npm run -s org -- list [--local]
  npm run -s org -- put FILE.json --endpoint URL --token TOKEN
  npm run -s org -- get ID --endpoint URL --token TOKEN

FILE.json, at the least: {"v": 1, "id": "acme", "keys": [{"kid": "1", "alg": "HS256", "secret": "…32 characters or more"}]}
To change a record, get it, edit the file and put it: its revision tells whether somebody else was faster,
and the masks in place of secrets keep the stored ones.

--local      the data of npm start; otherwise the deployed Worker's (wrangler login)
--endpoint   through the admin API of a running Worker instead, with a token of the org whose scope holds
--token      "org:admin" (or EDGEWISE_ADMIN_TOKEN); tokensPerDay, sourceHosts, sourceBindings stay as they are,
             and so does a parent that the record has
`

const { values, positionals } = readArgs({
  allowPositionals: true,
  options: {
    local: { type: 'boolean', default: false },
    endpoint: { type: 'string' },
    token: { type: 'string', default: process.env['EDGEWISE_ADMIN_TOKEN'] ?? '' },
    help: { type: 'boolean', short: 'h' },
  },
})
const [command, argument] = positionals
const { endpoint, token, local } = values

if (values.help) process.stdout.write(help)
else if (command === 'put' && argument) tell(await put(argument), written)
else if (command === 'get' && argument) tell(await store().get(argument), pretty)
else if (command === 'list' && endpoint === undefined) {
  tell(await wranglerStore({ local }).list(), (orgs) => orgs.map(line).join(''))
} else {
  process.stderr.write(help)
  process.exitCode = 2
}

function store() {
  return endpoint === undefined ? wranglerStore({ local }) : apiStore({ endpoint, token })
}

async function put(file: string): Promise<Result<Org>> {
  let json: unknown
  try {
    json = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : ''
    return { ok: false, problem: { code: 'bad_json', field: file, detail } }
  }
  return store().put(json)
}

function tell<T>(result: Result<T>, words: (value: T) => string): void {
  if (result.ok) {
    process.stdout.write(words(result.value))
    return
  }
  process.stderr.write(`${sentence(result.problem)}\n`)
  process.exitCode = 1
}

function pretty(org: Org): string {
  return `${JSON.stringify(org, null, 2)}\n`
}

function written({ id, revision }: Org): string {
  return `Wrote revision ${revision} of "${id}"; it holds everywhere within a minute.\n`
}

function line({ id, name, revision = 0, parent, disabled }: Org): string {
  const parts = [id, name, `revision ${revision}`, parent && `under ${parent}`, disabled && 'off']
  return `${parts.filter(Boolean).join('\t')}\n`
}
