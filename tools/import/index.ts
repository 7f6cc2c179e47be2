import { existsSync } from 'node:fs'
import { fail, ok, type Result } from '../../shared/problem.ts'
import { accessHelp, accessOptions, openAccess } from '../access.ts'
import { readArgs } from '../read-args.ts'
import { sentence } from '../sentence.ts'
import { describeFacts, leftOutLine } from './dry-run.ts'
import { exportFiles, itemsOf, surveyExport, type Survey } from './export-files.ts'
import { createFind } from './find-facts.ts'
import { expectedFormats } from './formats.ts'
import { beginImport, importItems } from './import-all.ts'
import { DamagedFile } from './json-values.ts'
import { createProgress } from './progress.ts'
import { createSend } from './send.ts'
import { stateFile } from './state.ts'

const help = `Brings what a user has told another system: its export becomes facts of their self-model.

  npm run -s import -- --org ORG --user USER FILE [--dry-run]

FILE, or the folder of an unpacked export:
${expectedFormats.map((format) => `  ${format}`).join('\n')}

Facts are found on this machine, in what the user wrote; texts of the export never leave it. All of them wait
in the panel until their user approves them. Importing says that the user has agreed to learning at the edge.
A run that was cut off goes on where it stopped (.edgewise/imports); what is sent twice is learned once.

  --dry-run    shows what would be learned, and sends nothing; needs neither org, user nor Worker
  --examples   facts that it shows of each category (3)
  --source-user  whose part, where the export holds several accounts
  --rate       reports of up to 32 facts a minute (60)
  --restart    begins anew
${accessHelp}
`

const { values, positionals } = readArgs({
  allowPositionals: true,
  options: {
    ...accessOptions,
    user: { type: 'string' },
    'source-user': { type: 'string' },
    'dry-run': { type: 'boolean', default: false },
    examples: { type: 'string', default: '3' },
    rate: { type: 'string', default: '60' },
    restart: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h' },
  },
})
const [path, ...more] = positionals
const rate = Number(values.rate)
const examples = Number(values.examples)
const isComplete = values['dry-run'] || (values.org && values.user)

if (values.help) process.stdout.write(help)
else if (!path || more.length > 0 || !isComplete || !(rate > 0) || !(examples >= 0)) {
  process.stderr.write(help)
  process.exitCode = 2
} else {
  try {
    const result = await run(path)
    if (result.ok) process.stdout.write(result.value)
    else giveUp(sentence(result.problem))
  } catch (cause) {
    if (!(cause instanceof DamagedFile)) throw cause
    giveUp(`${cause.message} Nothing was sent.`)
  }
}

function giveUp(why: string): void {
  process.stderr.write(`${why}\n`)
  process.exitCode = 1
}

async function run(named: string): Promise<Result<string>> {
  if (!existsSync(named)) return fail('not_found', { field: named, expected: 'a file or a folder' })
  const files = exportFiles(named)
  const survey = await surveyExport(files)
  const owner = chooseOwner(survey)
  if (!owner.ok) return owner
  const total = survey.messages + survey.memories
  process.stderr.write(surveyLine(survey))
  const progress = createProgress(process.stderr, { total, clock: () => Date.now() })
  const find = await createFind(Date.now())
  const items = itemsOf(files, owner.value)
  if (values['dry-run']) return ok(await describeFacts(items, { find, progress, examples }))

  const { org = '', user = '', endpoint, token, key } = values
  const access = openAccess({ org, user, endpoint, token, key })
  if (!access.ok) return access
  const about = [survey.hash, access.value.endpoint, org, user, owner.value ?? '']
  const file = stateFile(about)
  if (values.restart) file.remove()
  const before = file.read()
  if (before?.done) return ok('This file was imported before; --restart sends it again.\n')
  const begun = await beginImport(access.value, before)
  if (!begun.ok) return begun
  if (begun.value.next > 0) progress.say(`Going on after ${begun.value.next} of ${total}.`)
  const leftOut: Record<string, number> = {}
  const done = await importItems(items, {
    begun: begun.value,
    find,
    send: createSend({ access: access.value, rate, onWait: (why) => progress.say(why) }),
    file,
    progress,
    onLeftOut: (why) => (leftOut[why] = (leftOut[why] ?? 0) + 1),
  })
  if (!done.ok) {
    const { detail = '', ...rest } = done.problem
    return fail(rest.code, { ...rest, detail: `${detail} Start it again to go on.`.trim() })
  }
  const { accepted, refused } = done.value
  for (const [why, count] of Object.entries(refused)) leftOut[why] = (leftOut[why] ?? 0) + count
  const words = [
    `${accepted.toLocaleString('en')} sightings of facts are on their way to the self-model of "${user}".`,
    ...leftOutLine(leftOut),
    'They wait in the panel until their user approves them.',
  ]
  return ok(`${words.join('\n')}\n`)
}

/** Nobody learns what another account of the same export has said. */
function chooseOwner({ entries, owners }: Survey): Result<string | undefined> {
  if (entries === 0) {
    const detail = `It is no export that is known:\n  ${expectedFormats.join('\n  ')}`
    return fail('bad_request', { field: path ?? 'FILE', detail })
  }
  const wanted = values['source-user'] ?? values.user
  if (wanted !== undefined && owners.includes(wanted)) return ok(wanted)
  if (values['source-user'] === undefined && owners.length <= 1) return ok(undefined)
  return fail('bad_request', { field: '--source-user', expected: `one of ${owners.join(', ')}` })
}

function surveyLine({ formats, entries, messages, memories, strange }: Survey): string {
  const parts = [
    `${entries.toLocaleString('en')} entries`,
    messages > 0 && `${messages.toLocaleString('en')} messages of the user`,
    memories > 0 && `${memories.toLocaleString('en')} memories`,
    strange > 0 && `${strange.toLocaleString('en')} of no known format, passed over`,
  ]
  return `${formats.join(', ')}: ${parts.filter(Boolean).join(', ')}.\n`
}
