import { createInterface } from 'node:readline'
import { readArgs } from './read-args.ts'
import { Tier } from '../shared/schema/decision.ts'
import { answerLine } from './extract-line.ts'
import { loadTagger } from './load-tagger.ts'

const help = `Finds the durable facts that users state about themselves, over JSON lines.

  npm run -s extract -- [--tier lite|full] < in > out

  in    {"id", "text"}     one message of a user a line
  out   {"id", "facts": [{"category", "text", "span", "supersedes"?}]}

span stands verbatim in the text; text is the fact in the third person (English; other languages keep
their words), with contact data, numbers of documents and accounts, addresses and secrets redacted;
supersedes says what the user took back. Nothing is taken from questions, quotes, suppositions, fiction,
other people's lives, pasted text or orders to the assistant. Of a text over 4,000 characters the start
and the end are read. A line that cannot be read is answered with
{"id"?, "error": {"code", "field", "expected"}}, and the next one follows.

  --tier   lite (the default) or full
`

async function main(): Promise<number> {
  const { values } = readArgs({
    options: {
      tier: { type: 'string', default: 'lite' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) return print(process.stdout, help, 0)
  const tier = Tier.safeParse(values.tier)
  if (!tier.success) return print(process.stderr, help, 2)
  const loaded = await loadTagger(tier.data)
  // A reader that has seen enough (`| head`) ends the run.
  process.stdout.on('error', () => process.exit(0))
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    if (line.trim() === '') continue
    const answer = await answerLine(line, loaded)
    if (!process.stdout.write(`${JSON.stringify(answer)}\n`)) {
      await new Promise((resolve) => process.stdout.once('drain', resolve))
    }
  }
  return 0
}

function print(stream: NodeJS.WriteStream, text: string, status: number): number {
  stream.write(text)
  return status
}

try {
  process.exitCode = await main()
} catch (cause) {
  process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`)
  process.exitCode = 2
}
