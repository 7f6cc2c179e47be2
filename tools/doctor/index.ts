import { readFileSync } from 'node:fs'
import { readArgs } from '../read-args.ts'
import { examine, type Examination } from './examine.ts'

const help = `Looks at an app's requests as the provider's prompt cache does, before anything is sent.

  npm run -s doctor -- [--model NAME] FILE...

Each file holds one request body (chat completions, responses, messages), as the app sends it. Give the
same request of two users, or of two days: what differs in tools and system text makes the cache start anew
there. Also told: what looks as if it would differ (dates, names, ids, placeholders), whether there are
enough tokens for the model to keep, and where markers will stand. Ends with 1 where something is wrong.
`

function main(): number {
  const { values, positionals } = readArgs({
    options: { model: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    allowPositionals: true,
  })
  if (values.help || positionals.length === 0) {
    process.stdout.write(help)
    return values.help ? 0 : 2
  }
  const found = examine(
    positionals.map((file) => readFileSync(file, 'utf8')),
    values.model,
  )
  process.stdout.write(`${reportOf(found)}\n`)
  return found.wrong.length > 0 ? 1 : 0
}

function reportOf({ dialect, model, shared, same, minimum, markers, wrong }: Examination): string {
  const kept = minimum === 0 ? 'unknown' : `${minimum} tokens`
  return [
    `dialect ${dialect}, model ${model || 'none'}, kept from ${kept} on`,
    `tools and system text: ${shared} tokens, the same in all requests: ${same}`,
    `markers behind: ${markers.length > 0 ? markers.join(', ') : 'nothing'}`,
    ...(wrong.length > 0 ? wrong.map((line) => `! ${line}`) : ['Nothing stands in the way.']),
  ].join('\n')
}

try {
  process.exitCode = main()
} catch (cause) {
  process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`)
  process.exitCode = 2
}
