import { ok, type Result } from '../shared/problem.ts'
import { DeadLetterList, LettersDone } from '../shared/schema/learning.ts'
import { accessHelp, accessOptions, callWorker, openAccess, type Access } from './access.ts'
import { readArgs } from './read-args.ts'
import { sentence } from './sentence.ts'

const help = `Shows what could not be learned of an org's users, and learns it after all or drops it.

  npm run -s dead-letters -- list --org ORG
  npm run -s dead-letters -- replay ID… | --all --org ORG
  npm run -s dead-letters -- drop ID… | --all --org ORG

A report that failed six times, or that nobody could read, is kept for 14 days, sealed: when, why and whose it
is (by the pseudonym of the logs) can be seen, what it says cannot. What is sent again is learned once, and
not at all after its user has erased everything.

${accessHelp}
               (a token needs the scope "org:admin"; with a key it gets it)
`

const { values, positionals } = readArgs({
  allowPositionals: true,
  options: {
    ...accessOptions,
    all: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h' },
  },
})
const [command, ...ids] = positionals
const isList = command === 'list' && ids.length === 0 && !values.all
const isTaking = (command === 'replay' || command === 'drop') && values.all === (ids.length === 0)

if (values.help) process.stdout.write(help)
else if (!values.org || !(isList || isTaking)) {
  process.stderr.write(help)
  process.exitCode = 2
} else {
  const { org, endpoint, token, key } = values
  const user = 'dead-letters-command'
  const access = openAccess({ org, user, endpoint, token, key, scope: 'org:admin' })
  const path = `/v1/admin/orgs/${encodeURIComponent(org)}/dead-letters`
  const done = !access.ok ? access : await (isList ? list : take)(access.value, path)
  if (done.ok) process.stdout.write(done.value)
  else {
    process.stderr.write(`${sentence(done.problem)}\n`)
    process.exitCode = 1
  }
}

async function list(access: Access, path: string): Promise<Result<string>> {
  const answer = await callWorker(access, { method: 'GET', path })
  if (!answer.ok) return answer
  const { letters, more } = DeadLetterList.parse(answer.value.body)
  if (letters.length === 0) return ok('Nothing: all that was reported has been learned.\n')
  const lines = letters.map(({ id, at, why, subject, bytes }) =>
    [
      id,
      new Date(at).toISOString().slice(0, 16),
      why.padEnd(16),
      subject.slice(0, 12),
      `${bytes} bytes`,
    ].join('  '),
  )
  return ok(`${lines.join('\n')}\n${more ? 'and more\n' : ''}`)
}

/** All are taken in turns: one call takes at most 100. What comes back meanwhile is not taken again. */
async function take(access: Access, path: string): Promise<Result<string>> {
  const body = values.all ? { all: true, until: Date.now() } : { ids }
  let sum = 0
  for (;;) {
    const answer = await callWorker(access, { method: 'POST', path: `${path}/${command}`, body })
    if (!answer.ok) return answer
    const { count, left } = LettersDone.parse(answer.value.body)
    sum += count
    if (values.all && left > 0 && count > 0) continue
    const words = command === 'replay' ? 'on their way again' : 'dropped'
    return ok(`${sum} ${words}, ${left} left.\n`)
  }
}
