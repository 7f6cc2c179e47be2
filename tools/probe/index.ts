import { randomUUID } from 'node:crypto'
import { accessHelp, accessOptions, openAccess } from '../access.ts'
import { readArgs } from '../read-args.ts'
import { sentence } from '../sentence.ts'
import { measure, type Measured } from './steps.ts'
import type { Seen } from './watch.ts'

const help = `Measures on a running Worker how long a fact is still seen after it was changed or erased.

  npm run -s probe -- [--org ORG] [--endpoint URL]

It makes up a user, teaches the Worker one fact of theirs, changes it, erases everything, and asks after each
step what a request would carry, as a device does that has heard of no change. Nothing of it is left behind.
The reads come from this machine: elsewhere the platform's copies may lag differently. A copy may lag a
minute: watch a deployed Worker for two.

  --watch      seconds for which each change is watched (15; a deployed Worker: 120)
  --every      milliseconds between two reads (600; more often is more than a user's share)
  --json       the figures as JSON
${accessHelp}
`

const { values } = readArgs({
  options: {
    ...accessOptions,
    org: { type: 'string', default: 'demo' },
    watch: { type: 'string', default: '15' },
    every: { type: 'string', default: '600' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h' },
  },
})
const [watch, every] = [Number(values.watch) * 1000, Number(values.every)]

if (values.help) process.stdout.write(help)
else if (!(watch > 0) || !(every >= 0)) {
  process.stderr.write(help)
  process.exitCode = 2
} else {
  const { org, endpoint, token, key } = values
  const user = `probe-${randomUUID()}`
  const access = openAccess({ org, user, endpoint, token, key })
  const word = `probe${randomUUID().slice(0, 8).replaceAll(/\d/g, 'q')}`
  const done = access.ok ? await measure(access.value, { word, watch, every }) : access
  if (done.ok)
    process.stdout.write(values.json ? `${JSON.stringify(done.value)}\n` : table(done.value))
  else {
    process.stderr.write(`${sentence(done.problem)}\n`)
    process.exitCode = 1
  }
}

function table({ learned, attached, edited, forgotten, proof }: Measured): string {
  const rows = [
    ['', 'new state first seen', 'old state last seen', 'reads', 'failed'],
    ['learned, in the self-model', ms(learned), '', '', ''],
    row('learned, in requests', attached),
    row('edited', edited),
    row('erased', forgotten),
  ]
  const lines = rows.map(([name = '', ...cells]) =>
    [name.padEnd(28), ...cells.map((cell) => cell.padStart(22))].join('').trimEnd(),
  )
  const verdict = proof ? 'verifies' : 'does NOT verify'
  return `${lines.join('\n')}\nThe signed proof of erasure ${verdict}.\n`
}

function row(name: string, { firstNew, lastOld, reads, failed }: Seen): string[] {
  return [name, ms(firstNew), ms(lastOld), String(reads), String(failed)]
}

function ms(value: number | undefined): string {
  return value === undefined ? '-' : `${value.toLocaleString('en')} ms`
}
